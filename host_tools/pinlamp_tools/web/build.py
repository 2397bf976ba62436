"""Builds the page into a folder for any web server: `python -m pinlamp_tools.web.build OUT`.

No bundler: the page has the files of `site/` unchanged, one file of data, one of CSS made by
`looks`, and MicroPython for WebAssembly. npm fetches that once into a cache.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from pinlamp.files import BOARD
from pinlamp.layout import LAYOUTS, hidden

from .. import paths
from ..boards.board import Board, Button
from ..emulator.card.catalogue import CARDS
from . import looks

_PACKAGE = "@micropython/micropython-webassembly-pyscript@1.27.0"
_TARBALL = "micropython-micropython-webassembly-pyscript-1.27.0.tgz"
_FILES = ("micropython.mjs", "micropython.wasm")
# The registry's own sum of it (npm view … dist.integrity), in hexadecimal.
_SHA512 = (
    "0e75f1e04ab182479a1444ab4b7b8aacbee62cc9389914ddd2633368e7771d44"
    "a265438013bb75d6e2e78dfddfb45f3b376c66e249c79d610a7152b82182140c"
)
_HERE = Path(__file__).parent
_TOOLS = _HERE.parent
_MOST = 2_000_000  # bytes of the page, without install/
_OURS = "pinlamp-"  # in sw.js, before the version
_SELECT, _BUTTON = 5, 0  # as web_machine has them


class BuildError(Exception):
    """The page cannot be built. The message says what to do."""


def build(out: Path, cache: Path, docs: Path) -> None:
    """Write the page into `out`. `cache` keeps what npm fetches. `docs` is the project's docs/.

    Raise BuildError without npm, for another MicroPython than the one that was published, for a
    folder with another page in it, and for a page that is too large.
    """
    micropython = _micropython(cache)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        page = Path(made)
        _build(page, micropython, docs, (out / "install" / "index.html").exists())
        if not _is_ours(out / "sw.js"):
            if any((out / file.name).exists() for file in page.iterdir()):
                raise BuildError(f"{out} has another page in it: name another folder, or empty it")
            (out / "sw.js").write_text(f"// {_OURS}")  # it is ours, even if this is interrupted
        # What somebody has added stays, as .git or CNAME; the page neither lists nor keeps it.
        # The worker comes last: from then on browsers look for the files that it lists.
        made_files = filter(Path.is_file, page.rglob("*"))
        for file in sorted(made_files, key=lambda path: path.name == "sw.js"):
            target = out / file.relative_to(page)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(file, target)


def _build(out: Path, micropython: dict[str, bytes], docs: Path, install: bool) -> None:
    """Write the page into an empty folder. `install`: the page for flashing is there, too."""
    for file in sorted((_HERE / "site").iterdir()):
        if file.name not in ("texts.json", "sw.js"):
            shutil.copy(file, out / file.name)
    (out / "looks.css").write_text(looks.css(), "utf-8")
    for name, data in micropython.items():
        (out / name).write_bytes(data)
    (out / "sheets").mkdir()
    for lang in ("ja", "en"):
        shutil.copy(docs / "sheets" / f"counter.{lang}.pdf", out / "sheets")
    text = json.dumps({**_data(), "install": install}, ensure_ascii=False)
    (out / "data.json").write_text(text, "utf-8")
    # By itself, so that nobody waits for it who has no such reader.
    (out / "reader.json").write_text(json.dumps(_reader(), ensure_ascii=False), "utf-8")
    kept = sorted(path for path in out.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in kept)
    if size > _MOST:
        raise BuildError(f"the page has {size} bytes: {_MOST} is the most")
    worker = (_HERE / "site" / "sw.js").read_text("utf-8")
    # With the worker itself: a new one must not take an old one's cache.
    content = b"".join([worker.encode(), *(path.read_bytes() for path in kept)])
    worker = worker.replace("{version}", hashlib.sha256(content).hexdigest()[:12])
    listed = [("./", digest(out / "index.html"))]
    listed += [(path.relative_to(out).as_posix(), digest(path)) for path in kept]
    (out / "sw.js").write_text(worker.replace("{files}", json.dumps(listed)), "utf-8")


def digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_ours(worker: Path) -> bool:
    """Tell whether it is this page's: many a page has a file of that name."""
    return worker.is_file() and _OURS.encode() in worker.read_bytes()


def _data() -> dict[str, Any]:
    return {
        "texts": json.loads(_text(_HERE / "site" / "texts.json")),
        "cards": [{"name": card.name, "en": card.en, "ja": card.ja} for card in CARDS],
        "device": _device(),
        "advisor": _advisor(),
        # Layouts in which the device may ask for the licence's key.
        "licence": [layout for layout in LAYOUTS if not hidden(layout, ["licence"])],
    }


# What the page's second MicroPython runs, besides the device's own files.
_ADVISOR = (
    "guidance/choose.py",
    "guidance/clerk.json",
    "guidance/en.json",
    "guidance/explain.json",
    "guidance/explain.py",
    "guidance/index.json",
    "guidance/ja.json",
    "guidance/plan.py",
    "guidance/slip.py",
    "guidance/sources.json",
    "guidance/sources.py",
    "show/again.py",
    "show/cable.py",
    "show/heard.py",
    "show/lights.py",
    "show/names.json",
    "show/names.py",
    "show/reading.py",
    "show/rows.py",
)


def _advisor() -> dict[str, str]:
    """Return the files of the page's second MicroPython, by their paths there."""
    files = {f"pinlamp_tools/{name}": _text(_TOOLS / name) for name in _ADVISOR}
    files["advisor.py"] = _text(_HERE / "advisor.py")
    files["machine.py"] = ""  # the firmware's application imports it, for resets that never come
    return files


def _reader() -> dict[str, str]:
    """Return the files for a reader over WebUSB, which that MicroPython gets when one is used."""
    files = {"pasori_reader.py": _text(_HERE / "pasori_reader.py")}
    for name in ("isodep", "pasori"):
        files |= _package(name)
    return files


def _package(name: str) -> dict[str, str]:
    found = paths.package_dir(name).glob("*.py")
    return {f"{name}/{path.name}": _text(path) for path in found}


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _device() -> dict[str, str]:
    """Return the files of the device in the page, by their paths there."""
    files: dict[str, str] = {}
    for name in paths.DEVICE_PACKAGES:
        files |= _package(name)
    for path in (_TOOLS / "emulator").rglob("*.py"):
        if path.parent.name == "pasori":
            continue  # the device in the page has a PN532
        files[f"pinlamp_tools/{path.relative_to(_TOOLS).as_posix()}"] = _text(path)
    files["simulator.py"] = _text(_HERE / "simulator.py")
    files["machine.py"] = _text(_HERE / "web_machine.py")
    files["neopixel.py"] = _text(_HERE / "web_neopixel.py")
    # The link of SPI needs no streams. It polls, since a browser's pins raise no interrupts.
    pins = {"id": 1, "sck": 18, "mosi": 23, "miso": 19, "cs": _SELECT}
    board = replace(
        Board.named("esp32_devkitc"),
        name="browser",
        link="spi",
        links={"spi": pins},
        buzzer=13,
        button=Button(_BUTTON, 0),
    )
    files[BOARD] = json.dumps(board.data())
    return files


def _micropython(cache: Path) -> dict[str, bytes]:
    """Return MicroPython's files. Nothing is unpacked, so nothing but them can come along."""
    tarball = cache / _TARBALL
    if not tarball.is_file():
        _fetch(cache)
    data = tarball.read_bytes()
    if hashlib.sha512(data).hexdigest() != _SHA512:
        raise BuildError(f"{tarball} is not {_PACKAGE} as it was published: remove that file")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {name: archive.extractfile(f"package/{name}") for name in _FILES}
        return {name: member.read() for name, member in members.items() if member}


def _fetch(cache: Path) -> None:
    npm = paths.program("npm")  # on Windows npm.cmd
    if npm is None:
        raise BuildError("npm is missing: it fetches MicroPython for WebAssembly (Debian: npm)")
    cache.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", "--silent", _PACKAGE],
        cwd=cache,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise BuildError(f"npm could not fetch {_PACKAGE}: {done.stderr.strip()[-200:]}")


def main() -> int:
    """Build into the folder that the command line names."""
    out = Path(sys.argv[1])
    root = _TOOLS.parents[1]
    try:
        build(out, root / ".cache", root / "docs")
    except BuildError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

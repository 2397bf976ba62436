"""Builds the page into a folder for any web server: `python -m pinlamp_tools.web.build OUT`.

No bundler: the site's files as they are, one file of data, and MicroPython for WebAssembly as npm
has it (fetched once, with npm, into a cache).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from pinlamp.files import BOARD
from pinlamp.layout import LAYOUTS

from .. import paths
from ..boards.board import Board, Button
from ..emulator.card.catalogue import CARDS

_PACKAGE = "@micropython/micropython-webassembly-pyscript@1.27.0"
_TARBALL = "micropython-micropython-webassembly-pyscript-1.27.0.tgz"
_HERE = Path(__file__).parent
_TOOLS = _HERE.parent
_GUIDANCE = _TOOLS / "guidance"
_MOST = 2_000_000  # bytes of the page itself
_SELECT, _BUTTON = 5, 0  # as web_machine has them


class BuildError(Exception):
    """The page cannot be built; the message says what to do."""


def build(out: Path, cache: Path, docs: Path) -> None:
    """Write the page into `out`. `cache`: for what npm fetches; `docs`: the project's docs/."""
    package = _micropython(cache)
    out.mkdir(parents=True, exist_ok=True)
    if (out / "sw.js").exists():  # the page of before; install/ is made by `pinlamp page`
        for old in out.iterdir():
            if old.name != "install":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    for file in sorted((_HERE / "site").iterdir()):
        if file.name not in ("texts.json", "sw.js"):
            shutil.copy(file, out / file.name)
    for name in ("micropython.mjs", "micropython.wasm"):
        shutil.copy(package / name, out / name)
    (out / "sheets").mkdir(exist_ok=True)
    for lang in ("ja", "en"):
        shutil.copy(docs / "sheets" / f"counter.{lang}.pdf", out / "sheets")
    text = json.dumps(_data(out), ensure_ascii=False)
    (out / "data.json").write_text(text, "utf-8")
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "sw.js")
    kept = [path for path in files if "install" not in path.relative_to(out).parts]
    size = sum(path.stat().st_size for path in kept)
    if size > _MOST:
        raise BuildError(f"the page has {size} bytes: {_MOST} is the most")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in kept)).hexdigest()[:12]
    worker = (_HERE / "site" / "sw.js").read_text("utf-8").replace("{version}", digest)
    names = ["./", *(path.relative_to(out).as_posix() for path in kept)]
    (out / "sw.js").write_text(worker.replace("{files}", json.dumps(names)), "utf-8")


def _data(out: Path) -> dict[str, Any]:
    names = _json(_TOOLS / "show" / "names.json")
    sections = ("keys", "states", "overall", "kinds", "device", "faults")
    return {
        "words": {lang: {part: names[lang][part] for part in sections} for lang in names},
        "texts": json.loads((_HERE / "site" / "texts.json").read_text("utf-8")),
        "guidance": {lang: _json(_GUIDANCE / f"{lang}.json") for lang in ("ja", "en")},
        "phrases": _json(_GUIDANCE / "explain.json"),
        "cards": [{"name": name, "en": en, "ja": ja} for name, en, ja in CARDS],
        "device": _device(),
        "advisor": _advisor(),
        "lamps": {
            count: {key: at for at, keys in enumerate(groups, 1) for key in keys}
            for count, groups in LAYOUTS.items()
        },
        "install": (out / "install" / "index.html").exists(),
    }


# What the page's second MicroPython runs, besides the device's own files.
_ADVISOR = (
    "guidance/choose.py",
    "guidance/explain.py",
    "guidance/slip.py",
    "show/reading.py",
    "watch/lights.py",
)


def _advisor() -> dict[str, str]:
    """Return the files of the page's second MicroPython, by their paths there."""
    files = {f"pinlamp_tools/{name}": _text(_TOOLS / name) for name in _ADVISOR}
    files["advisor.py"] = _text(_HERE / "advisor.py")
    return files


def _json(path: Path) -> Any:
    return json.loads(_text(path))


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _device() -> dict[str, str]:
    """Return the files of the device in the page, by their paths there."""
    files = {}
    for name in paths.DEVICE_PACKAGES:
        for path in paths.package_dir(name).glob("*.py"):
            files[f"{name}/{path.name}"] = _text(path)
    for path in (_TOOLS / "emulator").rglob("*.py"):
        files[f"pinlamp_tools/{path.relative_to(_TOOLS).as_posix()}"] = _text(path)
    files["simulator.py"] = _text(_HERE / "simulator.py")
    files["machine.py"] = _text(_HERE / "web_machine.py")
    files["neopixel.py"] = _text(_HERE / "web_neopixel.py")
    # SPI, because its link wants no streams, and polled, because there are no interrupts here.
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


def _micropython(cache: Path) -> Path:
    package = cache / _TARBALL.removesuffix(".tgz") / "package"
    if not package.is_dir():
        npm = shutil.which("npm")  # on Windows npm.cmd
        if npm is None:
            raise BuildError(
                "npm is missing: it fetches MicroPython for WebAssembly (Debian: npm)"
            )
        cache.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", "--silent", _PACKAGE]
        done = subprocess.run(
            command, cwd=cache, capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            raise BuildError(f"npm could not fetch {_PACKAGE}: {done.stderr.strip()[-200:]}")
        with tarfile.open(cache / _TARBALL) as archive:
            archive.extractall(package.parent)
    return package


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

"""The page that flashes a board from Chrome or Edge: ESP Web Tools, our images, our words.

It lists the boards by the names that their makers give them. A Pico W gets a file to drag onto the
drive that it shows. Everything lies in one folder, for any web server; the page loads nothing from
another server.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from html import escape
from pathlib import Path
from typing import Any

from pinlamp import __version__

from ..boards.board import Board
from ..show.strange import visible
from . import uf2
from .chips import FlashError, chip_of
from .image import build

# ESP Web Tools' names of the chips.
_FAMILIES = {
    "esp32": "ESP32",
    "esp32s3": "ESP32-S3",
    "esp32c3": "ESP32-C3",
    "esp32c6": "ESP32-C6",
}
_PACKAGE = "esp-web-tools@10.4.0"
# The registry's own sum of it (npm view … dist.integrity), in hexadecimal.
_SHA512 = (
    "de9c24785166e458fb510a3c4893582b9457aed342a6ae97f50a08e9b313e060"
    "595a0ac9aa39f462f33d8a11bbe01b4ca121585df983b647a1bb17b9d0f4cc3d"
)
_WEB = "package/dist/web/"


def manifest(board: Board) -> dict[str, Any]:
    """Return ESP Web Tools' manifest of a board; its image has the board's name."""
    parts = [{"path": f"{board.name}.bin", "offset": chip_of(board.chip).offset}]
    return {
        "name": f"Pinlamp ({board.title})",
        "version": __version__,
        "new_install_prompt_erase": False,
        "builds": [{"chipFamily": _FAMILIES[board.chip], "parts": parts}],
    }


def files(out: Path, boards: list[tuple[Board, Path]]) -> list[Path]:
    """Return what `write` makes in the folder `out`: its files, and its folder `tools`.

    Raises FlashError where two would be the same file, or one is MicroPython's own image; OSError.
    """
    names = [board.name for board, _ in boards]
    found = [out / "index.html", out / "tools"]
    for board, _ in boards:
        name, file = board.name, out / _file(board)
        if names.count(name) > 1:
            raise FlashError(f"two boards are called {name}: give one another name in board.json")
        if file.exists() and any(file.samefile(stock) for _, stock in boards):
            raise FlashError(f"{file} is MicroPython's own image: name another folder with -o")
        found += [file] if _drive(board) else [file, _manifest(out, board)]
    return found


def write(out: Path, boards: list[tuple[Board, Path]], tools: Path) -> None:
    """Make the page in the folder `out`.

    `boards`: each with its stock MicroPython. `tools`: the file that npm packs of
    esp-web-tools. Raises FlashError, OSError.
    """
    scripts = _scripts(tools)
    files(out, boards)
    images = [
        (board, uf2.build(board, stock) if _drive(board) else build(board, stock))
        for board, stock in sorted(boards, key=lambda each: each[0].title)
    ]
    (out / "tools").mkdir(parents=True, exist_ok=True)
    for name, data in scripts.items():
        (out / "tools" / name).write_bytes(data)
    for board, data in images:
        (out / _file(board)).write_bytes(data)
        if not _drive(board):
            text = json.dumps(manifest(board), indent=2)
            _manifest(out, board).write_text(text, "utf-8")
    options = "".join(_option(board) for board, _ in images)
    here = Path(__file__).parent
    texts = json.dumps(json.loads((here / "page.json").read_text("utf-8")), ensure_ascii=False)
    page = (here / "page.html").read_text("utf-8")
    page = page.replace("{options}", options).replace("{texts}", texts)
    script = page.partition("<script>")[2].partition("</script>")[0]  # the only one without a file
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (out / "index.html").write_text(page.replace("{digest}", digest), "utf-8", newline="\n")


def _scripts(tools: Path) -> dict[str, bytes]:
    """Return the scripts of ESP Web Tools by their names. Nothing else of it is unpacked."""
    data = tools.read_bytes()
    if hashlib.sha512(data).hexdigest() != _SHA512:
        raise FlashError(f"{tools} is not {_PACKAGE} as it was published: npm pack fetches that")
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if member.name.startswith(_WEB) and file is not None:
                found[member.name.removeprefix(_WEB)] = file.read()
    return found


def _drive(board: Board) -> bool:
    """Tell whether the board takes its image as a drive."""
    return board.chip == "rp2040"


def _file(board: Board) -> str:
    return f"{board.name}.uf2" if _drive(board) else f"{board.name}.bin"


def _manifest(out: Path, board: Board) -> Path:
    return out / f"{board.name}.json"


def _option(board: Board) -> str:
    drag = f' data-drag="{escape(_file(board))}"' if _drive(board) else ""
    return f'<option value="{escape(board.name)}"{drag}>{escape(visible(board.title))}</option>'

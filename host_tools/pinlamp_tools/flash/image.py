"""A whole device in one file: stock MicroPython, a `vfs` partition, and our files in it.

MicroPython of the stock images makes its partition at the first start, as large as the chip's
real flash lets it; a file system of another size would be refused for ever. So the table names
one, of a size that every board has (facts: toolchain.md).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from littlefs import LittleFS

from ..deploy import payload
from .chips import FlashError, chip_of, flash_size, read

VFS_AT = 0x200000
VFS_SIZE = 0x200000
_BLOCK = 4096
_DISK_VERSION = 0x00020000  # LittleFS 2.0: what MicroPython mounts and writes


def build(board: dict[str, Any], stock: Path) -> bytes:
    """Return the image of a board's whole device; the same bytes for the same input.

    It begins at the chip's offset in flash, as the stock image does. Raises FlashError.
    """
    chip = chip_of(board["chip"])
    data = read(stock, chip)
    if flash_size(data) < VFS_AT + VFS_SIZE:
        raise FlashError(f"{stock} is made for less than 4 MB of flash: no room for Pinlamp")
    head = _with_partition(stock)
    room = VFS_AT - chip.offset
    if len(head) > room:
        raise FlashError(f"{stock} is too large: it reaches into the place of our files")
    return head + b"\xff" * (room - len(head)) + file_system(board)


def file_system(board: dict[str, Any]) -> bytes:
    """Return a LittleFS of VFS_SIZE bytes with /main.py and the slot /a."""
    files = LittleFS(block_size=_BLOCK, block_count=VFS_SIZE // _BLOCK, disk_version=_DISK_VERSION)
    for name, data in sorted(payload.slot_files(board).items()):
        path = f"/a/{name}"
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with files.open(path, "wb") as file:
            file.write(data)
    with files.open("/main.py", "wb") as file:
        file.write(payload.main_py("a"))
    return bytes(files.context.buffer)


def _with_partition(stock: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        out = Path(folder) / "out.bin"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "mp_image_tool_esp32.main", "-q", str(stock)),
                *("-o", str(out), "--add", f"vfs:fat:{VFS_AT:#x}:{VFS_SIZE:#x}"),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode or not out.exists():
            said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            raise FlashError(f"{stock}: a vfs partition could not be added: {said[-1]}")
        return out.read_bytes()

"""A whole device in one file: stock MicroPython, a `vfs` partition, and our files in it.

The stock images' MicroPython (1.27) makes its partition at the first start, as large as the chip's
real flash allows; it would always refuse a file system of another size. So our table names a
partition of a size for which every board has room.
"""

from __future__ import annotations

import json
from pathlib import Path

from littlefs import LittleFS, LittleFSError

from pinlamp.files import BOARD

from ..boards.board import Board
from ..deploy import payload
from . import integrity
from .chips import FlashError, chip_of, flash_size, read

VFS_AT = 0x200000
VFS_SIZE = 0x200000
BLOCK = 4096
_DISK_VERSION = 0x00020000  # LittleFS 2.0, as MicroPython mounts and writes it


def build(board: Board, stock: Path) -> bytes:
    """Return the image of a whole device for a board; the same bytes for the same input.

    It begins at the chip's offset in flash, as the stock image does. Raises FlashError.
    """
    chip = chip_of(board.chip)
    data = read(stock, chip)
    if flash_size(data) < VFS_AT + VFS_SIZE:
        raise FlashError(f"{stock} is made for less than 4 MB of flash: no room for Pinlamp")
    head = _with_partition(stock, data, chip.offset)
    room = VFS_AT - chip.offset
    if len(head) > room:
        raise FlashError(f"{stock} is too large: it reaches into the place of our files")
    return head + b"\xff" * (room - len(head)) + file_system(board)


def file_system(board: Board, size: int = VFS_SIZE) -> bytes:
    """Return a LittleFS of `size` bytes with /main.py and the slot /a."""
    files = LittleFS(block_size=BLOCK, block_count=size // BLOCK, disk_version=_DISK_VERSION)
    for name, data in sorted(payload.slot_files(board).items()):
        path = f"/a/{name}"
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with files.open(path, "wb") as file:
            file.write(data)
    with files.open("/main.py", "wb") as file:
        file.write(payload.main_py("a"))
    return bytes(files.context.buffer)


def board_in(data: bytes, offset: int) -> str | None:
    """Return whose board.json is in an image, which begins at `offset` of flash, if any."""
    vfs = integrity.table(data, offset).find("vfs")
    content = data[vfs.offset - offset :][: vfs.size] if vfs else b""
    if not vfs or len(content) != vfs.size:
        return None
    files = LittleFS(block_size=BLOCK, block_count=vfs.size // BLOCK, mount=False)
    files.context.buffer = bytearray(content)
    try:
        files.mount()
        with files.open("/main.py", "rb") as file:
            home = payload.home_of(file.read())
        with files.open(f"{home}/{BOARD}", "rb") as file:
            return str(json.loads(file.read())["name"])
    except (LittleFSError, OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def _with_partition(stock: Path, data: bytes, offset: int) -> bytes:
    from mp_image_tool_esp32.partition_table import PartitionError

    table = integrity.table(data, offset)
    table.max_size = flash_size(data)
    try:
        table.add_part("vfs", "fat", VFS_SIZE, VFS_AT)
        table.check()
    except PartitionError as error:
        # Behind its first line it shows the table.
        reason = str(error).splitlines()[0]
        raise FlashError(
            f"{stock} has no place for Pinlamp: {reason} Take MicroPython's own .bin for the board"
        ) from error
    at = integrity.TABLE_AT - offset
    return data[:at] + bytes(table.to_bytes()) + data[at + integrity.TABLE_SIZE :]

"""A whole Pico W in one .uf2: stock MicroPython, and behind it a file system with our files.

It is dragged onto the drive that the board shows while BOOTSEL is held. Where its file system
lies, a MicroPython for the RP2040 says itself: in its binary info (pico-sdk, structure.h;
MicroPython's rp2_flash). UF2: github.com/microsoft/uf2.
"""

from __future__ import annotations

import struct
from pathlib import Path

from littlefs import LittleFSError

from ..boards.board import Board
from .chips import FlashError
from .image import BLOCK, file_system

_BLOCK = struct.Struct("<8I476sI")  # a UF2 block of 512 bytes
_STARTS, _ENDS = (0x0A324655, 0x9E5D5157), 0x0AB16F30
_FAMILY_GIVEN, _RP2040 = 0x2000, 0xE48BFF56
_PAGE = 256
_FLASH = 0x10000000  # where flash begins in the RP2040's address space
_FLASH_ENDS = _FLASH + (16 << 20)  # the most that an RP2040 can address
_INFO_BEGINS, _INFO_ENDS = 0x7188EBF2, 0xE71AA390
_INFO_WITHIN = 0x200  # the header of binary info lies in the first bytes, behind the boot loader
_BLOCK_DEVICE = 7  # BINARY_INFO_TYPE_BLOCK_DEVICE
_MOST = 4096  # bytes of binary info's table; MicroPython's has some 100


def build(board: Board, stock: Path) -> bytes:
    """Return the .uf2 of a whole device for a board; the same bytes for the same input.

    Raises FlashError for another file, one of another chip, or one without a file system that
    takes our files.
    """
    pages = _pages(stock)
    start, size = _storage(pages, stock)
    try:
        content = file_system(board, size)
    except LittleFSError:
        raise _no_place(stock) from None
    used = len(content.rstrip(b"\xff"))
    # All to the last block in use: an old file system's blocks in between would confuse nobody,
    # but its first two would.
    for at in range(0, -(-used // BLOCK) * BLOCK, _PAGE):
        pages[start + at] = content[at : at + _PAGE]
    told = (_FAMILY_GIVEN, _PAGE, len(pages), _RP2040)
    return b"".join(
        _BLOCK.pack(*_STARTS, told[0], address, told[1], number, *told[2:], data, _ENDS)
        for number, (address, data) in enumerate(sorted(pages.items()))
    )


def _pages(stock: Path) -> dict[int, bytes]:
    """Return the content of a .uf2 by its addresses. Raises FlashError."""
    try:
        data = stock.read_bytes()
    except OSError as error:
        raise FlashError(f"{stock}: {error.strerror}") from error
    found: dict[int, bytes] = {}
    total = 0
    for at in range(0, len(data) - len(data) % _BLOCK.size, _BLOCK.size):
        one, two, flags, address, size, _, total, family, content, end = _BLOCK.unpack_from(
            data, at
        )
        if ((one, two), end) != (_STARTS, _ENDS):
            found.clear()
            break
        if size != _PAGE or not flags & _FAMILY_GIVEN or family != _RP2040:
            raise FlashError(f"{stock} is for another chip than the board's RP2040")
        found[address] = content[:size]
    if not found:
        raise FlashError(f"{stock} is no .uf2: take MicroPython's own .uf2 for the board")
    if len(data) % _BLOCK.size or len(found) != total:
        raise FlashError(f"{stock} is not whole: download the .uf2 for the board again")
    return found


def _storage(pages: dict[int, bytes], stock: Path) -> tuple[int, int]:
    """Return address and size of the file system that a MicroPython tells of."""

    def words(address: int, count: int) -> tuple[int, ...]:
        data = b""
        while len(data) < 4 * count:
            at = address + len(data)
            page = pages.get(at - at % _PAGE, b"\0" * _PAGE)
            data += page[at % _PAGE :]
        return struct.unpack_from(f"<{count}I", data)

    for header in range(_FLASH, _FLASH + _INFO_WITHIN, 4):
        marker, first, last, _, end = words(header, 5)
        if (marker, end) != (_INFO_BEGINS, _INFO_ENDS):
            continue
        for entry in range(first, min(last, first + _MOST), 4):
            (address,) = words(entry, 1)
            # Type and tag, then the pointer to its name, its address and its size.
            kind, _, start, size = words(address, 4)
            if kind & 0xFFFF == _BLOCK_DEVICE and start - start % BLOCK == start:
                # Behind all that MicroPython is itself, and within flash.
                if max(pages) < start < start + size <= _FLASH_ENDS and size % BLOCK == 0:
                    return start, size
                raise _no_place(stock)
    raise _no_place(stock)


def _no_place(stock: Path) -> FlashError:
    return FlashError(f"{stock} has no file system: take MicroPython's own .uf2 for the board")

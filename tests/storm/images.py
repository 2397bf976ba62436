"""Storms on images of a whole flash, and on the file system in them."""

from __future__ import annotations

import random

import stock
from pinlamp_tools.boards.board import Board
from pinlamp_tools.flash import chips, image, integrity

from .chance import damaged

_BOARD = Board.named("esp32_devkitc")
_HEADS = 24  # bytes of a program's header, and of its first segment's
_BLOCKS = 8  # of the file system: where its superblocks and first folders lie


def _built() -> tuple[bytes, chips.Chip]:
    return image.build(_BOARD, stock.image("esp32")), chips.chip_of(_BOARD.chip)


def flash(rng: random.Random, count: int) -> str:
    """Damage images where it hurts: each is told to be whole, or not; a damaged one is not."""
    whole, chip = _built()
    table = integrity.TABLE_AT - chip.offset
    app = integrity.table(whole, chip.offset).app_part.offset - chip.offset
    spots = ((0, _HEADS), (table, 0xC0), (app, _HEADS), (app, 1_000_000))
    refused = 0
    for _ in range(count):
        start, size = rng.choice(spots)
        at = start + rng.randrange(size)
        if rng.random() < 0.1:
            data = whole[:at]
        else:
            data = whole[:at] + damaged(rng, whole[at : at + 4]) + whole[at + 4 :]
        try:
            integrity.check(data, chip.esptool, chip.offset)
            assert data == whole or start == table, f"damage at {at:#x} was not seen"
        except integrity.NotWholeError:
            refused += 1
    return f"{refused} refused"


def file_systems(rng: random.Random, count: int) -> str:
    """Damage the file system's first blocks: the reader says whether Pinlamp is in it, no more."""
    whole, chip = _built()
    start = image.VFS_AT - chip.offset
    found = 0
    for _ in range(count):
        at = start + rng.randrange(_BLOCKS * image.BLOCK - 16)
        piece = damaged(rng, whole[at : at + 16])[:16].ljust(16, b"\xff")
        found += image.board_in(whole[:at] + piece + whole[at + 16 :], chip.offset) is not None
    return f"{found} still Pinlamp"

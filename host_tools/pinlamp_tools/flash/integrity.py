"""Checks that an image is whole: boot loader, partition table, application, and the rest.

esptool only verifies the flash against the file. It would write a truncated or damaged file
without an error, and the board would never start.
"""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING, Any

from .tool import usual_settings

# Slow imports that only two commands need.
if TYPE_CHECKING:
    from mp_image_tool_esp32.partition_table import PartitionTable

TABLE_AT = 0x8000  # of flash
TABLE_SIZE = 0x1000
_DIGEST_SIZE = 32


class NotWholeError(Exception):
    """A part of an image is missing or damaged; the message names it."""


def table(data: bytes, offset: int) -> PartitionTable:
    """Return the partition table of an image that begins at `offset` of flash.

    Its partitions are sorted by their place. Raises NotWholeError.
    """
    from mp_image_tool_esp32.partition_table import PartitionError, PartitionTable

    # It warns of free space, but that space must be free.
    logging.getLogger("mp_image_tool_esp32").setLevel(logging.ERROR)
    try:
        found = PartitionTable.from_bytes(data[TABLE_AT - offset :][:TABLE_SIZE])
        found.app_part  # noqa: B018 - raises without one
    except (PartitionError, struct.error, ValueError) as error:
        raise NotWholeError("no sound partition table") from error
    return found


def check(data: bytes, chip: str, offset: int) -> None:
    """Raise NotWholeError for an image of `chip`, as esptool calls it, that would not start."""
    _program(data, chip, "boot loader")
    partitions = table(data, offset)
    app = partitions.app_part.offset - offset
    if app >= len(data):
        raise NotWholeError("it ends before the application")
    end = app + _program(data[app:], chip, "application")
    # The image may go on to the end of the last partition, with a file system for example. It
    # never ends in between.
    if end != len(data) < max(part.offset + part.size for part in partitions) - offset:
        raise NotWholeError("it is cut off behind the application")


def _program(data: bytes, chip: str, what: str) -> int:
    """Return the size of the program at the start of `data`; NotWholeError for a damaged one."""
    with usual_settings():
        from esptool.bin_image import LoadFirmwareImage
        from esptool.util import FatalError

    try:
        image: Any = LoadFirmwareImage(chip, data)
        sums = image.checksum == image.calculate_checksum()
    except (FatalError, RuntimeError, struct.error, TypeError) as error:
        raise NotWholeError(f"the {what} is cut off or damaged") from error
    # Without a digest nobody can tell; MicroPython's builds all have one.
    if not (sums and image.append_digest and image.calc_digest == image.stored_digest):
        raise NotWholeError(f"the {what} is damaged")
    return int(image.data_length) + _DIGEST_SIZE

"""Facts about a chip for flashing: where an image begins, and for which chip it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..show.output import cannot
from . import integrity


class FlashError(Exception):
    """An image does not fit, or this cannot flash the board; the message says what to do."""


class Chip(NamedTuple):
    """`esptool`: the name there. `offset`: of the image in flash. `number`: in the image."""

    esptool: str
    offset: int
    number: int


# Offsets: deploy_options of MicroPython's board.json (ports/esp32/boards). Numbers: the chip ID
# of esp_image_header_t, ESP-IDF's esp_app_format.h.
CHIPS = {
    "esp32": Chip("esp32", 0x1000, 0),
    "esp32s3": Chip("esp32s3", 0x0, 9),
    "esp32c3": Chip("esp32c3", 0x0, 5),
    "esp32c6": Chip("esp32c6", 0x0, 13),
}
_MAGIC = 0xE9  # the first byte of every ESP image
_NUMBER_AT = 12
_SIZE_AT = 3  # flash size in its upper four bits: 1 MB << n


def chip_of(name: str) -> Chip:
    """Return the Chip for a board's "chip"; FlashError if it takes no such images."""
    if name not in CHIPS:
        raise FlashError(
            f"a {name} takes no such image: hold its BOOTSEL button while plugging it in, copy"
            " MicroPython's .uf2 onto the drive that appears, then: pinlamp deploy --board NAME"
        )
    return CHIPS[name]


def read(path: Path, chip: Chip) -> bytes:
    """Return an image for `chip`; FlashError for a broken one, another chip's, or another file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise cannot(path, error) from error
    if len(data) < 0x1000 or data[0] != _MAGIC:
        raise FlashError(f"{path} is no image of an ESP32: take the .bin file for the board")
    number = int.from_bytes(data[_NUMBER_AT : _NUMBER_AT + 2], "little")
    if number != chip.number:
        names = [name for name, other in CHIPS.items() if other.number == number]
        whose = names[0] if names else f"chip number {number}"
        raise FlashError(f"{path} is for {whose}, and the board has an {chip.esptool}")
    try:
        integrity.check(data, chip.esptool, chip.offset)
    except integrity.NotWholeError as error:
        raise FlashError(
            f"{path} is no whole image of MicroPython: {error}. Download the .bin for the board"
            " again"
        ) from error
    return data


def flash_size(data: bytes) -> int:
    """Return the size of flash, in bytes, for which an image is made."""
    return (1 << 20) << (data[_SIZE_AT] >> 4)

"""What a device says it is: its port, its chip, its MicroPython."""

from __future__ import annotations

import re
from typing import NamedTuple

# Prints the port, the MicroPython, the bytecode that it loads, and then the machine's name.
ASK = (
    "import sys\ni=sys.implementation\n"
    "print(sys.platform,'.'.join(map(str,i.version[:2])),getattr(i,'_mpy',0)&255,i._machine)"
)
# MICROPY_HW_MCU_NAME in mpconfigboard.h: "ESP32S3" to v1.28, "ESP32-S3" from v1.29 on; a module's
# name can stand for the chip's ("ESP32-PICO-D4"), or follow it ("ESP32-S3-FN8").
_ESP32 = re.compile(r"esp32-?([chps]\d+)?")


class Who(NamedTuple):
    """`platform`: MicroPython's port. `loads`: a bytecode version. `chip`: as in board.json."""

    platform: str
    version: str
    loads: int
    chip: str


def of(answer: str) -> Who:
    """Return what a device has answered to `ASK`."""
    platform, version, loads, machine = answer.strip().split(None, 3)
    return Who(platform, version, int(loads), _chip(machine))


def _chip(machine: str) -> str:
    """Return the chip in `sys.implementation._machine`, which is "board with chip"."""
    name = machine.rpartition(" with ")[2].lower()
    esp32 = _ESP32.match(name)
    return "esp32" + (esp32[1] or "") if esp32 else name

"""A driver for the NXP PN532 under MicroPython: asyncio, cards of Type A, B and F.

    from machine import UART, Pin
    from pn532 import PN532, TYPE_B
    from pn532.hsu import HSU

    async def main():
        uart = UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=512)
        async with PN532(HSU(uart)) as chip:
            print(await chip.in_list_passive_target(1, TYPE_B))

Links: `hsu.HSU`, `i2c.I2C`, `spi.SPI`; the README's table says what works on which.
"""

from .chip import CARD_MS, PN532, TYPE_A, TYPE_B, TYPE_F, FirmwareVersion
from .errors import (
    ACTIVATE,
    GIVE_UP,
    REOPEN,
    CommandError,
    CorruptError,
    LinkError,
    LostError,
    NoAckError,
    NoAnswerError,
    PN532Error,
    RejectedError,
    StatusError,
)
from .target import TargetA, TargetB, TargetF

__version__ = "0.1.0"
__all__ = (
    "ACTIVATE",
    "CARD_MS",
    "GIVE_UP",
    "PN532",
    "REOPEN",
    "TYPE_A",
    "TYPE_B",
    "TYPE_F",
    "CommandError",
    "CorruptError",
    "FirmwareVersion",
    "LinkError",
    "LostError",
    "NoAckError",
    "NoAnswerError",
    "PN532Error",
    "RejectedError",
    "StatusError",
    "TargetA",
    "TargetB",
    "TargetF",
)

"""A driver for the NXP PN532 under MicroPython: asyncio, Type A, B and F, any PN532 job.

    from pn532 import PN532
    from pn532.hsu import HSU

    chip = PN532(HSU(uart, clock), clock)
    await chip.open()
    targets = await chip.in_list_passive_target(2, TYPE_B)

Links: `hsu.HSU`, `i2c.I2C`, `spi.SPI`; what works on which is in the README's table.
"""

from .chip import PN532, TYPE_A, TYPE_B, TYPE_F
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
    StatusError,
)

__version__ = "0.1.0"
__all__ = (
    "ACTIVATE",
    "GIVE_UP",
    "PN532",
    "REOPEN",
    "TYPE_A",
    "TYPE_B",
    "TYPE_F",
    "CommandError",
    "CorruptError",
    "LinkError",
    "LostError",
    "NoAckError",
    "NoAnswerError",
    "PN532Error",
    "StatusError",
)

"""The ideal: the shortest time of a survey's exchanges, without any waste.

It follows from the lengths of commands and answers alone, without the emulator's clock. It adds
the bytes on the link and on the air, the guard time between two frames on the air, and the chip's
and the card's own time. Simultaneous work counts once: the chip begins to work while its ACK is
still on the link. So nobody can be faster, and a ratio is never below 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..emulator.chip.chip import ACK_US, START_US
from ..emulator.chip.radio import GAP_US, TR0_TR1_US

AIR_BYTE_NS = 94_400  # ten bits at 106 kbit/s
BLOCK = 4  # an I-block around an APDU: PCB, CID, two bytes of CRC
FIFO = 64  # most bytes of one block: no command or answer of the survey needs a second block
FRAME = 10  # around an APDU: 00 00 FF, LEN, LCS, TFI, code, Tg or status, DCS, 00
ACK = 6

# Bits of a byte on the wires, and the extra bytes of a frame there: to the chip, and from it.
# UART: start and stop bit; nobody must wait for a frame's last byte, the postamble. I2C: the
# acknowledge bit, the address, and on reading the status byte. SPI: the byte for the direction.
_WIRES = {"hsu": (10, -1, -1), "i2c": (9, 1, 2), "spi": (8, 1, 1)}


def _air(count: int) -> int:
    return count * AIR_BYTE_NS // 1000  # whole µs, as the model has them


class Ideal(NamedTuple):
    """The shortest time of a survey in µs, and its parts; they add up to `total`.

    No part counts time that another part hides.
    """

    total: int
    air: int
    card: int
    chip: int
    link: int
    guard: int


def ideal(link: str, hz: int, exchanges: Sequence[tuple[int, int]], card_us: int) -> Ideal:
    """Return the ideal of `exchanges`: bytes of each command and of its answer, APDUs.

    `hz` is the link's clock or baud rate. The time begins with the first command on the link and
    ends with the last answer read.
    """
    bits, to_chip, to_host = _WIRES[link]

    def wire(count: int) -> int:
        return count * bits * 1_000_000 // hz

    now = quiet_until = air = wires = guard = 0
    for command, answer in exchanges:
        if max(command, answer) + BLOCK > FIFO:
            raise ValueError("an exchange that needs more than one block on the air")
        sending = wire(FRAME + command + to_chip)
        now += sending
        acknowledged = now + ACK_US + wire(ACK + to_host)
        now += ACK_US + START_US
        waiting = max(0, quiet_until - now)
        flying = _air(command + BLOCK) + TR0_TR1_US + _air(answer + BLOCK)
        now += waiting + flying + card_us
        quiet_until = now + GAP_US
        reading = max(0, acknowledged - now) + wire(FRAME + answer + to_host)
        now += reading
        air += flying
        guard += waiting
        wires += sending + reading
    count = len(exchanges)
    return Ideal(now, air, card_us * count, (ACK_US + START_US) * count, wires, guard)

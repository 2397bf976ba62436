"""A virtual reader on a tty, in real time, for any program that speaks to a serial one.

`SerialChip` opens a pseudo-terminal and lets the emulator's clock follow the event loop's. It
sleeps until the next byte or event is due; a PC wakes it within about a millisecond.

The program at the other end sets the speed of the line on its side of the tty. A pseudo-terminal
carries bytes without it, so the chip looks the speed up at the moment it reads the bytes.
"""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
import tty
from contextlib import suppress
from typing import Any

from ..emulator.air.field import Field
from ..emulator.chip.chip import Chip
from ..emulator.chip.commands import BAUDRATES
from ..emulator.chip.frames import ACK
from ..emulator.chip.hsu import Hsu
from ..emulator.pasori.line import Line
from ..emulator.pasori.module import Module

_SPEEDS = {
    getattr(termios, f"B{baudrate}"): baudrate
    for baudrate in BAUDRATES
    if hasattr(termios, f"B{baudrate}")
}
_OSPEED = 5  # index into what tcgetattr returns
_AT_ONCE = 4096
_PAUSE_US = 500  # at least, between two turns: fast lines would have one a byte


def speed_of(tty: int) -> int | None:
    """Return the speed that is set on a tty, in baud; None for one that termios does not name."""
    if sys.platform == "win32":  # see paths.has_ptys
        raise NotImplementedError
    return _SPEEDS.get(termios.tcgetattr(tty)[_OSPEED])


class SerialChip:
    """A PN532 or an RC-S660/S over `field`, served on the tty `path` between `start` and `stop`.

    Call everything, the field's methods included, from the event loop that runs `start`.
    """

    def __init__(
        self, field: Field | None = None, pace: int = 1, faults: Any = None, reader: str = "pn532"
    ) -> None:
        """Make a server for `field`, or for an empty field of its own; nothing is opened yet.

        `faults`: the `faults.Faults` of that reader that may strike its line, or None. `reader`:
        "pn532" or "rcs660s".

        With a `pace` of 20 chip, air and cards run twenty times as fast as real ones.
        """
        self._pace = pace
        self.field = Field() if field is None else field
        self.path = ""
        if reader == "rcs660s":
            self._hsu: Hsu = Line(Module(self.field, faults))
        else:
            self._hsu = Hsu(Chip(self.field, faults))
        self._master = -1
        self._slave = -1
        self._loop: asyncio.AbstractEventLoop
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Open the tty, set `path` and begin to serve. Raises OSError where there is no pty."""
        if sys.platform == "win32":  # see paths.has_ptys
            raise NotImplementedError
        self._loop = asyncio.get_running_loop()
        # This end of the slave stays open: otherwise the master fails with EIO whenever the
        # program at the other end closes the tty, and its settings are lost.
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        settings = termios.tcgetattr(self._slave)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)
        # Packet mode: a read begins with a byte that is 0 before data, or says what was flushed.
        fcntl.ioctl(self._master, termios.TIOCPKT, struct.pack("i", 1))
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._loop.add_reader(self._master, self._readable)

    async def stop(self) -> None:
        """Close the tty; the cards stay as they are."""
        if self._master < 0:
            return
        self._loop.remove_reader(self._master)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def rstpdn(self, level: int) -> None:
        """Set the chip's RSTPDN line, which is high at first: low resets it."""
        self._hsu.rstpdn.value(level)
        self._turn()

    def _now_us(self) -> int:
        return int(self._loop.time() * 1_000_000 * self._pace)

    def _readable(self) -> None:
        if sys.platform == "win32":  # see paths.has_ptys
            raise NotImplementedError
        packet = os.read(self._master, _AT_ONCE)
        data = packet[1:]
        now_us = self._now_us()
        if self._hsu.changing_to is not None:
            # Now the program writes an ACK, waits about a millisecond and changes its speed. Who
            # comes to read after that cannot know which bytes were written before; so an ACK here
            # is one at the old speed. And nfcpy closes the tty in between, which discards an ACK
            # not yet read; a real UART would have sent it by then.
            end = data.find(ACK) + len(ACK)
            if end >= len(ACK) or packet[0] & termios.TIOCPKT_FLUSHWRITE:
                self._hsu.confirm(now_us)
                data = data[end:] if end >= len(ACK) else data
        self._hsu.receive(data, now_us, speed_of(self._master))
        self._turn()

    def _turn(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now_us = self._now_us()
        data = self._hsu.take(now_us, speed_of(self._master))
        if data:
            self._write(data)
        due_us = self._hsu.next_due()
        if due_us is not None:
            due_us = max(due_us, now_us + _PAUSE_US * self._pace)
            self._timer = self._loop.call_at(due_us / 1_000_000 / self._pace, self._turn)

    def _write(self, data: bytes) -> None:
        with suppress(BlockingIOError):  # nobody reads: a UART loses these bytes too
            os.write(self._master, data)

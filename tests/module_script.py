"""An RC-S660/S on a UART, scripted, for the tests of its driver. Runs under both interpreters."""

import asyncio

from both import Clock
from pasori import ACK, encode
from reader_script import ATR, OK, says

ANSWER = OK + "920100" + "96020000" + "970263C5"
NOBODY = "C003016401"
ABORT = 0x72
RESET = b"\xff\x55\x00\x00"


class YieldingClock(Clock):
    """A clock that lets others run, too."""

    async def sleep_ms(self, ms):
        """Advance the clock, and let others run."""
        self.now += ms
        await asyncio.sleep(0)


class Module:
    """A UART with a module behind it. `answers`: functions of (command, seq) -> bytes, or None."""

    def __init__(self, clock):
        """Answer everything well."""
        self.clock = clock
        self.heard = []  # (ms, command) of each
        self.cancelled = 0
        self.special = []  # what is said to the next commands for a card instead
        self.deaf = 0  # so many messages are not heard
        self._waiting = b""

    def any(self):
        """Return how many bytes wait."""
        return len(self._waiting)

    def readinto(self, buf):
        """Give at most seven bytes at a time."""
        count = min(7, len(buf), len(self._waiting))
        buf[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count or None

    def write(self, data):
        """Take what the driver sends: a frame in one go."""
        data = bytes(data)
        if data == b"\x01":
            return 1
        if data == ACK:
            self.cancelled += 1
            return len(data)
        message = data[6:-2]
        assert encode(message) == data
        self.heard.append((self.clock.ticks_ms(), message[10:]))
        command, seq = message[10:], message[6]
        if message[0] == ABORT:
            return len(data)
        if self.deaf and command != RESET:
            self.deaf -= 1
            return len(data)
        if command == RESET:
            self.deaf = 0
        self._waiting += self._said(command, seq)
        return len(data)

    def _said(self, command, seq):
        if command[3:4] == b"\x01" and command[5:6] == b"\x5f" and self.special:
            return self.special.pop(0)(seq)
        text = OK
        if command[3:4] == b"\x02":
            text = OK + ATR if command[7:9] == b"\x01\x04" else NOBODY
        elif command[:2] != b"\xff\xc2":
            text = ""
        elif command[3:4] == b"\x01" and command[5] == 0x5F:
            text = ANSWER
        return ACK + encode(says(text, seq))

    def deinit(self):
        """Do nothing."""

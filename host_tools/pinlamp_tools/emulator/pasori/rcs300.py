"""The RC-S300 as a USB device: messages like CCID's on its interface of class FF [W].

What it does with a command that comes before the last one is answered: it says that it is busy
[I]. For a moment after the field went on or off, and after an activation, nothing reaches a card:
hosts wait 25 to 30 ms and 20 ms [H, S].
"""

from .commands import Commands
from .objects import ABORT, ANSWER, FAILED, HEAD, REQUEST, UNKNOWN, answer, ended
from .usb import Usb

START_US = 500  # from a command to the beginning of the work [I]
SETTLE_US = 25_000
ACTIVE_US = 18_000
NO_CARD = 0x6401
NOT_SUPPORTED, BAD_LENGTH, NOT_ABORTED, BUSY = 0x00, 0x01, 0x81, 0xE0  # bError


class RCS300(Usb):
    """An RC-S300/S over `field`."""

    pid = 0x0DC8
    interfaces = ((0, 0x0B, 0x81, 0x01), (1, 0xFF, 0x82, 0x02))  # of 0, the endpoints are [I]

    def _reset(self):
        self.field.switch(False)
        self.commands = Commands(self.field, usb=True)
        self._seq = 0
        self._data = b""
        self._free_us = 0  # from when on something reaches a card

    def command_of(self, message: bytes) -> "bytes | None":
        """Return the command in a message from the host, or None."""
        return message[HEAD:] if message[:1] == bytes((REQUEST,)) else None

    def shorten(self) -> None:
        """Tell the next card that frames have 16 bytes."""
        self.commands.fsdi = 0

    def _hear(self, message, now_us):
        if len(message) < HEAD:
            return
        kind, seq, data = message[0], message[6], message[HEAD:]
        at_us = now_us + START_US
        if kind == ABORT:
            self._cancel()
            self.say(answer(seq, b"", FAILED, NOT_ABORTED, ANSWER), at_us)
        elif kind != REQUEST:
            self.say(answer(seq, b"", FAILED, NOT_SUPPORTED, UNKNOWN), at_us)
        elif message[1:5] != len(data).to_bytes(4, "little"):
            self.say(answer(seq, b"", FAILED, BAD_LENGTH), at_us)
        elif self._job is not None:
            self.say(answer(seq, b"", FAILED, BUSY), at_us)
        else:
            self._seq, self._data, self._due_us = seq, data, at_us
            hurried = at_us < self._free_us and self._needs_a_card(data)
            self._job = _too_soon() if hurried else self.commands.run(data)

    def _needs_a_card(self, data):
        return data[3:4] == b"\x02" or data[3:4] == b"\x01" and data[5:6] != b"\x90"

    def _done(self, result):
        data = self._data
        if data[3:4] == b"\x00" and data[5:6] in (b"\x83", b"\x84"):
            self._free_us = self._due_us + SETTLE_US
        elif data[3:4] == b"\x02" and result[3:5] == b"\x90\x00":
            self._free_us = self._due_us + ACTIVE_US
        self.say(answer(self._seq, result), self._due_us)


def _too_soon():
    yield 0
    return ended(NO_CARD, 1) + b"\x90\x00"

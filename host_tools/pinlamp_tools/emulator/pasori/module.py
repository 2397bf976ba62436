"""The RC-S660/S between its UART and its commands: ACK, one command at a time, cancel, freeze.

`Module` has what `chip.hsu.Hsu` wants of a chip. Times of the module itself are [I], as is what it
does with a command that comes before the last one is answered: it drops the older one.
"""

from .commands import Commands
from .frames import ACK, frame
from .objects import ABORT, ANSWER, FAILED, HEAD, REQUEST, UNKNOWN, answer
from .worker import Worker

ACK_US = 300  # within 10 ms [W]
START_US = 700  # from the ACK to the beginning of the work
SETTLE_US = 100_000  # between two looks for a card: faster froze the module [H]
BAUDRATE = 115_200

RESET = b"\xff\x55\x00\x00"
NOT_SUPPORTED, BAD_LENGTH, NOT_ABORTED = 0x00, 0x01, 0x81  # bError


class Module(Worker):
    """An RC-S660/S over `field`."""

    changing_to = None  # its UART has one speed
    baudrate = BAUDRATE

    def __init__(self, field, faults=None) -> None:
        """Power the module up; `faults`: a `faults.Faults` that its line asks, or None."""
        super().__init__(field)
        self.faults = faults
        self.reset()

    def reset(self) -> None:
        """Power lost and back: field off, all forgotten, asleep."""
        self.field.switch(False)
        self.asleep = True
        self.frozen = False
        self.commands = Commands(self.field)
        self._looked_at = None
        self._cancel()
        self._seq = 0
        self._due_us = 0

    def wake(self) -> None:
        """Wake from sleep."""
        self.asleep = False

    def receive(self, item: bytes, now_us: int) -> None:
        """Take an ACK or a message's bytes, which the host had sent by `now_us`."""
        self.advance(now_us)
        resets = item[HEAD:] == RESET and item[0] == REQUEST
        if self.frozen and not resets:
            return
        self._cancel()
        if item is ACK:
            return
        if resets:
            self.reset()
            self.asleep = False
        self.say(ACK, now_us + ACK_US)
        self._due_us = now_us + ACK_US + START_US
        self._begin(item)

    def _done(self, result):
        self._answer(answer(self._seq, result))

    def _answer(self, message):
        self.say(frame(message), self._due_us)

    def _begin(self, message):
        if len(message) < HEAD:
            return
        kind, seq, data = message[0], message[6], message[HEAD:]
        self._seq = seq
        if kind == ABORT:
            # What it says to that is not known [?].
            self._answer(answer(seq, b"", FAILED, NOT_ABORTED, ANSWER))
        elif kind != REQUEST:
            self._answer(answer(seq, b"", FAILED, NOT_SUPPORTED, UNKNOWN))
        elif message[1:5] != len(data).to_bytes(4, "little"):
            self._answer(answer(seq, b"", FAILED, BAD_LENGTH))
        else:
            if self.commands.looks(data):
                hurried = (
                    self._looked_at is not None and self._due_us - self._looked_at < SETTLE_US
                )
                self._looked_at = self._due_us
                if hurried:
                    self.freeze()
                    return
            self._job = self.commands.run(data)

    def freeze(self) -> None:
        """Hear nothing any more but a reset."""
        self._cancel()
        self.frozen = True

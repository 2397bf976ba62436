"""A recording of one tap: every exchange with the card as an event, on its way through the gate.

Loaded only when it was asked for. Nothing that could name a holder is told: the commands are those
that the gate lets pass, and of an answer only what is expected there (see `clean`).
"""

from mynacard.apdu import OK
from mynacard.keys import TOKENS

_READ_BINARY = 0xB0
_TOKEN_SIZE = 32


def clean(command, answer):
    """Return an answer without what does not belong there, so that it means the same to a survey.

    Where data is out of place, or too long, zeros stand for it, one more than is expected at the
    most; for a token that is not in the table, which could be anything, spaces. A status word
    stays; None, which is no answer, stays None.
    """
    if answer is None:
        return None
    answer = bytes(answer)
    if len(answer) < 2:
        return bytes(len(answer))
    data, word = answer[:-2], answer[-2:]
    expected = command[4] if command[1] == _READ_BINARY else 0
    if word != OK or len(data) > expected:
        return bytes(min(len(data), expected + 1)) + word
    if expected == _TOKEN_SIZE and data.rstrip(b" ") not in TOKENS:
        return b" " * len(data) + word
    return answer


class Recording:
    """A reader like the one inside it (see `reader.Reader`), that tells the first tap."""

    def __init__(self, reader, tell, clock):
        """`tell(event)` takes `activation` and `exchange` events, without their version.

        `reader` may have activated a card already. `clock` as `reader.Reader` has it.
        """
        self._reader = reader
        self._tell = tell
        self._clock = clock
        self._fresh = True
        self._on = True

    async def open(self):
        """As the reader's."""
        await self._reader.open()

    async def find(self):
        """As the reader's; what is told after it belongs to another activation."""
        self._fresh = True
        return await self._reader.find()

    async def exchange(self, command):
        """As the reader's, and told."""
        start = self._clock.ticks_ms()
        answer = await self._reader.exchange(command)
        if self._on:
            ms = self._clock.ticks_diff(self._clock.ticks_ms(), start)
            if self._fresh:
                self._fresh = False
                self._tell({"type": "activation", "fwi": self._reader.fwi})
            told = clean(command, answer)
            self._tell(
                {
                    "type": "exchange",
                    "c": command.hex().upper(),
                    "r": None if told is None else told.hex().upper(),
                    "ms": ms,
                }
            )
        return answer

    async def present(self):
        """As the reader's. It is asked once the tap is over, and so is the recording."""
        self._on = False
        return await self._reader.present()

    async def release(self):
        """As the reader's."""
        await self._reader.release()

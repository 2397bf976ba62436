"""Under MicroPython: the example of `pasori`, with a UART that a scripted reader answers.

    micropython pasori_example.py EXAMPLE

Prints what the example does, and then the commands that the reader got, one a line.
"""

import io
import sys

from pasori import ACK, IS_MESSAGE, Decoder, encode
from pinlamp_tools.emulator.card import cards
from reader_script import Reader

_POLL, _READABLE = 3, 1


class UART(io.IOBase):
    """A UART with the reader behind it."""

    def __init__(self, number, baud, **pins):
        assert baud == 115200
        self._decoder = Decoder()
        self._waiting = b""

    def write(self, data):
        """Let the reader acknowledge and answer what is a message."""
        self._decoder.push(data)
        while True:
            found = self._decoder.next()
            if found is None:
                return len(data)
            assert found[0] == IS_MESSAGE
            self._waiting += ACK
            answer = reader.answer(bytes(found[1]))
            if answer is not None:
                self._waiting += encode(answer)

    def read(self, size):
        """Return what waits, in small pieces."""
        chunk, self._waiting = self._waiting[:7], self._waiting[7:]
        return chunk

    def ioctl(self, what, flags):
        """Tell whether something waits."""
        return flags & _READABLE if what == _POLL and self._waiting else 0


class Machine:
    """The module `machine`."""

    UART = UART
    Pin = int


(card,) = cards.make("fresh")
card.reset()
reader = Reader(card.transmit)
sys.modules["machine"] = Machine
with open(sys.argv[1]) as file:
    exec(file.read())
assert card.presented == 0
for command in reader.commands:
    print(command.hex())

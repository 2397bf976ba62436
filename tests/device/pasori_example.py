"""Under MicroPython: the example of `pasori`, with a UART that a scripted reader answers.

    micropython pasori_example.py EXAMPLE

Prints what the example does, and then the commands that the reader got, one a line.
"""

import sys

from pasori import ACK, IS_ACK, IS_MESSAGE, Decoder, encode
from pinlamp_tools.emulator.card import cards
from reader_script import Reader


class UART:
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
            if found[0] == IS_ACK:  # a cancellation
                continue
            assert found[0] == IS_MESSAGE
            self._waiting += ACK
            answer = reader.answer(bytes(found[1]))
            if answer is not None:
                self._waiting += encode(answer)

    def any(self):
        """Return how many bytes wait."""
        return len(self._waiting)

    def readinto(self, buf):
        """Give what waits, in small pieces."""
        count = min(7, len(buf), len(self._waiting))
        buf[:count], self._waiting = self._waiting[:count], self._waiting[count:]
        return count

    def deinit(self):
        """Do nothing."""


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

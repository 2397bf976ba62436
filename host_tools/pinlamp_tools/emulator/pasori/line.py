"""The module's UART: 115200 baud, and asleep until a byte wakes it."""

from ..chip.hsu import Hsu
from .frames import Parser

WAKE_US = 20_000  # from the first byte until it listens: hosts wait 20–30 ms [S]


class Line(Hsu):
    """The serial line of a `module.Module`, both ways."""

    def __init__(self, module) -> None:
        """Connect a quiet line."""
        super().__init__(module)
        self._parser = Parser()
        self._listens_at = 0

    def _restart(self):
        super()._restart()
        self._parser = Parser()

    def _hear_byte(self, byte, at_us):
        if self._chip.asleep:
            self._chip.wake()
            self._parser = Parser()
            self._listens_at = at_us + WAKE_US
        if at_us < self._listens_at:
            return
        item = self._parser.feed(byte)
        if item is not None:
            self._chip.receive(item, at_us)

    def _happen(self, action):
        if action == "freeze":
            self._chip.freeze()
        else:
            super()._happen(action)

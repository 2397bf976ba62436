"""The button: whether it changed since the last look."""

from micropython import const

POLL_MS = const(25)  # between two looks: longer than a contact bounces

PRESSED = const(1)
RELEASED = const(2)


class Button:
    """A button; its owner polls it every POLL_MS. `down`: its state at the last poll."""

    def __init__(self, is_down):
        """`is_down()` tells whether the button is down now."""
        self._is_down = is_down
        self.down = is_down()

    def look(self):
        """Poll the button; return PRESSED, RELEASED, or 0 without a change."""
        before = self.down
        self.down = self._is_down()
        if self.down == before:
            return 0
        return PRESSED if self.down else RELEASED

"""The button: what has changed since it was last looked at."""

from micropython import const

POLL_MS = const(25)  # from one look to the next: longer than a contact bounces

PRESSED = const(1)
RELEASED = const(2)


class Button:
    """A button that somebody looks at every POLL_MS. `down`: how it was at the last look."""

    def __init__(self, is_down):
        """`is_down()` tells whether the button is down at this moment."""
        self._is_down = is_down
        self.down = is_down()

    def look(self):
        """Look at the button; return PRESSED, RELEASED, or 0 if it is as it was."""
        before = self.down
        self.down = self._is_down()
        if self.down == before:
            return 0
        return PRESSED if self.down else RELEASED

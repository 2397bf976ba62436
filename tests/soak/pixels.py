"""A soak's strip, and the names of its colours. Runs under MicroPython."""
# mypy: ignore-errors


def hue(red, green, blue):
    """Return the name of a pixel's colour."""
    if red == green == blue:
        return "white" if red else "off"
    if not red:
        return "green" if green > blue else "blue"
    if not blue:
        return "red" if 5 * green < red else "amber"
    return "violet"


class Pixels:
    """The strip's NeoPixel: keeps the last write."""

    def __init__(self, count, watch):
        """Begin with `count` dark pixels; `watch` hears of each write."""
        self._next = [(0, 0, 0)] * count
        self.shown = list(self._next)
        self._watch = watch
        watch.pixels = self

    def __len__(self):
        """Return how many pixels there are."""
        return len(self.shown)

    def __setitem__(self, index, colour):
        """Set a pixel to (red, green, blue); the next write shows it."""
        self._next[index] = colour

    def write(self):
        """Show it."""
        self.shown[:] = self._next
        self._watch.look()

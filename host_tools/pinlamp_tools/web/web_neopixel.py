"""`neopixel` in the browser: the page gets the pixels."""
# mypy: ignore-errors

import page


class NeoPixel:
    """A strip of `n` pixels; items are (r, g, b)."""

    def __init__(self, pin, n):
        """Start with all pixels dark."""
        self.n = n
        self.buf = bytearray(3 * n)

    def __len__(self):
        """Return how many pixels there are."""
        return self.n

    def __setitem__(self, i, v):
        """Set pixel `i`."""
        self.buf[3 * i : 3 * i + 3] = bytes(v)

    def write(self):
        """Show them."""
        page.pixels(self.buf.hex())

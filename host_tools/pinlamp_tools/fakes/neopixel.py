# Do not upload: this replaces the chip's own `neopixel` under the MicroPython Unix port.
"""`neopixel`: each write tells the host `np <pin> <hex of r, g, b in pixel order>`."""

import binascii

from fake_host import host


class NeoPixel:
    """A strip of `n` pixels of `bpp` bytes; items are (r, g, b), each 0 to 255."""

    def __init__(self, pin, n, bpp=3, timing=1):
        """All pixels are 0 here, but the strip keeps its old colours until `write`."""
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)

    def __len__(self):
        """Return the number of pixels."""
        return self.n

    def __setitem__(self, i, v):
        """Set pixel `i`."""
        offset = i * self.bpp
        for channel in range(self.bpp):
            self.buf[offset + channel] = v[channel]

    def __getitem__(self, i):
        """Return pixel `i`."""
        offset = i * self.bpp
        return tuple(self.buf[offset : offset + self.bpp])

    def fill(self, v):
        """Set all pixels to one colour."""
        for i in range(self.n):
            self[i] = v

    def write(self):
        """Show the pixels."""
        host.tell("np %d %s" % (self.pin.id, binascii.hexlify(self.buf).decode()))

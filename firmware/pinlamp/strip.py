"""The strip puts colours onto pixels, no brighter than the settings and the supply allow."""

_CHANNEL_MA = 20  # a WS2812's channel at full drive
_IDLE_MA = 1  # its controller, lit or not


class Strip:
    """The row of lamps. `frame` holds red, green, blue of each, 0–255; `show` lights them."""

    def __init__(self, pixels, count, brightness, budget_ma, lamps=None):
        """`pixels`: a NeoPixel of at least `count`. `brightness` in percent of full drive.

        `lamps`: the pixels of each of the `count` lamps, unless lamp 0 is pixel 0 and so on.
        """
        self._pixels = pixels
        self._lamps = lamps
        self._brightness = brightness
        # The current that may flow through all channels, in 1/255 of one channel's.
        self._most = max(0, budget_ma - len(pixels) * _IDLE_MA) * 255 // _CHANNEL_MA
        self.count = count
        self.frame = bytearray(3 * count)

    def set(self, index, colour, level):
        """Give pixel `index` a colour, at a level of 0–255."""
        for i in range(3):
            self.frame[3 * index + i] = colour[i] * level // 255

    def show(self):
        """Write the frame to the pixels. Each write also repairs a pixel that took a glitch."""
        scale = self._brightness * 256 // 100
        lamps = self._lamps
        total = 0
        for i, value in enumerate(self.frame):
            total += value if lamps is None else value * len(lamps[i // 3])
        if total * scale > self._most * 256:
            scale = self._most * 256 // total
        for i in range(self.count):
            colour = tuple([self._scaled(self.frame[3 * i + j], scale) for j in range(3)])
            for pixel in (i,) if lamps is None else lamps[i]:
                self._pixels[pixel] = colour
        self._pixels.write()

    def _scaled(self, value, scale):
        # Never dim a lit channel to nothing: it would show another state.
        return value * scale // 256 or int(value >= 16)

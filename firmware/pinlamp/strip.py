"""The strip: colours onto pixels, no brighter than the settings and the supply allow."""

_CHANNEL_MA = 20  # a WS2812's channel at full drive
_IDLE_MA = 1  # its controller, lit or not


class Strip:
    """The row of pixels. `frame` holds red, green, blue of each, 0–255; `show` lights them."""

    def __init__(self, pixels, count, brightness, budget_ma):
        """`pixels`: a NeoPixel of at least `count`. `brightness` in percent of full drive."""
        self._pixels = pixels
        self._brightness = brightness
        # What may flow through the channels, in 1/255 of one channel's current.
        self._most = max(0, budget_ma - count * _IDLE_MA) * 255 // _CHANNEL_MA
        self.count = count
        self.frame = bytearray(3 * count)
        self._shown = bytearray(3 * count)

    def set(self, index, colour, level):
        """Give pixel `index` a colour, at a level of 0–255."""
        for i in range(3):
            self.frame[3 * index + i] = colour[i] * level // 255

    def show(self):
        """Write the frame to the pixels if it is not what they show already."""
        scale = self._brightness * 256 // 100
        total = 0
        for value in self.frame:
            total += value
        if total * scale > self._most * 256:
            scale = self._most * 256 // total
        changed = False
        for i in range(len(self.frame)):
            value = self.frame[i] * scale // 256
            # A channel that is on stays on: dimmed to nothing it would show another state.
            if not value and self.frame[i] >= 16:
                value = 1
            if value != self._shown[i]:
                self._shown[i] = value
                changed = True
        if changed:
            for i in range(self.count):
                self._pixels[i] = tuple(self._shown[3 * i : 3 * i + 3])
            self._pixels.write()

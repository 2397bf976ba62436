"""The strip puts colours onto pixels, no brighter than the settings and the supply allow."""

from .look import FULL, OFF

_CHANNEL_MA = 20  # a WS2812's channel at full drive
_IDLE_MA = 1  # its controller, lit or not


class Strip:
    """The row of lamps: `set` their colours, `show` lights them."""

    def __init__(self, pixels, count, brightness, budget_ma, lamps=None):
        """`pixels`: a NeoPixel of at least `count`. `brightness` in percent of full drive.

        `lamps`: the pixels of each of the `count` lamps, unless lamp 0 is pixel 0 and so on.
        """
        self._pixels = pixels
        self._lamps = lamps
        self._scale = brightness * 256 // 100
        # The current that may flow through all channels, in 1/255 of one channel's.
        self._most = max(0, budget_ma - len(pixels) * _IDLE_MA) * 255 // _CHANNEL_MA
        self._total = 0  # what would flow at full drive
        self._lit = [OFF] * count  # red, green, blue of each lamp at full drive
        self._changed = []  # the lamps whose pixels are not up to date
        self._shown = self._scale

    def set(self, index, colour, level):
        """Give lamp `index` a colour (red, green, blue of 0-255), at a level of 0-255."""
        if level != FULL:
            red, green, blue = colour
            colour = (red * level // 255, green * level // 255, blue * level // 255)
        before = self._lit[index]
        if colour == before:
            return
        more = sum(colour) - sum(before)
        self._total += more if self._lamps is None else more * len(self._lamps[index])
        self._lit[index] = colour
        if index not in self._changed:
            self._changed.append(index)

    def show(self):
        """Write the pixels, what changed and what did not: a glitch of one ends here."""
        scale = self._scale
        if self._total * scale > self._most * 256:
            scale = self._most * 256 // self._total
        if scale != self._shown:
            self._shown = scale
            self._changed = list(range(len(self._lit)))
        for index in self._changed:
            colour = tuple([_scaled(value, scale) for value in self._lit[index]])
            for pixel in (index,) if self._lamps is None else self._lamps[index]:
                self._pixels[pixel] = colour
        self._changed.clear()
        self._pixels.write()


def _scaled(value, scale):
    # Never dim a lit channel to nothing: it would show another state.
    return value * scale // 256 or int(value >= 16)

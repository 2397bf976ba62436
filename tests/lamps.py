"""Lamps for tests: recorded pixels, and colours as an eye names them."""

from both import Clock
from oracle import KEYS, STEADY
from pinlamp.lamps import Lamps
from pinlamp.strip import Strip


class Pixels(list):
    """A NeoPixel that keeps its last write."""

    def __init__(self, count):
        """All dark, nothing written yet."""
        super().__init__([(0, 0, 0)] * count)
        self.lit = [(0, 0, 0)] * count

    def write(self):
        """Light the pixels as they were set."""
        self.lit = list(self)


class FilmedLamps:
    """Lamps of one layout on a strip of twelve pixels, and a film of them."""

    def __init__(self, layout, brightness=100, budget_ma=2000, clock=None):
        """Use full drive and a strong supply, unless a test is about those."""
        self.layout = layout
        self.clock = clock or Clock()
        self.pixels = Pixels(12)
        strip = Strip(self.pixels, layout, brightness, budget_ma)
        self.lamps = Lamps(strip, layout, self.clock)

    def film(self, ms=2000, start=0):
        """Return a list of (from ms, to ms, rgb) for each lamp, waiting as `render` says."""
        self.clock.now = start
        films = [[] for _ in self.pixels]
        while self.clock.now < start + ms:
            wait = min(self.lamps.render(), start + ms - self.clock.now)
            assert wait > 0
            for film, rgb in zip(films, self.pixels.lit):
                now = self.clock.now - start
                if film and film[-1][2] == rgb:
                    film[-1] = (film[-1][0], now + wait, rgb)
                else:
                    film.append((now, now + wait, rgb))
            self.clock.now += wait
        return films

    def answer(self, states):
        """Read a card whose keys have these states, to the end."""
        self.lamps.reading(list(states))
        for key, state in states.items():
            self.lamps.finding(key, state)
        self.lamps.read()


def colour_name(rgb):
    """Name a colour as an eye would, from the drive of red, green and blue."""
    r, g, b = rgb
    top = max(rgb)
    if not top:
        return "off"
    if r == g == b:
        name = "white"
    elif g == top:
        name = "green"
    elif r == top and g > r // 4:
        name = "amber"
    elif r == top and g:
        name = "red"
    elif r == b:
        name = "violet"
    else:
        name = "blue"
    return ("dim " if top < 70 else "") + name


def look(film):
    """Return (colour, on times) of a lamp's film."""
    on = [(start, end) for start, end, rgb in film if rgb != (0, 0, 0)]
    colours = {colour_name(rgb) for _, _, rgb in film} - {"off"}
    if not colours:
        return "off", STEADY
    assert len(colours) == 1, colours
    return colours.pop(), on


def keys_of(layout):
    """Return all keys that have a lamp in a layout, in the order of their places."""
    if layout == 1:
        return [row["id"] for row in KEYS]
    return [row["id"] for row in KEYS if row["lamps"][str(layout)] is not None]


def all_in(layout, state):
    """Return {key: state} of all of them, in one state."""
    return dict.fromkeys(keys_of(layout), state)

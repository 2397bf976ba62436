"""A desk with a device on it: events as they come, and a film of the lamps."""

import asyncio
import json

from pinlamp_tools import house
from pinlamp_tools.bench import Bench
from test_pinlamp_lamps import colour_name

TRIES = 3
ASKED = ("my_number_card", "phone_android", "phone_ios")


class Desk:
    """A bench with a film of its lamps."""

    def __init__(self, port=None, **settings):
        """`settings` go into settings.json; `port` is a serial line instead of the emulator."""
        board = json.loads((house.BOARDS / "esp32_devkitc" / "board.json").read_text("utf-8"))
        self.bench = Bench(board, dict(settings, events=True, poll_ms=20), port)
        self.lines = asyncio.Queue()
        self.bench.on_line = self.lines.put_nowait
        self.bench.on_pixels = self._on_pixels
        self.tones = 0
        self.bench.on_tone = self._on_tone
        self.film = []

    def _on_pixels(self, pin, rgb):
        pixels = [tuple(rgb[i : i + 3]) for i in range(0, len(rgb), 3)]
        self.film.append((asyncio.get_running_loop().time(), pixels))

    def _on_tone(self, hz):
        self.tones += bool(hz)

    async def event(self, *kinds):
        """Return the next event of one of these types."""
        while True:
            event = json.loads(await asyncio.wait_for(self.lines.get(), 30))
            if event["type"] in kinds:
                return event

    async def tap(self, name):
        """Hold a card to the device; return (kinds seen, its findings or None).

        On a busy machine the device may say "again, please": then it is laid down again.
        """
        for _ in range(TRIES):
            self.tones = 0
            self.bench.tap(name)
            kinds = []
            while True:
                event = await self.event("card", "result")
                if event["type"] == "result":
                    break
                kinds.append(event["kind"])
                if event["kind"] not in ASKED:
                    return kinds, None
            if event["complete"]:
                return kinds, {key.pop("id"): key for key in event["keys"]}
            await self.lift()
        raise AssertionError(f"{name} was not read in {TRIES} tries")

    async def lift(self):
        """Take the card away and wait until the device has seen it."""
        self.bench.lift()
        await self.event("removed")

    async def looks(self):
        """Watch one cycle; return (colour, times it lights up, share of time on) of each pixel."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0.4)  # what was under way when the card was read is over
        start = loop.time()
        await asyncio.sleep(2)
        before = [frame for frame in self.film if frame[0] <= start][-1][1]
        frames = [(start, before), *[frame for frame in self.film if frame[0] > start]]
        ends = [at for at, _ in frames[1:]] + [loop.time()]
        looks = []
        for index in range(len(before)):
            colours, on, rises, was = set(), 0, 0, frames[0][1][index]
            for (at, pixels), end in zip(frames, ends, strict=True):
                rgb = pixels[index]
                if rgb != (0, 0, 0):
                    colours.add(colour_name(rgb).split()[-1])
                    on += end - at
                    rises += was == (0, 0, 0)
                was = rgb
            looks.append((colours.pop() if len(colours) == 1 else "off", rises, on / 2))
            assert not colours
        return looks


def alike(look, wanted):
    """Tell whether a look that was filmed is the one that is wanted."""
    if look[0] != wanted[0] or look[0] == "off":
        return look[0] == wanted[0]
    # A film that begins in a flash sees it end and come again: one rise more or less.
    return abs(look[1] - wanted[1]) <= (wanted[1] > 0) and abs(look[2] - wanted[2]) < 0.06

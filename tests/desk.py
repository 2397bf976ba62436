"""A desk with a device on it: its events in order, and a film of the lamps."""

import asyncio
import json

from film import CYCLE_S, looks
from pinlamp_tools.boards.board import Board
from pinlamp_tools.simulator.simulator import Simulator

TRIES = 3
PATIENCE_S = 20
ASKED = ("my_number_card", "phone_android", "phone_ios")


class Desk:
    """A simulator with a film of its lamps."""

    def __init__(self, port=None, board=None, record=False, **settings):
        """`settings` go into settings.json; `port` is a serial line instead of the emulator."""
        settings = {"events": True, "poll_ms": 20, **settings}
        board = board or Board.named("esp32_devkitc")
        self.simulator = Simulator(board, settings, port, record=record)
        self._lines = asyncio.Queue()
        self._frames = asyncio.Queue()
        self.simulator.on_line = self._on_line
        self.simulator.on_pixels = self._on_pixels
        self.tones = 0
        self.simulator.on_tone = self._on_tone
        self._sounding = False
        self.film = []

    def _on_line(self, line):
        if '"type":"alive"' not in line:  # it comes again and again, whatever happens
            self._lines.put_nowait(line)

    def _on_pixels(self, pin, rgb):
        pixels = [tuple(rgb[i : i + 3]) for i in range(0, len(rgb), 3)]
        self.film.append((asyncio.get_running_loop().time(), pixels))
        self._frames.put_nowait((pin, rgb))

    def _on_tone(self, hz):
        self.tones += bool(hz)
        self._sounding = bool(hz)

    async def event(self, *kinds):
        """Return the next event of one of these types."""
        while True:
            event = json.loads(await asyncio.wait_for(self._lines.get(), 30))
            if event["type"] in kinds:
                return event

    def unread(self):
        """Return the number of console lines that no `event` has taken yet."""
        return self._lines.qsize()

    async def pixels(self, accept):
        """Return (pin, bytes) of the first acceptable write among the new ones."""
        while True:
            pin, rgb = await asyncio.wait_for(self._frames.get(), 30)
            if accept(rgb):
                return pin, rgb

    async def tap(self, name):
        """Hold a card to the device; return (kinds seen, its findings or None).

        On a busy machine the device may say "again, please": then this lays the card down again.
        """
        for _ in range(TRIES):
            self.tones = 0
            self.simulator.tap(name)
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
            while self.tones < 2 or self._sounding:  # hear "again, please" to its end
                await asyncio.sleep(0.02)
        raise AssertionError(f"{name} was not read in {TRIES} tries")

    async def heard(self):
        """Wait for the sound after a read; return the number of its tones."""
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while not self.tones:
            assert asyncio.get_running_loop().time() < end, "it makes no sound"
            await asyncio.sleep(0.02)
        count = -1
        while self._sounding or count != self.tones:
            count = self.tones
            await asyncio.sleep(0.3)  # the second of two comes 0.08 s after the first
        return count

    async def lift(self):
        """Take the card away and wait until the device has seen it.

        A busy machine may have taken it for gone before, and perhaps read it once more: the events
        of that must not pass for those of the next card.
        """
        gone = False
        while self.unread():
            kind = json.loads(self._lines.get_nowait())["type"]
            gone = kind == "removed" or (gone and kind != "card")
        self.simulator.lift()
        try:
            await asyncio.wait_for(self.event("removed"), 1 if gone else 30)
        except asyncio.TimeoutError:
            assert gone, "the device does not see that the card is gone"

    async def shows(self, fits):
        """Wait until the lamps satisfy `fits(looks)` for one whole cycle from now on.

        A wrong lamp is wrong in every cycle, but a busy machine may spoil one: so this retries for
        PATIENCE_S. AssertionError with the last looks.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            await asyncio.sleep(max(0.02, begun + CYCLE_S - loop.time()))
            seen = looks(self.film, loop.time() - CYCLE_S)
            if fits(seen):
                return
            assert loop.time() < begun + PATIENCE_S, seen

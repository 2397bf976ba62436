"""Under MicroPython: when each lamp of one tap is lit, through an RC-S660/S on a virtual clock.

    micropython tap_time.py CARD PROFILE PAUSE_MS

`PAUSE_MS`: the driver's forced pause between two commands. Prints {"lit": [ms from
when the card is laid down until each of the 12 lamps first has a colour of its own, or null], "ms"
and "keys": those of the result, docs/events.md}.
"""

import asyncio
import json
import sys

from rcs660s_wires import chip_of

from pinlamp import device
from pinlamp.app import App
from pinlamp.button import Button
from pinlamp.buzzer import Buzzer
from pinlamp.events import Events
from pinlamp.lamps import Lamps
from pinlamp.parts import Parts
from pinlamp.rcs660s import Rcs660sReader
from pinlamp.settings import Settings
from pinlamp.strip import Strip
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip import virtual
from pn532 import clock

PIXELS = 12


class Film:
    """A NeoPixel that notes when each pixel first has a colour: white, in turn, is none."""

    def __init__(self):
        self._now = [(0, 0, 0)] * PIXELS
        self.lit = [None] * PIXELS

    def __len__(self):
        return PIXELS

    def __setitem__(self, index, colour):
        self._now[index] = colour

    def write(self):
        for index, colour in enumerate(self._now):
            if self.lit[index] is None and len(set(colour)) > 1:
                self.lit[index] = clock.ticks_ms()


class Silent(Events):
    """Keeps the last event, whatever the settings let out."""

    last = None

    def __init__(self):
        super().__init__(Settings({}, 12, 12), None)
        self._came = asyncio.Event()

    def tell(self, event):
        self.last = event
        self._came.set()

    async def until(self, kind):
        while not (self.last and self.last["type"] == kind):
            self._came.clear()
            await self._came.wait()

    def beat(self, clock, fault=None, tap=None):
        pass


class Board:
    """What of a board the device asks here."""

    name, reader = "virtual", "rcs660s"


class Nothing:
    """A watchdog and a tone."""

    def feed(self):
        pass

    def duty_u16(self, duty):
        pass


async def main(card, profile, pause_ms):
    world = virtual.World()
    world.install()
    clock.ticks_ms = world.ticks_ms
    field = Field()
    config = Settings({"profile": profile}, PIXELS, PIXELS)
    film, events, nothing = Film(), Silent(), Nothing()
    chip = chip_of(world, field, pause_ms=pause_ms)
    parts = Parts(
        board=Board,
        config=config,
        lamps=Lamps(Strip(film, PIXELS, config.brightness, 300), PIXELS, clock),
        chip=chip,
        buzzer=Buzzer(nothing, clock),
        button=Button(lambda: False),
        events=events,
        watchdog=nothing,
    )
    reader = Rcs660sReader(chip, clock, nothing.feed)
    app = App(parts, reader, keys=device.keys(Board, config))
    running = [asyncio.create_task(one) for one in (app.light(), app.serve())]
    await events.until("ready")
    await clock.sleep_ms(1000)
    film.lit = [None] * PIXELS
    field.put(cards.make(card))
    start = clock.ticks_ms()
    await events.until("result")
    result = events.last
    await clock.sleep_ms(2000)  # the last lamp, even one that blinks
    lit = [at and at - start for at in film.lit]
    told = {"lit": lit, "ms": result["ms"], "keys": result["keys"]}
    print(json.dumps(told))
    for one in running:
        one.cancel()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

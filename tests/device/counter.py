"""Under MicroPython: the profile of a counter on a virtual clock, and its button.

    micropython counter.py '{"profile": "counter", "layout": 12}' '["card sign_locked", "lift", …]'

The application, its chip and its cards run in one process without real waiting. The steps:
"card NAME" lays one down and waits until it was read, "lift", "pull NAME" lays one down and pulls
it away half-way, "press", "wait MS". Prints for each step the colours (hex) that each pixel had
within it, and the moment: {"step", "ms", "colours": [[…] for each pixel]}.
"""

import asyncio
import binascii
import json
import sys
from collections import namedtuple

from pinlamp.app import App
from pinlamp.button import Button
from pinlamp.buzzer import Buzzer
from pinlamp.events import Events
from pinlamp.lamps import Lamps
from pinlamp.parts import Parts
from pinlamp.reader import Reader
from pinlamp.settings import Settings
from pinlamp.strip import Strip
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip import virtual
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.hsu import Hsu
from pn532 import PN532, clock
from pn532.hsu import HSU

PIXELS = 12
PULL_AFTER_FRAMES = 12
PRESS_MS = 100
Board = namedtuple("Board", ("name",))


class Film:
    """A NeoPixel that notes the colours of each pixel."""

    def __init__(self):
        self._now = [bytes(3)] * PIXELS
        self.restart()

    def restart(self):
        self.colours = [{colour} for colour in self._now]

    def __len__(self):
        return PIXELS

    def __setitem__(self, index, colour):
        self._now[index] = bytes(colour)

    def write(self):
        for seen, colour in zip(self.colours, self._now):
            seen.add(colour)


class Nothing:
    """A watchdog and a tone."""

    def feed(self):
        pass

    def duty_u16(self, duty):
        pass


class Console(Events):
    """Lets somebody wait for the type of an event, whatever the settings let out."""

    def __init__(self):
        super().__init__(Settings({}, 12, 12), None)
        self._came = asyncio.Event()
        self.last = None

    def tell(self, event):
        self.last = event["type"]
        self._came.set()

    def beat(self, clock, fault=None, tap=None):
        pass

    async def until(self, kind):
        while self.last != kind:
            self._came.clear()
            await self._came.wait()


async def do(step, field, console, button):
    """Do one step."""
    what, _, how = step.partition(" ")
    console.last = None
    if what == "card":
        field.put(cards.make(how))
        await console.until("result")
    elif what == "lift":
        field.lift()
        await console.until("removed")
    elif what == "pull":
        field.lift_after(PULL_AFTER_FRAMES)
        field.put(cards.make(how))
        await console.until("removed")
    elif what == "press":
        button["down"] = True
        await clock.sleep_ms(PRESS_MS)
        button["down"] = False
        await clock.sleep_ms(PRESS_MS)
    else:
        await clock.sleep_ms(int(how))


async def main(given, steps):
    world = virtual.World()
    world.install()
    clock.ticks_ms = world.ticks_ms
    field = Field()
    config = Settings(given, PIXELS, PIXELS)
    assert not config.replaced
    film, console, button = Film(), Console(), {"down": False}
    chip, nothing = PN532(HSU(virtual.Uart(world, Hsu(Chip(field))))), Nothing()
    parts = Parts(
        board=Board("virtual"),
        config=config,
        lamps=Lamps(Strip(film, config.layout, config.brightness, 300), config.layout, clock),
        chip=chip,
        buzzer=Buzzer(nothing, clock),
        button=Button(lambda: button["down"]),
        events=console,
        watchdog=nothing,
    )
    device = App(parts, Reader(chip, clock, nothing.feed))
    tasks = [
        asyncio.create_task(each)
        for each in (device.light(), device.serve(), device.watch_button())
    ]
    await console.until("ready")
    for step in steps:
        film.restart()
        await do(step, field, console, button)
        seen = [[binascii.hexlify(one).decode() for one in pixel] for pixel in film.colours]
        print(json.dumps({"step": step, "ms": clock.ticks_ms(), "colours": seen}))
    for task in tasks:
        assert not task.done()


asyncio.run(main(json.loads(sys.argv[1]), json.loads(sys.argv[2])))

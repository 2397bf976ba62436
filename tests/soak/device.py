"""The MicroPython side of `make soak`: the whole firmware, its chip and its cards in one process.

    micropython device.py '{"taps": 1000, "seed": 1, "link": "hsu", …}' FOLDER

`pinlamp.app.App` runs on the virtual clock of `emulator.virtual`, with a recorded strip.
`hand.Hand` lays cards down, pulls them away and lets faults strike; `watch.Watch` judges. Prints
JSON objects, one a line: {"taps": n} on the way, and the report at the end. The firmware keeps its
files in FOLDER.
"""
# mypy: ignore-errors

import asyncio
import gc
import json
import os
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
from pn532 import PN532, clock
from soak.cards import choose
from soak.hand import Hand
from soak.link import open_link
from soak.pixels import Pixels
from soak.watch import Watch

Board = namedtuple("Board", ("name",))
_BUDGET_MA = 300
_WATCHDOG_MS = 8_000
_PROGRESS = 10
_HEAP_TRIES = 12
_WARM = 10
# One card for each path through the application.
_WARM_NAMES = (
    "fresh",
    "phone_android",
    "juki_card",
    "driving_licence",
    "transit",
    "credit",
    "two_cards",
    "weak",
    "swapped",
    "slow",
)


class Console(Events):
    """The events, for the watch instead of the console."""

    def __init__(self, watch):
        """Switch all events on."""
        super().__init__(Settings({}, 12, 12), None)
        self._watch = watch

    def tell(self, event):
        """Give it to the watch."""
        self._watch.event(event)


class Device(App):
    """The application; the watch hears of each activation as the lamps do."""

    watch = None

    def started(self):
        """Tell the watch, once it knows all of the activation before; then the lamps."""
        self._show_findings()
        self.watch.started()
        super().started()


class Watchdog:
    """Counts how often the hardware watchdog would have bitten."""

    def __init__(self):
        """Begin as just fed."""
        self.bites = 0
        self._fed_ms = clock.ticks_ms()

    def feed(self):
        """Feed it."""
        now_ms = clock.ticks_ms()
        if clock.ticks_diff(now_ms, self._fed_ms) >= _WATCHDOG_MS:
            self.bites += 1
        self._fed_ms = now_ms


class Soak:
    """One device and its taps. `given`: taps, seed, link, irq, layout, licence."""

    def __init__(self, given):
        """Assemble the device, on virtual time."""
        world = virtual.World()
        world.install()
        clock.ticks_ms = world.ticks_ms
        rng = cards.Prng(given["seed"])
        field = Field()
        chip = Chip(field)
        link, lag_ms = open_link(given["link"], given["irq"], world, chip)
        settings = {"layout": given["layout"], "licence": given["licence"], "hold_s": 1}
        config = Settings(settings, 12, 12)
        if config.replaced:
            raise ValueError(f"not possible: {config.replaced}")
        watch = Watch(clock, given["layout"], given["licence"], lag_ms)
        watch.presses = given["layout"] == 1
        strip = Strip(Pixels(12, watch), config.layout, config.brightness, _BUDGET_MA)
        self._dog = Watchdog()
        self._hand = Hand(rng, field, chip, watch, given["link"])
        Device.watch = watch
        parts = Parts(
            board=Board("soak"),
            config=config,
            lamps=Lamps(strip, config.layout, clock),
            chip=PN532(link),
            buzzer=Buzzer(None, clock),
            button=Button(self._hand.press),
            events=Console(watch),
            watchdog=self._dog,
        )
        self._device = Device(parts, Reader(parts.chip, clock, self._dog.feed))
        self._given = given
        self._field = field
        self._watch = watch
        self._world = world
        self._rng = rng

    async def run(self):
        """Do all taps; return the report."""
        device, hand = self._device, self._hand
        forever = (device.light(), device.serve())
        tasks = [asyncio.create_task(coroutine) for coroutine in forever]
        if self._watch.presses:
            tasks.append(asyncio.create_task(device.watch_button()))
        self._tasks = tasks
        await hand.be_ready()
        await self._warm_up()
        _tell(taps=0)
        before = await self._heap(0)
        for number in range(self._given["taps"]):
            await self._one()
            if number % _PROGRESS == _PROGRESS - 1:
                _tell(taps=number + 1)
        after = await self._heap(before)
        return self._report(before, after)

    async def _one(self):
        self._see_to_tasks()
        name, laid = choose(self._rng)
        plan = None
        chance = self._rng(100)
        if chance < 25:
            plan = "pull"
        elif chance < 60:
            plan = self._hand.possible[self._rng(len(self._hand.possible))]
        if plan is None:
            await self._hand.be_ready()
        await self._hand.tap(name, laid, plan)

    def _see_to_tasks(self):
        for task in self._tasks:
            if task.done():
                raise RuntimeError("a task of the device has ended")

    async def _warm_up(self):
        """Do each kind of tap once, so that one-time allocations are over."""
        for name in _WARM_NAMES:
            await self._hand.be_ready()
            await self._hand.tap(name, cards.make(name, self._rng), None)
        for plan in self._hand.possible:
            await self._hand.tap("fresh", cards.make("fresh", self._rng), plan)
        for _ in range(_WARM):
            await self._one()

    async def _heap(self, enough):
        """Return the heap in use after the same card, when nothing is left of it.

        MicroPython's collector takes anything like a pointer for one, so sometimes a dead object
        survives. Therefore return the least of several times, or the first within `enough`.
        """
        least = None
        for _ in range(_HEAP_TRIES):
            await self._hand.be_ready()
            await self._hand.tap("fresh", cards.make("fresh", self._rng), None)
            await clock.sleep_ms(2_000)
            self._watch.lies([])
            gc.collect()
            used = gc.mem_alloc()
            least = used if least is None else min(least, used)
            if least <= enough:
                break
        return least

    def _report(self, before, after):
        hand, watch = self._hand, self._watch
        return {
            "taps": hand.taps,
            "pulls": hand.pulls,
            "faults": hand.struck,
            "read": watch.read,
            "not_read": watch.not_read,
            "reader_lost": watch.lost,
            "recoveries": watch.recovered,
            "wrong": watch.wrong,
            "why": watch.why,
            "tries_spent": self._field.presented,
            "missed": hand.missed,
            "stuck": hand.stuck,
            "watchdog": self._dog.bites,
            "longest_ms": watch.longest_ms,
            "virtual_s": self._world.now_us // 1_000_000,
            "heap": [before, after],
        }


def _tell(**what):
    print(json.dumps(what))


def main():
    """Run one soak by the command line."""
    os.chdir(sys.argv[2])
    _tell(report=asyncio.run(Soak(json.loads(sys.argv[1])).run()))


if __name__ == "__main__":
    main()

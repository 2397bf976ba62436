"""The MicroPython side of `make soak`: the whole firmware, its chip and its cards in one process.

    micropython soak_device.py '{"taps": 1000, "seed": 1, "link": "hsu", …}' FOLDER

`pinlamp.app.App` runs on the virtual clock of `emulator.virtual`, with a strip that is recorded.
`Hand` lays cards down, pulls them away and lets faults strike; `soak_watch.Watch` judges. Prints
JSON objects, one a line: {"taps": n} on the way, and the report at the end. FOLDER is where the
firmware may keep its files.
"""
# mypy: ignore-errors

import asyncio
import gc
import json
import os
import sys

from pinlamp.app import App
from pinlamp.buzzer import Buzzer
from pinlamp.events import Events
from pinlamp.lamps import Lamps
from pinlamp.reader import Reader
from pinlamp.settings import Settings
from pinlamp.strip import Strip
from pinlamp_tools.emulator import cards, faults, virtual
from pinlamp_tools.emulator.chip import Chip
from pinlamp_tools.emulator.field import Field
from pinlamp_tools.soak_cards import choose
from pinlamp_tools.soak_link import open_link
from pinlamp_tools.soak_watch import Pixels, Watch
from pn532 import PN532, clock

_BUDGET_MA = 300
_OUTCOME_MS = 60_000  # a card and a device that answer nothing for longer are stuck
_WATCHDOG_MS = 8_000
_SLOWEST_MS = 600  # after which even the shortest survey is over
_PROGRESS = 10
_HEAP_TRIES = 12
_WARM = 10
# One of each way through the application.
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
# Damage that keeps the sums right is beyond the protocol: not part of a promise.
_HARMLESS = ("same_sums",)


class Console(Events):
    """The events, given to the watch instead of the console."""

    def __init__(self, watch):
        """All of them."""
        super().__init__(True)
        self._watch = watch

    def tell(self, event):
        """Give it to the watch."""
        self._watch.event(event)


class Device(App):
    """The application; the watch hears of each activation as the lamps do."""

    watch = None

    def started(self):
        """Tell the lamps, then the watch."""
        super().started()
        self.watch.started()


class Watchdog:
    """Counts how often the hardware would have bitten."""

    def __init__(self):
        """Just fed."""
        self.bites = 0
        self._fed_ms = clock.ticks_ms()

    def healthy(self):
        """Feed it."""
        now_ms = clock.ticks_ms()
        if clock.ticks_diff(now_ms, self._fed_ms) >= _WATCHDOG_MS:
            self.bites += 1
        self._fed_ms = now_ms


class Hand:
    """Lays cards down and takes them away, at every wrong moment there is."""

    def __init__(self, rng, field, chip, watch, link):
        """`link`: which faults are possible; `rng`: a `cards.Prng`."""
        self._rng = rng
        self._field = field
        self._chip = chip
        self._watch = watch
        self._faults = faults.Faults()
        self.possible = [
            name
            for name, links, _ in faults.FAULTS
            if link in links.split() and name not in _HARMLESS
        ]
        self.struck = dict.fromkeys(self.possible, 0)
        self.pulls = 0
        self.missed = 0  # nothing was wrong, and the card was not read
        self.stuck = 0  # nothing came of it at all
        self.taps = 0
        self._down = False

    def press(self):
        """Tell whether the button is down: for the application."""
        return self._down

    async def tap(self, name, laid, plan):
        """Lay down `laid`; `plan` is None, "pull", or the name of a fault."""
        watch, rng = self._watch, self._rng
        self.taps += 1
        if len([card for card in laid if card.kind == "B"]) != 1:
            await self.be_ready()  # for another one of the same kind there is no new event
        watch.lies(laid)
        watch.told.clear()
        read = watch.read
        if plan == "pull" and rng(2):
            self._field.lift_after(rng(40))
        elif plan not in (None, "pull"):
            self._arm(plan)
        self._field.put(laid)
        if plan == "pull" and rng(2):
            await clock.sleep_ms(rng(_SLOWEST_MS))
            self._lift()
        await self._outcome()
        if plan is None:
            if watch.read == read:
                self.missed += 1
                watch.why.append(f"tap {self.taps}: {name} was not read")
            await self._stay()
        elif not rng(4):
            await clock.sleep_ms(rng(500))
        self._lift()
        self.pulls += plan == "pull"
        if self._faults.struck:
            self.struck[plan] += 1
        self._faults.disarm()
        self._faults.struck = 0
        self._chip.faults = None
        await self._away(plan is not None)

    def _arm(self, name):
        rng = self._rng
        code = (None, 0x40, 0x40, 0x4A, 0x42, 0x32)[rng(6)]
        skip = [rng(30)] if code == 0x40 else [rng(3)]

        def when(command):
            if code is not None and command[0] != code:
                return False
            skip[0] -= 1
            return skip[0] < 0

        at_byte = None if rng(4) == 0 else rng(60)
        if name == "no_device":
            at_byte = None
        mask = 1 << rng(8)
        us = None if rng(3) == 0 else 1_000 * rng(600)
        self._faults.arm(name, at_byte, when, 1 + (not rng(4)) * rng(6), mask, us)
        self._chip.faults = self._faults

    async def _outcome(self):
        if not self._field.cards and not self._watch.busy:
            return
        try:
            await asyncio.wait_for(self._told(), _OUTCOME_MS / 1000)
        except asyncio.TimeoutError:
            self.stuck += bool(self._field.cards) or self._watch.busy

    async def _told(self):
        # A card that is pulled before it is found leaves nothing to wait for.
        while self._field.cards or self._watch.busy:
            try:
                await asyncio.wait_for(self._watch.told.wait(), 0.5)
                return
            except asyncio.TimeoutError:
                pass

    async def _stay(self):
        """Leave the card there and look at the lamps now and then, sometimes for a whole cycle."""
        rng = self._rng
        for _ in range((0, 1, 1, 5)[rng(4)]):
            await clock.sleep_ms(100 + rng(400))
            self._watch.look()
            if self._watch.presses and not rng(3):
                self._watch.pressed = self._down = True
                await clock.sleep_ms(60)
                self._down = False

    def _lift(self):
        # Also if no card is left: a fault may still be waiting to take one away.
        self._field.lift()
        self._watch.lifted()
        self._field.forget()

    async def _away(self, disturbed):
        """Leave the antenna empty: mostly not for long; after a fault until all is well again."""
        rng = self._rng
        if disturbed and rng(3):
            waited_ms = 0
            while not self._watch.ready:
                await clock.sleep_ms(50)
                waited_ms += 50
                if waited_ms > _OUTCOME_MS:
                    self.stuck += 1
                    return
        await clock.sleep_ms((30, 60, 150, 400, 1500)[rng(5)])
        self._watch.look()

    async def be_ready(self):
        """Wait until the device waits for a card, with nothing wrong any more."""
        while not self._watch.ready:
            await clock.sleep_ms(50)


class Soak:
    """One device and what is done to it. `given`: taps, seed, link, irq, layout, licence."""

    def __init__(self, given):
        """Put the device together, on virtual time."""
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
        self._device = Device(
            Reader(PN532(link), clock, self._dog.healthy),
            Lamps(strip, config.layout, clock),
            Buzzer(None, clock),
            Console(watch),
            config,
            "soak",
            self._dog,
        )
        self._given = given
        self._field = field
        self._watch = watch
        self._world = world
        self._rng = rng

    async def run(self):
        """Do all taps; return the report."""
        device, hand = self._device, self._hand
        tasks = [asyncio.create_task(device.light()), asyncio.create_task(device.serve())]
        if self._watch.presses:
            tasks.append(asyncio.create_task(device.watch_button(hand.press)))
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
        """One of everything, so that what is allocated once is there."""
        for name in _WARM_NAMES:
            await self._hand.be_ready()
            await self._hand.tap(name, cards.make(name, self._rng), None)
        for plan in self._hand.possible:
            await self._hand.tap("fresh", cards.make("fresh", self._rng), plan)
        for _ in range(_WARM):
            await self._one()

    async def _heap(self, enough):
        """Return the heap in use when the same card has been there, and nothing is left of it.

        MicroPython's collector takes what looks like a pointer for one, so now and then something
        dead survives; hence the least of several times, or the first that is `enough`.
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
    """Run one soak as the command line says."""
    os.chdir(sys.argv[2])
    _tell(report=asyncio.run(Soak(json.loads(sys.argv[1])).run()))


if __name__ == "__main__":
    main()

"""The hand of a soak: it lays cards down, pulls them away and lets faults strike.

Runs under MicroPython.
"""
# mypy: ignore-errors

import asyncio

from pinlamp_tools.emulator.chip import faults
from pn532 import clock

_OUTCOME_MS = 60_000  # a card and a device that answer nothing for longer are stuck
_SLOWEST_MS = 600  # after this even the shortest survey is over
# The protocol cannot detect damage that keeps the sums right: no promise covers it.
_HARMLESS = ("same_sums",)


class Hand:
    """Lays cards down and takes them away, at every wrong moment."""

    def __init__(self, rng, field, chip, watch, link):
        """`link`: decides which faults are possible; `rng`: a `cards.Prng`."""
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
        self.missed = 0  # without a fault, the device did not read the card
        self.stuck = 0  # no result at all
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
            await self.be_ready()  # another one of the same kind causes no new event
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
        times = 1 + (not rng(4)) * rng(6)
        if name == "lost_byte":  # lost twice at one place, the card says the same twice
            times = 1
        self._faults.arm(name, at_byte, when, times, mask, us)
        self._chip.faults = self._faults

    async def _outcome(self):
        if not self._field.cards and not self._watch.busy:
            return
        try:
            await asyncio.wait_for(self._told(), _OUTCOME_MS / 1000)
        except asyncio.TimeoutError:
            self.stuck += bool(self._field.cards) or self._watch.busy

    async def _told(self):
        # A card pulled before the device finds it leaves nothing to wait for.
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
        # Even without a card: an armed fault may still take the next one away.
        self._field.lift()
        self._watch.lifted()
        self._field.forget()

    async def _away(self, disturbed):
        """Leave the antenna empty, mostly briefly; after a fault until all is well again."""
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
        """Wait until the device waits for a card and nothing is wrong."""
        while not self._watch.ready:
            await clock.sleep_ms(50)

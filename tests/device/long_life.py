"""Under MicroPython: the application for weeks, on ticks that wrap as those of a 32-bit port do.

    micropython long_life.py [WAIT_S]

Between taps, and while a card lies there, time runs ten thousand times as fast; during them as it
does. The ticks wrap in the first tap. Prints a line for each tap: {"days", "lying": whether a card
lay there for so long, "complete", "ms", "lit": the pixel of `auth` with the result, "dark_ms": how
long after the card was lifted it went dark, "alive_ms": how long after that the device told that
it lives, None: not within a minute, "heard": exchanges that a recording would have}. With WAIT_S
there is one tap alone, after so many seconds.
"""

import asyncio
import binascii
import json
import sys

from virtual_device import Board, Film, Tones, Watchdog

from both import Ticks
from pinlamp.app import App
from pinlamp.button import Button
from pinlamp.buzzer import Buzzer
from pinlamp.events import Events
from pinlamp.lamps import Lamps
from pinlamp.parts import Parts
from pinlamp.reader import TYPE_B_CARD
from pinlamp.settings import Settings
from pinlamp.strip import Strip
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.virtual import World
from pn532 import clock

FAST = 10_000
HOLD_S = 5
AUTH = 3  # where the second pixel begins: steady green with this card
DAYS = (0, 7, 13)
PIXELS = 12
MINUTE_MS = 60_000


class Time(Ticks):
    """Ticks that run `rate` times as fast as a World."""

    def __init__(self, world, start):
        super().__init__()
        self._world = world
        self._rate = 1
        self._at, self._since = start, world.ticks_ms()

    def ms(self):
        """Return the time; it never wraps."""
        return self._at + (self._world.ticks_ms() - self._since) * self._rate

    def rate(self, rate):
        """Run so fast from now on."""
        self._at, self._since, self._rate = self.ms(), self._world.ticks_ms(), rate

    def ticks_ms(self):
        self.now = self.ms()
        return super().ticks_ms()


class Reader:
    """A reader without a chip; `card`: what lies on it."""

    fwi = None
    long_answer = False
    meanwhile = None
    card = None

    async def open(self):
        pass

    async def find(self):
        return TYPE_B_CARD if self.card else None

    async def exchange(self, command):
        await asyncio.sleep_ms(10)
        return self.card.transmit(command) if self.card else None

    async def present(self):
        return self.card is not None

    async def release(self):
        pass


class Told(Events):
    """Keeps the time of the last event of each type."""

    def __init__(self, time):
        super().__init__(Settings({}, 12, 12), None)
        self._time = time
        self.at = {}

    def tell(self, event):
        self.at[event["type"]] = (self._time.ms(), event)

    async def after(self, kind, ms):
        """Return (ms after `ms`, event) of the next event of a type; None without one."""
        while self.at.get(kind, (0, None))[0] < ms:
            if self._time.ms() > ms + MINUTE_MS:
                return None, None
            await asyncio.sleep_ms(5)
        at, event = self.at[kind]
        return at - ms, event


async def main():
    world = World()
    world.install()
    time = Time(world, Ticks.PERIOD - 4200)
    clock.ticks_ms, clock.ticks_add, clock.ticks_diff = (
        time.ticks_ms,
        time.ticks_add,
        time.ticks_diff,
    )
    config = Settings({"layout": PIXELS, "hold_s": HOLD_S}, PIXELS, PIXELS)
    film, told, reader = Film(PIXELS), Told(time), Reader()
    lamps = Lamps(Strip(film, PIXELS, config.brightness, 300), PIXELS, clock)
    parts = Parts(
        Board("virtual"),
        config,
        lamps,
        None,
        Buzzer(Tones(), clock),
        Button(lambda: False),
        told,
        Watchdog(),
    )
    heard = []
    app = App(parts, reader, lambda *exchange: heard.append(exchange))
    tasks = [asyncio.create_task(app.light()), asyncio.create_task(app.serve())]
    waits = [int(wait_s) * 1000 / Ticks.DAY for wait_s in sys.argv[1:]]
    for days in waits or DAYS:
        for lying in (False,) if waits else (False, True):
            await asyncio.sleep_ms(4000)
            if not lying:
                await _pass(time, days, film, 100 if waits else FAST)
            begin = time.ms()
            reader.card = cards.make("sign_locked")[0]
            _, result = await told.after("result", begin)
            await asyncio.sleep_ms(2500)
            lit = binascii.hexlify(film.frames[-1][1][AUTH : AUTH + 3]).decode()
            if lying:
                await _pass(time, days, film)
            lifted = time.ms()
            reader.card = None
            await told.after("removed", lifted)
            alive_ms, _ = await told.after("alive", lifted)
            while any(film.frames[-1][1][AUTH : AUTH + 3]) and time.ms() < lifted + MINUTE_MS:
                await asyncio.sleep_ms(50)
            line = {"days": days, "lying": lying, "lit": lit, "alive_ms": alive_ms}
            line.update(complete=result and result["complete"], ms=result and result["ms"])
            line.update(dark_ms=time.ms() - lifted, heard=len(heard))
            print(json.dumps(line))
            heard.clear()
    for task in tasks:
        assert not task.done()


async def _pass(time, days, film, rate=FAST):
    time.rate(rate)
    end = time.ms() + days * Ticks.DAY
    while time.ms() < end:
        await asyncio.sleep_ms(100)
        del film.frames[:-1]
    time.rate(1)


if __name__ == "__main__":
    asyncio.run(main())

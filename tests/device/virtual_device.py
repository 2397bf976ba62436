"""Under MicroPython: the whole application with every virtual card, filmed on a virtual clock.

    micropython virtual_device.py LAYOUT [licence] [rcs660s | rcs300 | rcs380]

Chip, card, driver and application run in one process without real waiting. For each card it prints
one line: {"card", "events", "film": [[ms, pixels in hex], …] of one cycle, "start": its first ms,
"tones", "presented"}; a card that the reader cannot tell has no events. Then it pulls each card
half-way, and lays another one down as soon as the device tells that: {"pulled", "complete",
"next_ms": from then to the other one's result, "next"}. "ms" is what a card takes otherwise.
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
BUDGET_MA = 300
CYCLE_MS = 2000
PULLED = ("fresh", "slow", "worn")
PULL_AFTER_FRAMES = 12
NEXT = "bank_app_lockout"
Board = namedtuple("Board", ("name",))
# What a reader cannot tell: nothing is shown, and so nothing is green.
UNTOLD = {"rcs660s": ("two_cards",), "rcs300": ("two_cards",), "rcs380": (), "pn532": ()}
UNTOLD_MS = 5000
ASKED = ("my_number_card", "phone_android", "phone_ios")


class Film:
    """A NeoPixel that notes each write and its time."""

    def __init__(self, count):
        self._next = bytearray(3 * count)
        self._count = count
        self.frames = [(clock.ticks_ms(), bytes(self._next))]

    def __len__(self):
        return self._count

    def __setitem__(self, index, colour):
        self._next[3 * index : 3 * index + 3] = bytes(colour)

    def write(self):
        self.frames.append((clock.ticks_ms(), bytes(self._next)))


class Tones:
    """A PWM that counts its sounds."""

    count = 0

    def duty_u16(self, duty):
        self.count += duty > 0


class Console(Events):
    """Keeps the events, and lets somebody wait for one."""

    def __init__(self):
        super().__init__(Settings({}, 12, 12), None)
        self.events = []
        self._came = asyncio.Event()

    def tell(self, event):
        self.events.append(event)
        self._came.set()

    def beat(self, clock, fault=None, tap=None):
        pass

    async def until(self, good):
        while not (self.events and good(self.events[-1])):
            self._came.clear()
            await self._came.wait()


class Watchdog:
    """A watchdog that never bites."""

    def feed(self):
        pass


def is_over(event):
    """Tell whether this is the last event of a tap before the card is lifted."""
    if event["type"] == "card":
        return event["kind"] not in ASKED
    return event["type"] == "result"


def reader_of(kind, world, field, feed):
    """Return the chip and the reader of that kind, its emulator behind them."""
    if kind == "rcs660s":
        from rcs660s_wires import chip_of

        from pinlamp.rcs660s import Rcs660sReader

        chip = chip_of(world, field)
        return chip, Rcs660sReader(chip, clock, feed)
    if kind != "pn532":
        from usb_wires import chip_of as usb_chip_of

        from pinlamp.rcs660s import Rcs660sReader

        chip = usb_chip_of(kind, world, field)
        return chip, Rcs660sReader(chip, clock, feed)
    chip = PN532(HSU(virtual.Uart(world, Hsu(Chip(field)))))
    return chip, Reader(chip, clock, feed)


async def main(layout, licence, kind):
    world = virtual.World()
    world.install()
    clock.ticks_ms = world.ticks_ms
    field = Field()
    config = Settings({"layout": layout, "licence": licence}, PIXELS, PIXELS)
    assert not config.replaced
    film, tones, console = Film(PIXELS), Tones(), Console()
    watchdog = Watchdog()
    chip, reader = reader_of(kind, world, field, watchdog.feed)
    parts = Parts(
        board=Board("virtual"),
        config=config,
        lamps=Lamps(Strip(film, layout, config.brightness, BUDGET_MA), layout, clock),
        chip=chip,
        buzzer=Buzzer(tones, clock),
        button=Button(lambda: False),
        events=console,
        watchdog=watchdog,
    )
    device = App(parts, reader)
    tasks = [asyncio.create_task(device.light()), asyncio.create_task(device.serve())]
    await console.until(lambda event: event["type"] == "ready")
    for name in [card.name for card in cards.CARDS]:
        console.events.clear()
        tones.count = 0
        before = clock.ticks_ms()
        field.put(cards.make(name))
        if name in UNTOLD[kind]:
            await clock.sleep_ms(UNTOLD_MS)
        else:
            await console.until(is_over)
        took = clock.ticks_ms() - before
        # From the next beginning of the lamps' cycle, when the running one is over.
        await clock.sleep_ms(2 * CYCLE_MS - clock.ticks_ms() % CYCLE_MS)
        start = clock.ticks_ms()
        del film.frames[:-1]
        await clock.sleep_ms(CYCLE_MS)
        events = list(console.events)
        frames = [(at, binascii.hexlify(rgb).decode()) for at, rgb in film.frames]
        field.lift()
        if name not in UNTOLD[kind]:
            await console.until(lambda event: event["type"] == "removed")
        told = {"card": name, "events": events, "film": frames, "start": start}
        told.update(tones=tones.count, presented=field.presented, ms=took)
        print(json.dumps(told))
    await clock.sleep_ms(2 * config.hold_s * 1000)  # then the lamp that breathes is all there is
    del film.frames[:]
    await clock.sleep_ms(CYCLE_MS)
    print(json.dumps({"card": None, "frames_at": [at for at, _ in film.frames]}))
    for name in PULLED:
        field.lift_after(PULL_AFTER_FRAMES)
        field.put(cards.make(name))
        await console.until(lambda event: event["type"] == "result")
        told = {"pulled": name, "complete": console.events[-1]["complete"]}
        await console.until(lambda event: event["type"] == "removed")
        before = clock.ticks_ms()
        field.put(cards.make(NEXT))
        await console.until(lambda event: event["type"] == "result")
        told.update(next=console.events[-1], next_ms=clock.ticks_ms() - before)
        print(json.dumps(told))
        field.lift()
        await console.until(lambda event: event["type"] == "removed")
    for task in tasks:
        assert not task.done()


if __name__ == "__main__":
    how = sys.argv[2:]
    (kind,) = [one for one in UNTOLD if one in how] or ["pn532"]
    asyncio.run(main(int(sys.argv[1]), "licence" in how, kind))

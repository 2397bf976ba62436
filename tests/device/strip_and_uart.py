"""Under MicroPython: what an RP2040's strip costs its UART, on a virtual clock.

    micropython strip_and_uart.py

There a write of the strip keeps interrupts off, 30 µs a pixel (1.25 µs a bit), and the UART's FIFO
holds 32 bytes, of which the port leaves up to 4 lying before it takes any. So bytes of a long
answer get lost. It reads every virtual card several times, each at another moment of the lamps'
cycle, and prints one line: {"lost": bytes, "writes": of the strip, while a READ BINARY was due}.
"""

import asyncio
import json
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
PIXEL_US = 30
ROOM = 32 - 4
ROUNDS = 8
Board = namedtuple("Board", ("name",))


class Uart(virtual.Uart):
    """Keeps no more than its FIFO holds of what comes during a write of the strip."""

    lost = 0
    deaf = False

    def advance(self, now_us):
        before = len(self._received)
        super().advance(now_us)
        if self.deaf and len(self._received) > before + ROOM:
            self.lost += len(self._received) - before - ROOM
            self._received = self._received[: before + ROOM]


class Pixels:
    """A NeoPixel of an RP2040: a write takes its time, and nothing else runs in it."""

    def __init__(self, world, uart, reader):
        self._world = world
        self._uart = uart
        self._reader = reader
        self.writes = 0

    def __len__(self):
        return PIXELS

    def __setitem__(self, index, colour):
        pass

    def write(self):
        self.writes += self._reader.reading
        self._uart.deaf = True
        self._world.pass_us(PIXELS * PIXEL_US)
        self._uart.deaf = False


class Watched(Reader):
    """Knows while the answer of a READ BINARY is due."""

    reading = False

    async def exchange(self, command):
        self.reading = bytes(command[:2]) == b"\x00\xb0"
        try:
            return await super().exchange(command)
        finally:
            self.reading = False


class Console(Events):
    """Lets somebody wait for the type of an event."""

    def __init__(self):
        super().__init__(Settings({}, 12, 12), None)
        self._came = asyncio.Event()
        self._type = None

    def tell(self, event):
        self._type = event["type"]
        self._came.set()

    def beat(self, clock, fault=None, tap=None):
        pass

    async def until(self, kind):
        while self._type != kind:
            self._came.clear()
            await self._came.wait()


class Nothing:
    """A watchdog and a tone."""

    def feed(self):
        pass

    def duty_u16(self, duty):
        pass


async def main():
    world = virtual.World()
    world.install()
    clock.ticks_ms = world.ticks_ms
    field = Field()
    config = Settings({}, PIXELS, PIXELS)
    uart = Uart(world, Hsu(Chip(field)))
    chip, nothing = PN532(HSU(uart)), Nothing()
    reader = Watched(chip, clock)
    pixels = Pixels(world, uart, reader)
    console = Console()
    lamps = Lamps(Strip(pixels, PIXELS, config.brightness, 300), PIXELS, clock)
    parts = Parts(
        *(Board("virtual"), config, lamps, chip, Buzzer(nothing, clock), Button(lambda: False)),
        *(console, nothing),
    )
    device = App(parts, reader)
    tasks = [asyncio.create_task(device.light()), asyncio.create_task(device.serve())]
    await console.until("ready")
    for turn in range(ROUNDS):
        for name in ("fresh", "bank_app_lockout", "phone_android", "slow"):
            await clock.sleep_ms(5 * turn)
            field.put(cards.make(name))
            await console.until("result")
            field.lift()
            await console.until("removed")
    for task in tasks:
        assert not task.done()
    print(json.dumps({"lost": uart.lost, "writes": pixels.writes}))


asyncio.run(main())

# mypy: ignore-errors
"""The MicroPython side of `pinlamp bench`: driver, reader and survey on the virtual clock.

    micropython -m pinlamp_tools.benchmark.device_side '{"link": "hsu", "hz": 115200, …}'

One process measures one `measure.Arrangement` and prints one JSON object:

    exchanges   [[command, answer], …] of one survey, in hex
    survey_us   the survey's time, from the moment the reader finds the card
    lamps_us    the time until each key's finding, from the same moment
    find_us     how long the reader took to find a card in an idle field, at each phase of the poll
    allocated   bytes of heap that the survey requested, with chip and card

All times are of `emulator.virtual`, so they are exact, and the same on every machine.
"""

import asyncio
import gc
import json
import sys

from mynacard import gate, keys
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.air.picc import Picc
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.applet import Applet, File, Icc, Pin
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.virtual import World

_A_ROUND = 11  # synthetic keys in one applet
_FIRST_EF = 0x0011


class _Hand:
    """Lays a card into the field at a moment of the virtual clock; a port of the World."""

    def __init__(self, field):
        self._field = field
        self._card = None
        self.at_us = None

    def put(self, card, at_us):
        self._card = card
        self.at_us = at_us

    def lift(self):
        self._field.lift()

    def next_due(self):
        return self.at_us

    def advance(self, now_us):
        if self.at_us is not None and self.at_us <= now_us:
            self._field.put([self._card])
            self.at_us = None


class _Recorder:
    """Wraps a reader and keeps its exchanges, in hex."""

    def __init__(self, reader):
        self._reader = reader
        self.exchanges = []

    async def exchange(self, command):
        answer = await self._reader.exchange(command)
        self.exchanges.append((command.hex(), "" if answer is None else bytes(answer).hex()))
        return answer


class _Lamps:
    """Hears of the findings, as the lamps do, and notes the time."""

    def __init__(self, world):
        self._world = world
        self._start_us = world.now_us
        self.times_us = []

    def started(self):
        pass

    def card(self, card):
        pass

    def finding(self, finding):
        self.times_us.append(self._world.now_us - self._start_us)


def _synthetic_keys(count):
    """Return `count` keys that no card has, eleven in an applet, to measure the cost of a key."""
    made = []
    for i in range(count):
        aid = b"\xf0PINLAMP" + bytes((i // _A_ROUND,))
        ef = _FIRST_EF + i % _A_ROUND
        made.append(keys.Key("key" + str(i), aid=aid, ef=ef, max=3))
    return tuple(made)


def _synthetic_card(asked, card_us):
    """Return a card with the token of a My Number Card and all keys of `asked`, not locked."""
    files = {keys.TOKEN.aid: {keys.TOKEN.ef: File(b"JPKIAPICCTOKEN2" + b" " * 17)}}
    for key in asked:
        files.setdefault(key.aid, {})[key.ef] = Pin(b"1234", key.max)
    icc = Icc([Applet(aid, files[aid]) for aid in files])
    return Picc(icc, bytes(4), b"\x00\x00\x05\xe0", b"\xb3\x81\xa1", cards.Prng(1), card_us)


class _BusClock:
    """The world's clock, as `emulator.bus` wants it."""

    def __init__(self, world):
        self._world = world
        self.pass_us = world.pass_us

    def now_us(self):
        return self._world.now_us


def _link(options, world, chip):
    """Return the driver's link of these options, with `chip` at its other end."""
    hz = options["hz"]
    if options["link"] == "hsu":
        from pinlamp_tools.emulator.chip.hsu import Hsu
        from pinlamp_tools.emulator.chip.virtual import Uart
        from pn532.hsu import HSU

        link = HSU(Uart(world, Hsu(chip)), clock=world)
        link.speeds = (115200, hz) if hz != 115200 else (hz,)
        return link
    clock = _BusClock(world)
    if options["link"] == "i2c":
        from pinlamp_tools.emulator.chip.i2c import I2C as Bus
        from pn532.i2c import I2C

        bus = Bus(chip, clock, hz)
        link = I2C(bus, irq=bus.irq if options["irq"] else None, clock=world)
    else:
        from pinlamp_tools.emulator.chip.spi import SPI as Bus
        from pn532.spi import SPI

        bus = Bus(chip, clock, hz)
        irq = bus.irq if options["irq"] else None
        link = SPI(bus, bus.select, irq=irq, clock=world)
    world.add(bus)
    return link


async def _find_times(reader, world, hand, make, phases):
    """Lay a card into an idle field at `phases` moments of the poll's cycle."""
    from pinlamp.settings import Settings

    poll_ms = Settings({}, 12, 12).poll_ms

    async def look():
        found = await reader.find()
        if found is None:
            await world.sleep_ms(poll_ms)
        return found

    await look()
    start_us = world.now_us
    await look()
    cycle_us = world.now_us - start_us
    times_us = []
    for phase in range(phases):
        put_us = world.now_us + cycle_us * (2 * phase + 1) // (2 * phases)
        hand.put(make(), put_us)
        while await look() is None:
            pass
        times_us.append(world.now_us - put_us)
        hand.lift()
        await reader.release()
    return times_us


async def _measure(options, world, asked):
    from pinlamp import tap
    from pinlamp.reader import Reader
    from pn532 import PN532

    field = Field()
    hand = _Hand(field)
    chip = PN532(_link(options, world, Chip(field)))
    world.add(hand)
    reader = Reader(chip, world)
    await reader.open()
    card_us = options["card_us"]

    def make():
        if options["keys"]:
            return _synthetic_card(asked, card_us)
        return cards.make("fresh", cards.Prng(1), card_us)[0]

    found = await _find_times(reader, world, hand, make, options["phases"])
    field.put([make()])
    if await reader.find() != "type_b":
        raise RuntimeError("the card was not found")
    recorder = _Recorder(reader)
    lamps = _Lamps(world)
    gc.collect()
    gc.disable()
    start_us, before = world.now_us, gc.mem_alloc()
    result = await tap.run(recorder, asked, world, lamps)
    survey_us, allocated = world.now_us - start_us, gc.mem_alloc() - before
    gc.enable()
    if not result.complete or len(result.findings) != len(asked) or field.presented:
        raise RuntimeError("the card was not read")
    return {
        "exchanges": recorder.exchanges,
        "survey_us": survey_us,
        "lamps_us": lamps.times_us,
        "find_us": found,
        "allocated": allocated,
    }


def main(options):
    """Measure one arrangement and print the figures."""
    asked = keys.default_keys()
    if options["keys"]:
        # The gate builds its rules from its table of keys, and stays in force.
        asked = gate.KEYS = _synthetic_keys(options["keys"])
        gate._RULES = gate._rules()
    world = World()
    world.install()
    print(json.dumps(asyncio.run(_measure(options, world, asked))))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

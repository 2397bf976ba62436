"""Under MicroPython: manners of the chip that people have met, on one link, on a virtual clock.

    micropython chip_manners.py LINK

LINK: hsu, i2c, i2c_irq, spi, spi_irq. Chip, card, driver, reader and tap are the real ones. Prints
"ok NAME" for each case that went well; status 1 if one went wrong.
"""

import asyncio
import sys

from wires import DeadWire, Wires

import oracle
from mynacard import default_keys
from pinlamp import tap
from pinlamp.reader import TYPE_B_CARD, Reader
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.faults import Faults
from pinlamp_tools.emulator.chip.frames import frame
from pinlamp_tools.emulator.chip.i2c import ENODEV, I2C
from pinlamp_tools.emulator.chip.virtual import World
from pn532 import PN532, LostError

CARD = "worn"  # each of its keys has a different number of tries
FWI_13 = "slow"
KEYS = ("sign", "auth", "text_b")
WATCHDOG_MS = 8000
REOPEN_MS = 1000  # the application's pause before it opens a lost reader again
BLOCKED_MS = 110  # two transfers on a bus whose SCL is low, and a little
QUICK_MS = 1800  # find and read a card, though the chip was reset before
IN_DATA_EXCHANGE = 0x40
# What a chip may have left to say to a host that has restarted: each of our own commands' answers.
OWN = (0x01, 0x03, 0x11, 0x15, 0x33, 0x41, 0x43, 0x4B)
MOMENTS_US = (0, 400, 1_500, 3_000, 6_000, 12_000)


class Sleepy(I2C):
    """A bus as the ESP32 port has it from v1.29 on: a waking chip is ENODEV."""

    def _address(self, addr, data=None):
        if self._chip.asleep and not self._out:
            self._clock.pass_us(2_000)
            self._chip.wake()
            raise OSError(ENODEV, "ENODEV")
        I2C._address(self, addr, data)


class Desk:
    """A chip on one link, its card, and the host, which may restart."""

    def __init__(self, link, **wiring):
        """Connect; `restart` starts the host."""
        self.world = World()
        self.world.install()
        self.field = Field()
        self.faults = Faults()
        self.chip = Chip(self.field, self.faults)
        self.wires = Wires(link, self.world, self.chip, **wiring)
        self.keys = tuple([key for key in default_keys() if key.id in KEYS])
        self.fed_ms = self.starved_ms = self.blocked_ms = self.activations = self.opened = (
            self.spent
        ) = 0

    async def restart(self):
        """Start the host: it knows nothing of before."""
        self.reader = Reader(PN532(self.wires.link()), self.world, self._healthy)
        self.fed_ms = self.world.ticks_ms()
        await self.reader.open()

    async def visit(self, card=CARD):
        """Lay a card down, find and read it as the application does; return its Tap."""
        self.field.put(cards.make(card) if isinstance(card, str) else [card])
        self.activations = 0
        try:
            for _ in range(12):
                try:
                    if await self.reader.find() == TYPE_B_CARD:
                        result = await tap.run(self.reader, self.keys, self.world, self)
                        await self.reader.present()
                        await self.reader.release()
                        return result
                except LostError:
                    self.opened += 1
                    self._healthy()
                    await self.world.sleep_ms(REOPEN_MS)
                    await self.reader.open()
                await self.world.sleep_ms(20)
        finally:
            self.field.lift()
            self.spent += self.field.presented
            self.field.forget()
        raise AssertionError("no card was found")

    async def reads(self, card=CARD, activations=1):
        """Check that a card is read, rightly, in so many activations; return how long it took."""
        before = self.world.now_us
        result = await self.visit(card)
        truth = oracle.CARDS[card if isinstance(card, str) else FWI_13]["keys"]
        found = {finding.id: tuple(finding)[1:4] for finding in result.findings}
        wanted = {
            key: (truth[key]["state"], truth[key]["left"], truth[key]["max"]) for key in KEYS
        }
        assert result.complete and found == wanted, found
        assert self.activations == activations, self.activations
        assert not self.spent
        return (self.world.now_us - before) // 1000

    async def ticking(self, coroutine):
        """Await it beside a task that notes how long the others keep the processor."""

        async def tick():
            while True:
                before = self.world.ticks_ms()
                await self.world.sleep_ms(5)
                self.blocked_ms = max(self.blocked_ms, self.world.ticks_ms() - before - 5)

        ticker = asyncio.create_task(tick())
        try:
            return await coroutine
        finally:
            ticker.cancel()

    def _healthy(self):
        now = self.world.ticks_ms()
        self.starved_ms = max(self.starved_ms, now - self.fed_ms)
        self.fed_ms = now

    # The calls of `tap.run`

    def started(self):
        """Count an activation."""
        self.activations += 1

    def card(self, card):
        """Check the kind."""
        assert card.kind == "my_number_card", card.kind

    def finding(self, finding):
        """See `reads`."""


async def a_left_over_answer(link):
    """Whatever the chip still says to a host that has restarted, and whenever."""
    for wiring, codes in (({"rstpdn": DeadWire()}, range(256)), ({}, OWN)):
        desk = Desk(link, **wiring)
        await desk.restart()
        for code in codes:
            moments = MOMENTS_US if code in OWN else (MOMENTS_US[code % len(MOMENTS_US)],)
            for moment in moments:
                left = frame(bytes((code, 0x00, 0x90, 0x00)))
                if code == 0x01:
                    left = frame(b"\x01\x00\x00\x01\xa5\x5a")  # an echo of the life before
                desk.chip.say(left, desk.world.now_us + moment)
                await desk.restart()
                await desk.reads()


async def a_command_of_the_life_before(link):
    """The host restarts while a card thinks about its last command."""
    desk = Desk(link, rstpdn=DeadWire())
    await desk.restart()
    for wait_ms in (1, 3, 8, 15, 40):
        desk.field.put(cards.make("slow"))
        assert await desk.reader.find() == TYPE_B_CARD
        select = bytes.fromhex("00a4040c0ad392f000260100000001")
        task = asyncio.create_task(desk.reader.exchange(select))
        await desk.world.sleep_ms(wait_ms)
        task.cancel()
        await desk.restart()
        desk.field.lift()
        await desk.reads()


async def a_chip_that_was_reset_in_between(link):
    """Without a power-up of the host: asleep, or awake and mute, or awake and refusing."""

    def refuse(chip):
        chip.reset()
        chip.wake()

    for wiring in {}, {"rstpdn": DeadWire()}:
        for happen in (Chip.reset, Chip.forget, refuse):
            desk = Desk(link, **wiring)
            await desk.restart()
            await desk.reads()
            for _ in range(2):
                happen(desk.chip)
                ms = await desk.reads()
                assert ms < QUICK_MS, (happen, ms)
                assert not desk.opened
            # Also between finding and reading, and between two looks at an empty field.
            desk.field.put(cards.make(CARD))
            assert await desk.reader.find() == TYPE_B_CARD
            happen(desk.chip)
            result = await tap.run(desk.reader, desk.keys, desk.world, desk)
            assert result.complete
            await desk.reader.release()
            desk.field.lift()
            assert await desk.reader.find() is None
            happen(desk.chip)
            assert await desk.reader.find() is None
            ms = await desk.reads()
            assert ms < QUICK_MS and not desk.opened, (happen, ms)


async def a_card_s_answer_without_an_end(link):
    """Empty parts again and again: damage, soon told, and then all is well."""
    desk = Desk(link)
    await desk.restart()
    desk.faults.arm("empty_part", times=1 << 20, when=lambda c: c[0] == IN_DATA_EXCHANGE)
    before = desk.world.now_us
    result = await desk.visit()
    assert not result.complete and desk.world.now_us - before < 3_000_000
    assert all(finding.state == "unknown" for finding in result.findings)
    desk.faults.disarm()
    await desk.reads()


def _patient(wtxm, times, processing_us):
    """Return a card of FWI 13 that asks for more time before each answer."""
    (card,) = cards.make(FWI_13)
    card.wtxm, card.wtx_times, card.processing_us = wtxm, times, processing_us
    return card


async def a_card_that_asks_for_more_time(link):
    """S(WTX) once and often, up to WTXM 59: it is waited for."""
    for wtxm, times, processing_us in ((1, 1, 10_000), (59, 1, 3_000_000), (59, 40, 100_000)):
        desk = Desk(link)
        await desk.restart()
        card = _patient(wtxm, times, processing_us)
        await desk.ticking(desk.reads(card))
        assert desk.starved_ms < WATCHDOG_MS and desk.blocked_ms <= BLOCKED_MS


async def a_card_that_asks_for_more_time_without_an_end(link):
    """It ends with "not read"; the watchdog is fed meanwhile, and the next card is read."""
    desk = Desk(link)
    await desk.restart()
    for processing_us in (20_000, 2_000_000):
        result = await desk.ticking(desk.visit(_patient(59, 1 << 20, processing_us)))
        assert not result.complete and not desk.opened
        assert all(finding.state == "unknown" for finding in result.findings)
        assert desk.starved_ms < WATCHDOG_MS, desk.starved_ms
        assert desk.blocked_ms <= BLOCKED_MS, desk.blocked_ms
        await desk.reads()


async def a_bus_whose_clock_is_held(link):
    """SCL low: no call freezes the device, and the reader is back once SCL is."""
    if link[:3] != "i2c":
        return
    desk = Desk(link)
    await desk.restart()
    for place in (0, 30, 60):
        desk.opened = 0
        desk.faults.arm("scl_low", place, us=20_000_000)
        card = cards.make(CARD)[0]
        desk.field.put([card])

        async def lost():
            try:
                if await desk.reader.find() == TYPE_B_CARD:
                    await tap.run(desk.reader, desk.keys, desk.world, desk)
            except LostError:
                return
            raise AssertionError("the reader is not lost")

        before = desk.world.now_us
        await desk.ticking(lost())
        assert desk.world.now_us - before < 5_000_000
        while True:
            desk._healthy()
            await desk.world.sleep_ms(REOPEN_MS)
            try:
                await desk.ticking(desk.reader.open())
                break
            except LostError:
                pass
        assert 19_000_000 < desk.world.now_us - before < 25_000_000
        desk.faults.disarm()
        desk.field.lift()
        assert desk.blocked_ms <= BLOCKED_MS, desk.blocked_ms
        assert desk.starved_ms < WATCHDOG_MS, desk.starved_ms
        await desk.reads()


async def a_chip_that_is_not_there_while_it_wakes(link):
    """On I2C its first transfer fails, as nobody acknowledges the address."""
    if link[:3] != "i2c":
        return
    desk = Desk(link, i2c=Sleepy)
    await desk.restart()
    await desk.reads()
    desk.chip.reset()
    assert await desk.reads() < QUICK_MS and not desk.opened


CASES = (
    a_left_over_answer,
    a_command_of_the_life_before,
    a_chip_that_was_reset_in_between,
    a_card_s_answer_without_an_end,
    a_card_that_asks_for_more_time,
    a_card_that_asks_for_more_time_without_an_end,
    a_bus_whose_clock_is_held,
    a_chip_that_is_not_there_while_it_wakes,
)
failed = 0
for case in CASES:
    try:
        asyncio.run(case(sys.argv[1]))
        print("ok", case.__name__)
    except Exception as error:  # show any exception
        failed = 1
        print("FAILED", case.__name__)
        sys.print_exception(error)
sys.exit(failed)

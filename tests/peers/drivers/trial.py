# mypy: ignore-errors
"""Try one PN532 driver for MicroPython on the emulated chip, on SPI; print the results.

    MICROPYPATH=.frozen:host_tools:lib/mynacard:CHECKOUT \
        micropython -X heapsize=512M tests/peers/drivers/trial.py DRIVER [TAPES]

DRIVER is ours, petrkr or carglglz; CHECKOUT a folder with that repository (ours: lib/pn532). With
TAPES it does not measure the exchanges, but writes them to that file for `on_pico`.
lib/pn532/README.md has the table made from this.
"""

import asyncio
import json
import sys

from drivers import DRIVERS
from tape import QUERY, SELECTS, Recorder, Stage, play, prepare

from mynacard import Finding, Gate, Session, default_keys
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.air.other import TypeA
from pinlamp_tools.emulator.air.picc import Picc
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip import spi, virtual
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.faults import Faults

_HZ = 1_000_000
_SLOW_CHIP_US = spi.WAKE_US
_QUICK_CHIP_US = 100  # to wake; a real one's time is inferred, so all drivers get this
_OK = b"\x90\x00"
_READ_BINARY = 0xB0
_SIZES = (2, 100, 252, 253, 258, 300, 600)
_FAULTS = (
    # name, byte of the exchange, what it is
    ("dropped_ack", None, "the ACK is lost"),
    ("checksum", None, "the answer is damaged"),
    ("zombie", None, "no answer comes"),
    ("stale_answer", 0, "a late answer comes before the next command's ACK"),
    ("stale_answer", 10_000, "a late answer comes after the next command's ACK"),
    ("card_gone", None, "the card is taken away"),
    ("chip_reset", None, "the chip loses power for a moment"),
)
_HOW_OURS = (
    ("MSB first", False, False),
    ("LSB first", True, False),
    ("MSB first, IRQ", False, True),
)
# what: the card's time in us, the expected bytes of answer; ours: bit order, IRQ line
_COSTS = {
    "ours": [
        ("card %d ms, %s" % (us // 1000, how), us, 2, lsb, irq)
        for us in (0, 10_000)
        for how, lsb, irq in _HOW_OURS
    ]
}
_COSTS["petrkr"] = _COSTS["carglglz"] = [
    ("card %d ms, %d bytes expected" % (us // 1000, size), us, size)
    for us in (0, 10_000)
    for size in (2, 252)
]


class Echo:
    """A Type A card's contents: it echoes a command, or sends as many bytes as that asks for."""

    presented = 0

    def reset(self):
        pass

    def process(self, apdu):
        if apdu[1] == _READ_BINARY:
            return bytes((apdu[2] << 8 | apdu[3]) - 2) + _OK
        return apdu + _OK


class Board:
    """A chip on SPI with cards before it, and a driver."""

    def __init__(self, driver, laid, lsb_first=False, irq=False):
        self.world = virtual.World()
        self.world.install()
        self.field = Field()
        self.field.put(laid)
        self.faults = Faults()
        chip = Chip(self.field, self.faults)
        firstbit = spi.LSB if lsb_first else spi.MSB
        bus = spi.SPI(chip, virtual.BusClock(self.world), _HZ, firstbit)
        self.world.add(bus)
        self.tape = Recorder(bus, self.world)
        self.driver = driver(Stage(self.tape, lsb_first, irq))


def echo(processing_us=10_000):
    return [TypeA(Echo(), b"\x01\x02\x03\x04", processing_us)]


def very_slow(first_us):
    """Return a Type B card that takes this time for its first answer; its FWI allows 2.5 s."""
    card = Picc(Echo(), b"\x01\x02\x03\x04", b"\0\x4b\x51\xff", b"\0\x81\xd1", cards.Prng(1))
    card.first_us = first_us
    return [card]


async def attempt(coroutine):
    """Return a coroutine's result, or its error, in readable form."""
    try:
        value = await coroutine
    except Exception as error:
        return "%s(%s)" % (type(error).__name__, error)
    return bytes(value).hex() if isinstance(value, (bytes, bytearray)) else value


def tell(what, how):
    print("%-58s %s" % (what, how))


async def find(driver, laid, kind):
    board = Board(driver, laid)
    await board.driver.open()
    begin = board.world.now_us
    said = await attempt(board.driver.find(kind))
    return "%s  (%d ms)" % (said, (board.world.now_us - begin) // 1000)


async def read_card(driver):
    """Survey a My Number Card: every command passes the gate."""
    board = Board(driver, cards.make("fresh", cards.Prng(1)))
    await board.driver.open()
    tg = await board.driver.activate("B")
    begin = board.world.now_us
    session = Session(default_keys())
    read = count = 0
    while session.command:
        apdu = session.command
        count += 1
        # For drivers that must know the length of an answer.
        size = 2 + (apdu[4] if apdu[1] == _READ_BINARY else 0)
        for item in session.answer(await board.driver.exchange(tg, apdu, size)):
            read += isinstance(item, Finding) and item.left is not None
    ms = (board.world.now_us - begin) // 1000
    return "%d keys read in %d exchanges, %d ms, %d PINs presented" % (
        read,
        count,
        ms,
        board.field.presented,
    )


async def longest(driver, size, told):
    """Ask for an answer of `size` bytes."""
    board = Board(driver, echo())
    await board.driver.open()
    tg = await board.driver.activate("A")
    said = await attempt(board.driver.exchange(tg, bytes((0, 0xB0, size >> 8, size & 0xFF)), told))
    return "good" if said == (bytes(size - 2) + _OK).hex() else said


async def longest_command(driver, size):
    board = Board(driver, echo())
    await board.driver.open()
    tg = await board.driver.activate("A")
    apdu = bytes((0, 0xB0, 0, 2)) + bytes(size - 4)
    said = await attempt(board.driver.exchange(tg, apdu, 2))
    return "good" if said == _OK.hex() else said


async def fault(driver, name, at_byte):
    """Let a fault strike one exchange; return its result and those of the next ones."""
    board = Board(driver, echo())
    driver = board.driver
    await driver.open()
    tg = await driver.activate("A")
    board.faults.arm(name, at_byte, lambda command: command[0] == 0x40)
    begin = board.world.now_us
    said = [await attempt(driver.exchange(tg, b"\x00\x01\x00\x00", 6, 500))]
    said.append("%d ms" % ((board.world.now_us - begin) // 1000))
    if not board.faults.struck:
        said.append("NOT STRUCK")
    for steps in ("next", "next again", "lift, find, next", "reset, lift, find, next"):
        if "lift" in steps:
            board.field.lift()
            board.field.put(echo())
        if steps.startswith("reset"):
            await attempt(driver.again())
        if "find" in steps:
            found = await attempt(driver.activate("A"))
            if found != tg:
                said.append("%s: found %s" % (steps, found))
                continue
        right = b"\x00\x02\x00\x00" + _OK
        got = await attempt(driver.exchange(tg, b"\x00\x02\x00\x00", 6, 500))
        wrong = "WRONG " if got == "000100009000" else ""
        said.append("%s: %s" % (steps, "good" if got == right.hex() else wrong + str(got)))
        if got == right.hex():
            break
    return " | ".join([str(one) for one in said])


async def silent(driver):
    """Look for a card with a chip that does not even send its ACK in time."""
    board = Board(driver, echo())
    await board.driver.open()
    board.faults.arm("late_ack", when=lambda command: command[0] == 0x4A, us=5_000_000)
    return await attempt(board.driver.find("A"))


async def late(driver):
    """Ask a card slower than its caller's time-out, then send a second command at once."""
    board = Board(driver, very_slow(300_000))
    await board.driver.open()
    tg = await board.driver.activate("B")
    said = []
    for number in (1, 2, 3):
        apdu = bytes((0, number, 0, 0))
        timeout_ms = 100 if number == 1 else 1000
        said.append(str(await attempt(board.driver.exchange(tg, apdu, 6, timeout_ms))))
    return " | ".join(said)


async def blocked(driver):
    """Count how often another task runs while one exchange takes 50 ms."""
    board = Board(driver, very_slow(50_000))
    await board.driver.open()
    tg = await board.driver.activate("B")
    ran = 0

    async def other():
        nonlocal ran
        while True:
            await asyncio.sleep_ms(1)
            ran += 1

    task = asyncio.create_task(other())
    await asyncio.sleep_ms(5)
    ran = 0
    begin = board.world.now_us
    await board.driver.exchange(tg, b"\x00\x01\x00\x00", 6)
    ms = (board.world.now_us - begin) / 1000
    task.cancel()
    return "the other task ran %d times in %.1f ms" % (ran, ms)


def record(make, processing_us, size, lsb_first=False, irq=False):
    """Return the tape of one query, as arguments of `tape.play`, and how many ms passed."""
    board = Board(make, cards.make("fresh", cards.Prng(1), processing_us), lsb_first, irq)
    gate = Gate()

    async def session():
        tg = await prepare(board.driver)
        start, begin = len(board.tape.calls), board.world.now_us
        await board.driver.exchange(tg, QUERY, size)
        return start, (board.world.now_us - begin) / 1000

    for apdu in SELECTS + (QUERY,):  # send no card a command that the gate would refuse
        gate.check(apdu)
        gate.answered(_OK)
    start, ms = asyncio.run(session())
    return (board.tape.calls, start, size, lsb_first, irq), ms


async def wake(driver):
    board = Board(driver, [])
    await board.driver.open()
    return "found in %d ms" % (board.world.now_us // 1000)


def constructed(driver):
    board = Board(driver, [])
    calls = len(board.tape.calls)
    return "%d calls of bus and pin, %d ms" % (calls, board.world.now_us // 1000)


def main(name, tapes_file=None):
    driver = DRIVERS[name]
    run = asyncio.run
    for us in (_SLOW_CHIP_US, _QUICK_CHIP_US):
        spi.WAKE_US = us
        tell("a chip that wakes in %d us" % us, run(attempt(wake(driver))))
    tell("constructor", constructed(driver))
    for kind, card in (("A", "credit"), ("B", "fresh"), ("F", "transit")):
        tell("its own call for Type " + kind, run(find(driver, cards.make(card), kind)))
    tell("its own call, two Type A cards", run(find(driver, echo() + echo(), "A")))
    tell("its own call, empty field", run(find(driver, [], "A")))
    tell("a My Number Card", run(attempt(read_card(driver))))
    for size in _SIZES:
        tell("an answer of %d bytes" % size, run(longest(driver, size, size)))
    tell("an answer of 100 bytes, 2 expected", run(longest(driver, 100, 2)))
    tell("an answer of 2 bytes, 252 expected", run(longest(driver, 2, 252)))
    for size in (251, 252, 262):
        tell("a command of %d bytes" % size, run(longest_command(driver, size)))
    for fault_name, at_byte, what in _FAULTS:
        tell(what, run(fault(driver, fault_name, at_byte)))
    tell("no ACK, no answer while looking for a card", run(silent(driver)))
    tell("a time-out, then another command", run(late(driver)))
    tell("while an exchange runs", run(blocked(driver)))
    tapes = {}
    for what, *how in _COSTS[name]:
        tapes[what], ms = record(driver, *how)
        tell("a query, " + what, "%.1f ms pass" % ms)
        if tapes_file is None:
            cost = play(driver, *tapes[what], rounds=15, times=2_000)
            tell("", "%.1f us of processor, %d bytes of heap" % cost)
    if tapes_file is not None:
        with open(tapes_file, "w") as file:
            json.dump([name, tapes], file)


class _Machine:
    Pin = None  # one of them imports it, but does not use it without a reset pin


sys.modules["machine"] = _Machine
main(*sys.argv[1:])

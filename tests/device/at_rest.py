"""Under MicroPython: driver, reader and tap on a bus whose other end is another process.

    micropython at_rest.py LINK [PROGRAM]
    LINK: hsu, hsu_port, i2c, spi, spi_msb, rcs660s, rcs660s_port, rcs300, rcs380

Chip and card are in the process that started this one, so nothing that they say is in this one's
memory unless the driver put it there. The bus goes through stdin and stdout: an operation, two
numbers of 16 bits and data; the answer is read into the driver's own buffer. "N" asks what to do
next: t, a tap; c, the self-check's look at a card; k, a tap with Ctrl-C after the operation whose
number is in the upper byte; q, to quit. While this waits for that, its memory is searched. With
first-light's PROGRAM for a link it runs that instead: t, for a card; l, with none wanted.
"""

import asyncio
import struct
import sys

from mynacard import default_keys
from pinlamp import tap
from pinlamp.reader import TYPE_B_CARD, Reader
from pn532 import PN532, PN532Error, clock

LOOKS = 12
PRESENT = 4
POLL_MS = 20
WAIT_MS = 6000
_answer = bytearray(2)
_left = [0]  # operations until Ctrl-C; 0: it does not come


def ask(what, number=0, data=b"", into=None):
    """Send an operation; return the number that it is answered, and the data in `into`."""
    out = sys.stdout.buffer
    out.write(struct.pack("<BHH", ord(what), number, len(data)))
    if data:
        out.write(data)
    _fill(memoryview(_answer))
    if into is not None and len(into):
        _fill(memoryview(into))
    _left[0] -= 1
    if not _left[0]:  # a command that has left is not answered yet
        raise KeyboardInterrupt
    return _answer[0] | _answer[1] << 8


def _fill(view):
    at = 0
    while at < len(view):
        count = sys.stdin.buffer.readinto(view[at:])
        if not count:
            sys.exit(1)
        at += count


class Uart:
    """A `machine.UART` without a buffer of its own."""

    def init(self, baudrate):
        ask(b"b", baudrate // 100)

    def any(self):
        return ask(b"a")

    def readinto(self, buf):
        ask(b"r", len(buf), b"", buf)
        return len(buf)

    def write(self, buf):
        ask(b"w", 0, buf)
        return len(buf)


class Port(Uart):
    """A `machine.UART` with buffers of its own, which nothing overwrites but what comes.

    As ESP-IDF's UART driver has them: an interrupt after a silence, or 120 bytes, brings what
    there is to the beginning of one, and from there to a ring.
    """

    def __init__(self, size):
        self._ring = bytearray(size)
        self._at = 0
        self._stage = bytearray(128)

    def readinto(self, buf):
        try:
            ask(b"r", len(buf), b"", buf)
        finally:  # it was there before
            start = 6 if bytes(buf[:6]) == b"\x00\x00\xff\x00\xff\x00" else 0  # an ACK
            self._came(buf[:start])
            while start < len(buf):
                self._came(buf[start : start + 120])
                start += 120
        return len(buf)

    def _came(self, chunk):
        self._stage[: len(chunk)] = chunk
        for byte in chunk:
            self._ring[self._at] = byte
            self._at = (self._at + 1) % len(self._ring)


class Bus:
    """A `machine.I2C` or a `machine.SPI`, and the chip select of that."""

    def readfrom_into(self, address, buf):
        if ask(b"r", len(buf), b"", buf):
            raise OSError(19)

    def writeto(self, address, buf):
        if ask(b"w", 0, buf):
            raise OSError(19)

    def readinto(self, buf):
        ask(b"r", len(buf), b"", buf)

    def write(self, buf):
        ask(b"w", 0, buf)

    def value(self, level):
        ask(b"s", level)


class Pipe:
    """What `pasori.usb.Pipe` wants. The other process waits."""

    async def write(self, data):
        ask(b"w", 0, data)

    async def read(self, timeout_ms):
        count = ask(b"r", timeout_ms)
        if count == 0xFFFF:
            return None
        packet = bytearray(count)
        _fill(memoryview(packet))
        return packet

    def clear(self):
        pass


def bus_on(link):
    """Return a PN532's link."""
    if link in ("hsu", "hsu_port"):
        from pn532.hsu import HSU

        return HSU(Uart() if link == "hsu" else Port(512))
    if link == "i2c":
        from pn532.i2c import I2C

        return I2C(Bus())
    from pn532.spi import SPI

    return SPI(Bus(), Bus(), lsb_first=link == "spi")


def reader_on(link):
    """Return a reader on that link."""
    if link in ("rcs300", "rcs380"):
        from isodep import pcd_of
        from pasori.rcs300 import RCS300
        from pasori.rcs380 import RCS380
        from pinlamp.rcs660s import Chip, Rcs660sReader

        driver = RCS300 if link == "rcs300" else RCS380
        return Rcs660sReader(Chip(driver(Pipe(), iso_dep=pcd_of)), clock)
    if link in ("rcs660s", "rcs660s_port"):
        from pasori.rcs660s import RCS660S
        from pinlamp.rcs660s import Chip, Rcs660sReader

        return Rcs660sReader(Chip(RCS660S(Uart() if link == "rcs660s" else Port(600))), clock)
    return Reader(PN532(bus_on(link)), clock)


class Listener:
    """Nobody."""

    def started(self):
        pass

    def card(self, card):
        pass

    def finding(self, finding):
        pass


async def one(reader):
    """See a card through, as the application does; return whether its survey was complete."""
    for _ in range(LOOKS):
        if await reader.find() == TYPE_B_CARD:
            break
        await asyncio.sleep_ms(POLL_MS)
    else:
        return False
    result = await tap.run(reader, default_keys(), clock, Listener())
    for _ in range(PRESENT):
        if not await reader.present():
            break
    await reader.release()
    return result.complete


class Machine:
    """What is imported, and this does without."""

    Pin = PWM = NeoPixel = None


sys.modules["machine"] = sys.modules["neopixel"] = Machine
from pinlamp.board import Board  # noqa: E402


async def looked(reader):
    """Look for a card as the self-check does; return whether there is one."""
    from pinlamp.check import _sees_a_card

    await reader._chip.rf_field(True)
    seen = await _sees_a_card(reader._chip)
    await reader._chip.rf_field(False)
    return seen


async def main(reader, told):
    await reader.open()
    work = {ord("t"): one, ord("k"): one, ord("c"): looked}
    while True:
        number = ask(b"N", told)
        wanted = work.get(number & 0xFF)
        if wanted is None:
            break
        _left[0] = number >> 8
        try:
            told = int(await wanted(reader))
        except PN532Error:
            told = 2
            try:
                await reader.open()
            except PN532Error:
                pass
        _left[0] = 0


class WithoutPins(Board):
    """The board, of which this needs what it does at a Ctrl-C."""

    def __init__(self):
        pass


def forever(link):
    """Run until the end; Ctrl-C leaves what the REPL would have, as `pinlamp.start` does."""
    board = WithoutPins()
    told = 0
    while True:
        reader = reader_on(link)  # as after the reset that follows
        board._chip = reader._chip
        try:
            asyncio.run(main(reader, told))
            return
        except KeyboardInterrupt:
            board.forget()
            asyncio.new_event_loop()
            told = 3


class Links:
    """What first-light's program takes from the firmware: the link of a board."""

    HZ = {"hsu": 0, "i2c": 400_000, "spi": 1_000_000}

    @staticmethod
    def link(kind, pins):
        return bus_on(kind)


def first_light(kind, path):
    """Run first-light's program for that link once asked; tell whether a card was pulled."""
    sys.modules["pinlamp.links"] = Links
    pulled = False

    def said(line=""):
        nonlocal pulled
        pulled = pulled or '"pulled"' in line

    with open(path) as file:
        program = file.read()
    number = ask(b"N")
    wait_ms = 0 if number & 0xFF == ord("l") else WAIT_MS
    given = {"KIND": kind, "PINS": {}, "READER": "pn532", "WAIT_MS": wait_ms, "print": said}
    _left[0] = number >> 8
    try:
        exec(program, given)
    except KeyboardInterrupt:
        pulled = 3
    ask(b"N", int(pulled))


# Which the search must find: it is put together here, and is nowhere else.
canary = b"-".join((b"CANARY", b"1073"))
if len(sys.argv) > 2:
    first_light(*sys.argv[1:])
else:
    forever(sys.argv[1])

"""The other end of device/at_rest.py: chip and cards, and a search of that process's memory."""

import ctypes
import os
import struct
import subprocess
import time

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.chip import faults
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.hsu import Hsu
from pinlamp_tools.emulator.chip.i2c import I2C
from pinlamp_tools.emulator.chip.spi import SPI
from pinlamp_tools.emulator.pasori import faults as module_faults
from pinlamp_tools.emulator.pasori import rcs300, rcs380, usb_faults
from pinlamp_tools.emulator.pasori.line import Line
from pinlamp_tools.emulator.pasori.module import Module
from places import ROOT, TESTS

FOLDERS = ("lib/mynacard", "lib/pn532", "lib/pasori", "lib/isodep", "firmware", "host_tools")
USB = {"rcs300": rcs300.RCS300, "rcs380": rcs380.RCS380}
PACKET = 64
_ADDR_NO_RANDOMIZE = 0x0040000  # personality(2)
CANARY = b"CANARY-1073"


class Clock:
    """Real time, and what transfers take on top of it."""

    def __init__(self):
        self._begin = time.monotonic()
        self._passed_us = 0

    def now_us(self):
        return int((time.monotonic() - self._begin) * 1e6) + self._passed_us

    def pass_us(self, us):
        self._passed_us += us


class Serial:
    """The wire of a UART: what the chip says waits here until it is asked for."""

    def __init__(self, line, clock):
        self._line, self._clock = line, clock
        self._baudrate = 115200
        self._received = b""

    def take(self):
        self._received += self._line.take(self._clock.now_us(), self._baudrate)
        return len(self._received)

    def speed(self, baudrate):
        self._baudrate, self._received = baudrate, b""

    def read(self, count):
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def write(self, data):
        self._line.receive(data, self._clock.now_us(), self._baudrate)


class Bulk:
    """The two endpoints of a reader on USB; a read waits in real time."""

    def __init__(self, usb):
        self._usb = usb

    def write(self, data):
        self._usb.write(data)
        if data and len(data) % PACKET == 0:
            self._usb.write(b"")

    def read(self, timeout_ms):
        """Return a packet, or None."""
        ends = time.monotonic() + timeout_ms / 1000
        while True:
            packet = self._usb.read()
            if packet is not None or time.monotonic() > ends:
                return packet
            time.sleep(0.0005)


def _same_addresses():
    """Have the process that starts here use the same addresses in each run, if Linux lets it.

    Random ones, some 170,000 words of which memory is full, are four given bytes by chance: in
    one of 30 runs of all these tests.
    """
    ctypes.CDLL(None).personality(_ADDR_NO_RANDOMIZE)


class Device:
    """The process with the driver in it. `field`, `faults`: of the reader at its other end.

    `program`: the path of first-light's, which it runs at `tap`.
    """

    def __init__(self, micropython, link, program=None):
        self.field = Field()
        clock = Clock()
        self.faults = faults.Faults()
        self.on_usb = link in USB
        if self.on_usb:
            self.faults = usb_faults.Faults()
            self._bus = Bulk(USB[link](self.field, clock.now_us, self.faults))
        elif link in ("rcs660s", "rcs660s_port"):
            self.faults = module_faults.Faults()
            self._bus = Serial(Line(Module(self.field, self.faults)), clock)
        elif link in ("hsu", "hsu_port"):
            self._bus = Serial(Hsu(Chip(self.field, self.faults)), clock)
        elif link == "i2c":
            self._bus = I2C(Chip(self.field, self.faults), clock, 400_000)
        else:
            order = SPI.LSB if link == "spi" else SPI.MSB
            self._bus = SPI(Chip(self.field, self.faults), clock, 1_000_000, order)
        path = ":".join([".frozen", *(str(ROOT / folder) for folder in FOLDERS)])
        self._process = subprocess.Popen(
            [micropython, TESTS / "device" / "at_rest.py", link, *([program] if program else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "MICROPYPATH": path},
            preexec_fn=_same_addresses,
        )
        self.serve()

    def close(self):
        self._process.kill()
        self._process.communicate()

    def serve(self):
        """Be the bus until the device asks what to do; return what it tells of the last tap."""
        out = self._process.stdout
        while True:
            head = out.read(5)
            assert len(head) == 5, "the device has ended"
            what, number, size = struct.unpack("<cHH", head)
            data = out.read(size)
            if what == b"N":
                return number
            self._say(*self._do(what, number, data))

    def tap(self):
        """Let it see the card through; return whether its survey was complete (2: lost)."""
        self._say(ord("t"))
        return self.serve()

    def interrupted_tap(self, at):
        """As `tap`, with Ctrl-C after the bus operation `at`; return 3 if it came so far."""
        self._say(ord("k") | at << 8)
        return self.serve()

    def without_a_card(self):
        """Let first-light's program run where no card is wanted, though one lies there."""
        self._say(ord("l"))
        self.serve()

    def look(self):
        """Let it look at the card as the self-check does; return whether it saw one (2: lost)."""
        self._say(ord("c"))
        return self.serve()

    def found(self, marks):
        """Return which of the marks are in its memory, whichever way round their bits are."""
        memory = b"\n\n".join(self._memory())
        assert CANARY in memory
        turned = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
        return [mark for mark in marks if mark in memory or mark.translate(turned) in memory]

    def _memory(self):
        """Yield all that its process can write to: heap, stack and the rest."""
        folder = f"/proc/{self._process.pid}"
        with open(f"{folder}/maps") as maps, open(f"{folder}/mem", "rb", buffering=0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                if rights.startswith("rw"):
                    begin, end = (int(number, 16) for number in place.split("-"))
                    memory.seek(begin)
                    yield memory.read(end - begin)

    def _say(self, number, data=b""):
        self._process.stdin.write(struct.pack("<H", number) + data)
        self._process.stdin.flush()

    def _do(self, what, number, data):
        bus = self._bus
        if what == b"a":
            return (bus.take(),)
        if what == b"b":
            return (bus.speed(number * 100) or 0,)
        if what == b"s":
            return (bus.select.value(number) or 0,)
        if isinstance(bus, Bulk):
            if what == b"w":
                return (bus.write(data) or 0,)
            packet = bus.read(number)
            return (0xFFFF,) if packet is None else (len(packet), packet)
        if isinstance(bus, Serial):
            return (0, bus.read(number)) if what == b"r" else (bus.write(data) or 0,)
        into = bytearray(number)
        try:
            if isinstance(bus, SPI):
                bus.readinto(into) if what == b"r" else bus.write(data)
            else:
                bus.readfrom_into(0x24, into) if what == b"r" else bus.writeto(0x24, data)
        except OSError as error:
            return error.errno, bytes(into)
        return (0, bytes(into)) if what == b"r" else (0,)

"""Under MicroPython: an emulated RC-S300 or RC-S380 for the firmware's reader, in virtual time."""

import asyncio
from asyncio import core

from isodep import pcd_of
from pasori import LostError
from pasori.rcs300 import RCS300
from pasori.rcs380 import RCS380
from pinlamp.rcs660s import Chip, Rcs660sReader
from pinlamp_tools.emulator.pasori import rcs300, rcs380

KINDS = {"rcs300": (RCS300, rcs300.RCS300), "rcs380": (RCS380, rcs380.RCS380)}
PACKET = 64


class Pipe:
    """What `pasori.usb.Pipe` wants; its reads are whole transfers, as a browser's are."""

    def __init__(self, world, usb):
        """Take an emulated reader in a World."""
        self._usb = usb
        self._begun = bytearray()
        self._came = []
        self._gone = False
        world.add(self)

    async def write(self, data):
        """Send one transfer."""
        data = bytes(data)
        self._look()
        self._check()
        try:
            self._usb.write(data)
            if data and len(data) % PACKET == 0:
                self._usb.write(b"")
        except OSError:
            raise LostError from None

    async def read(self, timeout_ms):
        """Return the next transfer, or None."""
        self._look()
        if not self._came and not self._gone:
            try:
                await asyncio.wait_for_ms(self._wait(), timeout_ms)
            except asyncio.TimeoutError:
                return None
        self._check()
        return self._came.pop(0)

    def clear(self):
        """Drop what has come."""
        self._came = []

    def _check(self):
        if self._gone:
            self._gone = False  # it may be back by now
            raise LostError

    def _wait(self):
        yield core._io_queue.queue_read(self)

    # The world's questions.

    def next_due(self):
        """Return when something happens next, in µs, or None."""
        return self._usb.next_due()

    def advance(self, now_us):
        """Take what has come by now."""
        self._look()

    def ioctl(self, request, flags):
        """Tell asyncio whether there is something to read."""
        return flags & 1 if self._came or self._gone else 0

    def _look(self):
        try:
            packet = self._usb.read()
            while packet is not None:
                self._begun += packet
                if len(packet) < PACKET:
                    self._came.append(self._begun)
                    self._begun = bytearray()
                packet = self._usb.read()
        except OSError:
            self._gone = True
            self._begun = bytearray()
            self._came = []


def chip_of(kind, world, field, faults=None):
    """Return what the firmware's reader asks, with a reader of `kind` over `field` behind it."""
    driver, device = KINDS[kind]
    usb = device(field, lambda: world.now_us, faults)
    return Chip(driver(Pipe(world, usb), iso_dep=pcd_of, clock=world))


def reader_of(kind, world, field, faults=None):
    """Return the firmware's reader with such a chip."""
    return Rcs660sReader(chip_of(kind, world, field, faults), world)

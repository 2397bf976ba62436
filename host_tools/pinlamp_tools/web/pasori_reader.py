"""A PaSoRi as the page's device: the firmware's application over WebUSB, beside `advisor`.

Its lamps and its console are the page's: each event becomes a line, as from a device on a cable.
"""
# mypy: ignore-errors

import asyncio
from collections import namedtuple

from jsffi import JsException

import isodep
import pasori
from pasori import clock
from pinlamp.app import App
from pinlamp.events import Events
from pinlamp.lamps import Lamps
from pinlamp.parts import Parts
from pinlamp.rcs660s import Chip, Rcs660sReader
from pinlamp.settings import Settings

LAYOUT = 12
_Board = namedtuple("Board", ("name",))
_task = None  # of `run`
_app = None  # the application's task within it; None as well once it shall not begin anew


class Pipe:
    """What `pasori.usb` calls a pipe, over a Pipe of usb.js."""

    def __init__(self, usb):
        """`usb`: the JavaScript object."""
        self._usb = usb

    async def write(self, data):
        """Send one transfer. Raises LostError."""
        # Byte by byte: an object of Python's that JavaScript holds would stay, with what is in it.
        room = self._usb.room(len(data))
        for i in range(len(data)):
            room[i] = data[i]
        try:
            await self._usb.write(room)
        except JsException:
            raise pasori.LostError

    async def read(self, timeout_ms):
        """Return the next transfer as a bytearray, or None: nothing came in time."""
        try:
            packet = await self._usb.read(timeout_ms)
        except JsException:
            raise pasori.LostError
        if packet is None:
            return None
        data = bytearray(packet.length)
        for i in range(len(data)):
            data[i] = packet[i]
        packet.fill(0)
        return data

    def clear(self):
        """Drop what is queued."""
        self._usb.clear()


class _Console:
    def __init__(self, page):
        self.write = page.line


class _Strip:
    """No strip: the page draws the lamps from the events."""

    def set(self, index, colour, level):
        pass

    def show(self):
        pass


class _Sounds:
    async def sound(self, times):
        pass


class _Watchdog:
    def feed(self):
        pass


def _module(kind, pipe):
    if kind == "rcs300":
        from pasori.rcs300 import RCS300

        return RCS300(pipe, iso_dep=isodep.pcd_of)
    from pasori.rcs380 import RCS380

    return RCS380(pipe, iso_dep=isodep.pcd_of)


async def run(usb, kind, page):
    """Read cards until `stop`; return why it did not begin, a text of texts.json, or "".

    `usb`: a Pipe of usb.js. `kind`: "rcs300" or "rcs380". `page.line` takes a line of the console.
    """
    global _task
    module = _module(kind, Pipe(usb))
    _task = asyncio.create_task(_serve(module, kind, page))
    try:
        return await _task
    except asyncio.CancelledError:
        return ""
    finally:
        _task = None
        module.overwrite()
        try:
            await module.close()
        except pasori.PasoriError:
            pass  # it is gone


async def _serve(module, kind, page):
    try:
        await module.open()
    except pasori.OwnedError:
        return "usb_in_use"
    except pasori.PasoriError:
        return "usb_silent"
    await _read(Chip(module), kind, _Console(page))


async def _read(chip, kind, console):
    """Run the application, and another one in its place after `anew`."""
    global _app
    try:
        while True:
            _app = asyncio.create_task(_application(chip, kind, console))
            try:
                await _app
            except asyncio.CancelledError:
                if _app is None:  # by `stop`
                    raise
            chip.overwrite()  # a card's reading may have been cut short
    finally:
        _app = None


async def _application(chip, kind, console):
    config = Settings({"sound": False}, LAYOUT, LAYOUT)
    lamps = Lamps(_Strip(), LAYOUT, clock)
    config.layout = None  # its lamps are the page's: no label has their numbers
    events = Events(config, console, kind)
    parts = Parts(_Board(kind), config, lamps, chip, _Sounds(), None, events, _Watchdog())
    app = App(parts, Rcs660sReader(chip, clock))
    await asyncio.gather(app.light(), app.serve())


def anew():
    """Look as for the first time at what lies there: what was known of it is old.

    The application restarts, so that nothing of a reading from before is told later, and a card
    that still lies there is read once more.
    """
    if _app is not None:
        _app.cancel()


def stop():
    """End `run`: the field goes off, the reader is free for other programs."""
    global _app
    if _task is not None:
        _app = None
        _task.cancel()

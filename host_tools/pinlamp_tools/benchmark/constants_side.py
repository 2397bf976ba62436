# mypy: ignore-errors
"""The model's constants: what the firmware's own work costs the processor of a device.

Runs on a device, in the folder of its board.json (`first_light.constants` sends it over the REPL,
`mpremote run` does so too), and prints one JSON object:

    hz           the processor's clock
    exchange_us  one exchange of a survey: what to ask, gates, encoding, its ACK and its answer
    wait_us      one wait for what is not there yet: a switch to another task
    render_us    one `Lamps.render` in the middle of a read, with the write to the pixels
    event_us     one `key` event told

Times are means, in µs, of work whose other end is always ready: no bus, no chip and no card is in
them. The only hardware used is the strip, which is dark at the end.
"""

import asyncio
import gc
import json
from time import ticks_diff, ticks_us

import machine

from mynacard import Finding, keys
from pinlamp import settings, tap
from pinlamp.board import Board
from pinlamp.console import Console
from pinlamp.events import Events, key_event
from pinlamp.lamps import Lamps
from pinlamp.reader import TYPE_B_CARD, Reader
from pinlamp.settings import Settings
from pn532 import PN532, clock, frame

_SURVEYS = 3
_WAITS = 64
_RENDERS = 12
_EVENTS = 8

# What the chip in memory answers, without its code: to InListPassiveTarget one Type B card.
_FOUND = b"\x01\x01\x50" + bytes(8) + b"\x00\x81\xe1\x01\x00"
_TOKEN = b"JPKIAPICCTOKEN2"
_DIAGNOSE = 0x00
_IN_DATA_EXCHANGE = 0x40
_IN_LIST_PASSIVE_TARGET = 0x4A
_VERIFY = 0x20
_READ_BINARY = 0xB0


def _frame(code, data):
    """Return the answer to command `code`."""
    body = bytes((0xD5, code + 1)) + data
    head = bytes((0x00, 0x00, 0xFF, len(body), -len(body) & 0xFF))
    return head + body + bytes((-sum(body) & 0xFF, 0x00))


class _Link:
    """A link with a chip in memory that has answered before it is asked: see `pn532.link`."""

    clock = clock
    speeds = ()
    whole_frames = True

    def __init__(self):
        self._frames = []
        self._made = {}  # INS and Le: the card's answer
        self.commands = 0  # to the card

    async def write_data(self, buf):
        if len(buf) > len(frame.ACK):
            code = buf[6]
            if code == _DIAGNOSE:  # an echo: by it the driver proves itself in step
                answer = _frame(code, bytes(buf[7:-2]))
            elif code == _IN_LIST_PASSIVE_TARGET:
                answer = bytearray(_frame(code, _FOUND))  # the reader overwrites parts of it
            elif code == _IN_DATA_EXCHANGE:
                answer = self._of_card(buf[9], buf[12])
            else:
                answer = _frame(code, b"")
            self._frames = [frame.ACK, answer]

    def _of_card(self, ins, le):
        """Return the answer of a card with a token, all of whose keys have five tries left."""
        self.commands += 1
        if (ins, le) not in self._made:
            answer = b"\x63\xc5" if ins == _VERIFY else b"\x90\x00"
            if ins == _READ_BINARY:
                answer = (_TOKEN + b" " * le)[:le] + answer
            self._made[ins, le] = _frame(_IN_DATA_EXCHANGE, b"\x00" + answer)
        return self._made[ins, le]

    async def wait_ready(self, timeout_ms):
        return bool(self._frames)

    async def read_data(self, n):
        return memoryview(self._frames.pop(0))

    def end_frame(self):
        pass

    def overwrite(self):
        pass

    async def wakeup(self):
        pass

    async def reset(self):
        return False

    def close(self):
        pass


class _Listener:
    """Hears what a survey reports, and shows nothing of it."""

    def started(self):
        pass

    def card(self, card):
        pass

    def finding(self, finding):
        pass


class _Clock:
    """Counts the time between `start` and `stop`, without a collection of garbage in between."""

    def start(self):
        gc.collect()
        gc.disable()
        self._start = ticks_us()

    def stop(self, count):
        us = ticks_diff(ticks_us(), self._start)
        gc.enable()
        return round(us / count)


async def _exchange(watch):
    """Whole surveys of a card in memory; the first one makes its answers, and does not count."""
    link = _Link()
    reader = Reader(PN532(link), clock)
    us = 0
    for survey in range(1 + _SURVEYS):
        if await reader.find() != TYPE_B_CARD:
            raise RuntimeError("the card in memory was not found")
        link.commands = 0
        watch.start()
        result = await tap.run(reader, keys.KEYS, clock, _Listener())
        if survey:
            us += watch.stop(1)
        if not result.complete:
            raise RuntimeError("the card in memory was lost")
    return round(us / (_SURVEYS * link.commands))


async def _wait(watch):
    """Two tasks, each of which waits for the other one's event."""
    here, there = asyncio.Event(), asyncio.Event()

    async def other():
        while True:
            await there.wait()
            there.clear()
            here.set()

    task = asyncio.create_task(other())
    await asyncio.sleep_ms(0)
    watch.start()
    for _ in range(_WAITS // 2):
        there.set()
        await here.wait()
        here.clear()
    us = watch.stop(_WAITS)
    task.cancel()
    return us


def _render(watch):
    """A lamp more each time has its answer, as a survey goes on."""
    board = Board("board.json")
    config = settings.load("settings.json", board.layout, board.count)
    lamps = Lamps(board.strip(config), config.layout, clock)
    ids = [key.id for key in config.keys()]  # noqa: SIM118
    lamps.reading(ids)
    lamps.render()
    watch.start()
    for i in range(_RENDERS):
        lamps.finding(ids[i % len(ids)], "ok")
        lamps.render()
    us = watch.stop(_RENDERS)
    lamps.dark()
    lamps.render()
    return us


def _event(watch):
    """One event at a time: `start` takes time, in which the host takes the one before."""
    board = Board("board.json")
    events = Events(Settings({}, board.layout, board.count), Console(board.chip))
    finding = Finding("visual_b", "used", 7, 10, None)
    us = 0
    for _ in range(_EVENTS):
        watch.start()
        events.tell(key_event(finding))
        us += watch.stop(1)
    return round(us / _EVENTS)


async def measure():
    """Measure everything; return the constants."""
    watch = _Clock()
    return {
        "hz": machine.freq(),
        "exchange_us": await _exchange(watch),
        "wait_us": await _wait(watch),
        "render_us": _render(watch),
        "event_us": _event(watch),
    }


if __name__ == "__main__":
    asyncio.new_event_loop()
    print(json.dumps(asyncio.run(measure())))

# mypy: ignore-errors
"""The cost of a driver's own work for one exchange, without the chip's.

`Recorder` stands between a driver and its bus, pins and clock. It keeps their answers from the
driver's constructor to the end of one query. `Player` gives the same answers to a new driver,
those of the query again and again. Its own cost is measured apart and subtracted. It has no time:
every sleep is over at once. It runs on a board as well as under the Unix port.
"""

import asyncio
import gc
import time
from asyncio import core

# The commands that query a My Number Card's first key.
SELECTS = (
    b"\x00\xa4\x04\x0c\x0a\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01",
    b"\x00\xa4\x02\x0c\x02\x00\x18",
)
QUERY = b"\x00\x20\x00\x80"
_WORD = 2  # bytes of a status word
# asyncio's C part marks tasks that become ready with the real time: that must be behind ours.
_AHEAD_MS = 1 << 28
_READABLE = 1
_POLL = 3


class Recorder:
    """Bus, chip select, IRQ line and clock that remember each call and its result."""

    IRQ_FALLING = 2

    def __init__(self, bus, world):
        self._bus = bus
        self._world = world
        self.calls = []  # (name, what came back or None)
        self.ticks_add = world.ticks_add
        self.ticks_diff = world.ticks_diff
        self.sleep_ms = world.sleep_ms
        self.pass_us = world.pass_us

    def write(self, buf):
        self.calls.append(("write", None))
        self._bus.write(buf)

    def readinto(self, buf):
        self._bus.readinto(buf)
        self.calls.append(("readinto", bytes(buf).hex()))

    def write_readinto(self, write_buf, read_buf):
        self._bus.write_readinto(write_buf, read_buf)
        self.calls.append(("write_readinto", bytes(read_buf).hex()))

    def value(self, level=None):
        """As the IRQ line return the level; as the chip select set it."""
        if level is None:
            self.calls.append(("value", self._bus.irq.value()))
            return self.calls[-1][1]
        self.calls.append(("value", None))
        return self._bus.select.value(level)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler, trigger=None):
        self._bus.irq.irq(handler, trigger)

    def ticks_ms(self):
        self.calls.append(("ticks_ms", self._world.now_us // 1000))
        return self.calls[-1][1]


class Player:
    """The same for a new driver: it repeats its answers, and every wait is over at once.

    Also asyncio's queue of waiting streams. `loop` has the calls of the last exchange.
    """

    IRQ_FALLING = 2

    def __init__(self, calls, start):
        """`start` is the number of the last exchange's first call."""
        calls = [(name, bytes.fromhex(d) if isinstance(d, str) else d) for name, d in calls]
        self.loop = calls[start:]
        self._said = [data for _, data in calls if data is not None]
        self._start = len(self._said) - len([1 for _, data in self.loop if data is not None])
        self._at = 0
        self._falls = []  # at each place of `_said`: whether the IRQ line is low when next asked
        low = False
        for name, data in reversed(calls):
            if data is not None:
                low = not data if name == "value" else low
                self._falls.insert(0, low)
        self._handler = None
        self.map = None
        self._ms = time.ticks_add(time.ticks_ms(), _AHEAD_MS)
        self.ticks_add = time.ticks_add
        self.ticks_diff = time.ticks_diff
        self.sleep_ms = asyncio.sleep_ms
        asyncio.new_event_loop()
        core.ticks = self._core_ticks
        core._io_queue = self

    def rewind(self):
        """Begin with the last exchange."""
        self._at = self._start

    def write(self, buf):
        pass

    def readinto(self, buf):
        buf[:] = self._said[self._at]
        self._at += 1

    def write_readinto(self, write_buf, read_buf):
        read_buf[:] = self._said[self._at]
        self._at += 1

    def value(self, level=None):
        if level is None:
            self._at += 1
            return self._said[self._at - 1]

    __call__ = value

    def on(self):
        pass

    def off(self):
        pass

    def irq(self, handler, trigger=None):
        self._handler = handler

    def ticks_ms(self):
        self._at += 1
        return self._said[self._at - 1]

    def pass_us(self, us):
        pass

    def alone(self):
        """Return a function that makes the driver's calls on this object, and nothing else."""
        steps = []
        buffers = {}
        for name, data in self.loop:
            args = (0,)
            if data is not None:
                args = ()
            if name.endswith("readinto"):
                buf = buffers.setdefault(len(data), bytearray(len(data)))
                args = (buf,) if name == "readinto" else (buf, buf)
            steps.append((getattr(self, name), args))

        async def once():
            self.rewind()
            for call, args in steps:
                call(*args)

        return once

    def _core_ticks(self):
        return self._ms

    # The methods that asyncio calls on its I/O queue.

    def queue_read(self, stream):
        self.map = (core.cur_task, stream)
        core.cur_task.data = self

    def remove(self, task):
        self.map = None

    def wait_io_event(self, timeout_ms):
        if self.map and timeout_ms and self._falls[self._at]:
            self._handler(self)
            task, stream = self.map
            if stream.ioctl(_POLL, _READABLE):
                self.map = None
                core._task_queue.push(task)
        elif timeout_ms > 0:
            self._ms += timeout_ms


class Stage:
    """The argument of a driver's constructor: see `drivers`."""

    def __init__(self, one, lsb_first, irq):
        """`one` is a Recorder or a Player."""
        self.bus = self.select = self.clock = one
        self.irq = one if irq else None
        self.lsb_first = lsb_first


async def prepare(driver):
    """Open a driver and go as far as the query; return the target's number."""
    await driver.open()
    tg = await driver.activate("B")
    for apdu in SELECTS:
        await driver.exchange(tg, apdu, _WORD)
    return tg


def play(make, calls, start, size, lsb_first, irq, rounds, times):
    """Return (µs of processor, bytes of heap) of one exchange.

    The best of `rounds` means of `times`: a machine's other work only adds to it. `make(stage)`
    constructs the driver; `size`: the length of the card's answer that it expects. The collector
    is off during the measurement.
    """
    player = Player(calls, start)
    driver = make(Stage(player, lsb_first, irq))

    async def measured():
        tg = await prepare(driver)

        async def once():
            player.rewind()
            await driver.exchange(tg, QUERY, size)

        costs = await _cost(once, rounds, times)
        return costs, await _cost(player.alone(), rounds, times)

    (all_us, all_heap), (own_us, own_heap) = asyncio.run(measured())
    return all_us - own_us, all_heap - own_heap


async def _cost(once, rounds, times):
    found = []
    await once()
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        if hasattr(time, "clock"):  # the process's own time: others use this machine, too
            begin = time.clock()
            for _ in range(times):
                await once()
            us = (time.clock() - begin) * 1e6
        else:
            begin = time.ticks_us()
            for _ in range(times):
                await once()
            us = time.ticks_diff(time.ticks_us(), begin)
        found.append(us / times)
        gc.enable()
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    await once()
    heap = gc.mem_alloc() - before
    gc.enable()
    return min(found), heap

"""Virtual time: chip, card and driver run in one MicroPython process without real waiting.

`World` replaces asyncio's clock and its queue of waiting streams. Time passes only when every task
waits, and then jumps to the next event: a timer of asyncio, or something in the emulator. So
ratios of times are exact and repeatable, and hours of sleep take no time.
"""

import asyncio
from asyncio import core
from time import ticks_add, ticks_diff, ticks_ms

_POLL = 3  # MP_STREAM_POLL
_READABLE = 1
# asyncio's C part marks tasks that become ready with the real time. As long as that is behind
# ours, asyncio runs them at once, as it should; a PC's ticks do not wrap within this.
_AHEAD_MS = 1_000_000_000


class World:
    """One clock for everything that runs here. `now_us` counts from zero and never goes back.

    It is also the drivers' `clock`: `ticks_ms`, `ticks_add`, `ticks_diff`, `sleep_ms`.
    """

    def __init__(self):
        """Begin at zero; time stands still until `install`."""
        self._start_ms = ticks_ms() + _AHEAD_MS
        self.now_us = 0
        self._ports = []
        self.map = []  # [task, stream]: who waits; asyncio asks whether anybody does
        self.sleep_ms = asyncio.sleep_ms
        self.ticks_add = ticks_add
        self.ticks_diff = ticks_diff

    def install(self):
        """Take over asyncio's clock and I/O queue until the process ends."""
        asyncio.new_event_loop()
        core.ticks = self.ticks_ms
        core._io_queue = self

    def add(self, port):
        """Let a port take part: `next_due()` -> µs or None, and `advance(now_us)`."""
        self._ports.append(port)

    def pass_us(self, us):
        """Let time pass within a synchronous call: a transfer on a bus."""
        self.now_us += us
        for port in self._ports:
            port.advance(self.now_us)

    def ticks_ms(self):
        """Return the time in milliseconds, as asyncio's timers count it."""
        return self._start_ms + self.now_us // 1000

    # The methods that asyncio calls on its I/O queue.

    def queue_read(self, stream):
        """Let the current task wait until `stream` is readable."""
        self.map.append((core.cur_task, stream))
        core.cur_task.data = self

    def remove(self, task):
        """Forget a cancelled task."""
        self.map = [entry for entry in self.map if entry[0] is not task]

    def wait_io_event(self, timeout_ms):
        """Go to the next event, at the latest to asyncio's next timer (-1: there is none)."""
        if not timeout_ms or self._wake():
            return  # a task is ready: no time passes
        until_us = None
        if timeout_ms >= 0:
            until_us = (self.now_us // 1000 + timeout_ms) * 1000
        for port in self._ports:
            due_us = port.next_due()
            if due_us is not None and (until_us is None or due_us < until_us):
                until_us = due_us
        if until_us is None:
            raise RuntimeError("nothing will ever happen again")
        self.now_us = max(self.now_us, until_us)
        for port in self._ports:
            port.advance(self.now_us)
        self._wake()

    def _wake(self):
        # Something may also have arrived while a transfer on a bus let time pass.
        woken = False
        for task, stream in self.map[:]:
            if stream.ioctl(_POLL, _READABLE):
                self.map.remove((task, stream))
                core._task_queue.push(task)
                woken = True
        return woken


class BusClock:
    """The clock of a World for `i2c.I2C` and `spi.SPI`; `add` them to the World as ports."""

    def __init__(self, world):
        """Take the `world` whose time passes."""
        self._world = world
        self.pass_us = world.pass_us

    def now_us(self):
        """Return the time in µs."""
        return self._world.now_us


class Uart:
    """A `machine.UART` whose other end is an `hsu.Hsu`, in a World."""

    def __init__(self, world, hsu):
        """Connect at 115200 baud."""
        self._world = world
        self._hsu = hsu
        self._baudrate = 115200
        self._received = b""
        world.add(self)

    def next_due(self):
        """Return when something next happens on the line, in µs, or None.

        A byte wakes nobody: only a whole frame does. That changes no time, as neither side can
        use a part of a frame.
        """
        return self._hsu.next_due(True)

    def advance(self, now_us):
        """Take the bytes that have arrived by `now_us`."""
        self._received += self._hsu.take(now_us, self._baudrate)

    def init(self, baudrate):
        """Change the speed and drop the bytes received."""
        self._baudrate = baudrate
        self._received = b""

    def any(self):
        """Return how many bytes can be read."""
        return len(self._received)

    def readinto(self, buf):
        """Read into `buf` the bytes that have arrived; None if there are none."""
        count = min(len(buf), len(self._received))
        if not count:
            return None
        buf[:count] = self._received[:count]
        self._received = self._received[count:]
        return count

    def write(self, buf):
        """Send all of `buf`."""
        self._hsu.receive(bytes(buf), self._world.now_us, self._baudrate)
        return len(buf)

    def ioctl(self, request, flags):
        """Tell asyncio whether there is something to read."""
        return flags & _READABLE if self._received else 0

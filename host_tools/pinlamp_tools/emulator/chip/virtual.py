"""Virtual time: chip, card and driver in one MicroPython process, with nobody waiting.

`World` takes the place of asyncio's clock and of its queue of waiting streams. Time goes on only
when every task waits, and then straight to what happens next: a timer of asyncio, or something
in the emulator. So ratios of times are exact and repeat, and hours of sleeping take no time.
"""

import asyncio
from asyncio import core
from time import ticks_add, ticks_diff, ticks_ms

_POLL = 3  # MP_STREAM_POLL
_READABLE = 1
# asyncio's C part marks tasks that become ready with the real time. As long as that is behind
# ours they are due at once, as they should be; a PC's ticks do not wrap within this.
_AHEAD_MS = 1_000_000_000


class World:
    """A clock for all that runs here. `now_us` counts from zero and never goes back.

    Also the `clock` that drivers are given: `ticks_ms`, `ticks_add`, `ticks_diff`, `sleep_ms`.
    """

    def __init__(self):
        """Time stands still until `install`."""
        self._start_ms = ticks_ms() + _AHEAD_MS
        self.now_us = 0
        self._ports = []
        self._waiting = []  # [task, stream]
        self.sleep_ms = asyncio.sleep_ms
        self.ticks_add = ticks_add
        self.ticks_diff = ticks_diff

    def install(self):
        """Take over asyncio's clock and I/O queue; ends only with the process."""
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
        """Return the time in milliseconds, as asyncio's timers have it."""
        return self._start_ms + self.now_us // 1000

    # What asyncio asks of its I/O queue.

    def queue_read(self, stream):
        """Let the current task wait until `stream` is readable."""
        self._waiting.append((core.cur_task, stream))
        core.cur_task.data = self

    def remove(self, task):
        """Forget a task that is cancelled."""
        self._waiting = [entry for entry in self._waiting if entry[0] is not task]

    def wait_io_event(self, timeout_ms):
        """Go to what happens next, at the latest to asyncio's next timer (-1: there is none)."""
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
        # Something may also have come in while a transfer on a bus let time pass.
        woken = False
        for task, stream in self._waiting[:]:
            if stream.ioctl(_POLL, _READABLE):
                self._waiting.remove((task, stream))
                core._task_queue.push(task)
                woken = True
        return woken


class BusClock:
    """The clock that `i2c.I2C` and `spi.SPI` want, in a World; `add` them to it as ports."""

    def __init__(self, world):
        """Time passes in `world`."""
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
        """Return when something will happen on the line, in µs, or None.

        Nobody is woken for each byte: frames are told of when they have passed as a whole, which
        changes no time, for neither side can do anything with a part of one.
        """
        return self._hsu.next_due(True)

    def advance(self, now_us):
        """Take what has come until `now_us`."""
        self._received += self._hsu.take(now_us, self._baudrate)

    def init(self, baudrate):
        """Change the speed; what was received is dropped."""
        self._baudrate = baudrate
        self._received = b""

    def any(self):
        """Return how many bytes can be read."""
        return len(self._received)

    def readinto(self, buf):
        """Read what there is, as far as `buf` goes; None if nothing."""
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

"""Helpers of card and driver tests. Runs under CPython and MicroPython, so without pytest.

The driver tests write frames: CMD(…) from the host, RSP(…) from the chip, ACK and NACK.
"""

import asyncio

import pn532.ready

ACK = b"\x00\x00\xff\x00\xff\x00"
NACK = b"\x00\x00\xff\xff\x00\x00"
ERROR = b"\x00\x00\xff\x01\xff\x7f\x81\x00"


class StreamReader:
    """MicroPython's, for CPython: reads as soon as the stream's `ioctl` tells that it may."""

    def __init__(self, stream):
        """Wait for `stream`."""
        self._stream = stream

    async def read(self, n):
        """Return what `stream.read` does."""
        while not self._stream.ioctl(3, 1):  # MP_STREAM_POLL, for reading
            await asyncio.sleep(0)
        return self._stream.read(n)


if not hasattr(asyncio, "ThreadSafeFlag"):  # CPython

    class _Asyncio:
        StreamReader = StreamReader
        create_task = staticmethod(asyncio.create_task)

    pn532.ready.asyncio = _Asyncio


def run(coroutine):
    """Run a coroutine to its end in an event loop of its own; return what is none as it is."""
    if not hasattr(coroutine, "send"):
        return coroutine
    if hasattr(asyncio, "Runner") is False and hasattr(asyncio, "new_event_loop"):
        asyncio.new_event_loop()  # MicroPython keeps one loop: start it afresh
    return asyncio.run(coroutine)


def raises(kind, call, *args):
    """Call (or await), return the exception of `kind`; fail without one."""
    try:
        result = call(*args)
        if hasattr(result, "send"):
            run(result)
    except kind as error:
        return error
    raise AssertionError("%s was not raised" % kind.__name__)


def frame(tfi, payload):
    """Build a PN532 frame by hand: normal up to 254 bytes of payload, extended beyond."""
    size = 1 + len(payload)
    body = bytes((tfi,)) + bytes(payload)
    if size <= 255:
        head = bytes((size, -size & 0xFF))
    else:
        high, low = size >> 8, size & 0xFF
        head = bytes((0xFF, 0xFF, high, low, -(high + low) & 0xFF))
    return b"\x00\x00\xff" + head + body + bytes((-sum(body) & 0xFF, 0x00))


def CMD(text):
    """Return the frame of a command given as hex digits: code and parameters."""
    return frame(0xD4, bytes.fromhex(text.replace(" ", "")))


def RSP(text):
    """Return the frame of an answer given as hex digits: code and data."""
    return frame(0xD5, bytes.fromhex(text.replace(" ", "")))


class Clock:
    """A clock that advances only when somebody waits."""

    def __init__(self):
        """Start at zero milliseconds."""
        self.now = 0

    def ticks_ms(self):
        """Return the time in milliseconds."""
        return self.now

    def ticks_add(self, ticks, delta):
        """Return a time `delta` milliseconds later."""
        return ticks + delta

    def ticks_diff(self, a, b):
        """Return the milliseconds from `b` to `a`."""
        return a - b

    async def sleep_ms(self, ms):
        """Advance the clock at once."""
        self.now += ms


class Ticks(Clock):
    """MicroPython's ticks on a 32-bit port: they wrap, and differences do after 6.2 days.

    `ticks_ms` and the others take only what they return: C reads anything else as rubbish.
    """

    PERIOD = 1 << 30
    DAY = 86_400_000

    def ticks_ms(self):
        """Return the time in milliseconds, from 0 to PERIOD - 1."""
        return self.now % self.PERIOD

    def ticks_add(self, ticks, delta):
        """Return a time `delta` milliseconds later."""
        assert 0 <= ticks < self.PERIOD and -self.PERIOD // 2 < delta < self.PERIOD // 2
        return (ticks + delta) % self.PERIOD

    def ticks_diff(self, a, b):
        """Return the milliseconds from `b` to `a`, of those that are half a PERIOD or less."""
        assert 0 <= a < self.PERIOD and 0 <= b < self.PERIOD, (a, b)
        return (a - b + self.PERIOD // 2) % self.PERIOD - self.PERIOD // 2


class ScriptedLink:
    """A link that plays a script. `bytes`: the host must send these next. `list`: it may then read
    these, one chunk an entry. An exception: the write raises it.
    """

    def __init__(self, clock, script, speeds=()):
        """`speeds`: see `pn532.link`; () for a link without any."""
        self.clock = clock
        self.script = list(script)
        self.speeds = speeds
        self.baudrates = []
        self.wakeups = 0
        self.whole_frames = False
        self._chunks = []

    async def wakeup(self):
        """Count it."""
        self.wakeups += 1

    async def wait_ready(self, timeout_ms):
        """Tell whether the script has something to read; if not, let the time pass."""
        if not self._chunks:
            self.clock.now += timeout_ms
        return bool(self._chunks)

    async def read_data(self, n):
        """Return the next chunk, at most `n` bytes; empty without one."""
        if not self._chunks:
            return b""
        chunk = self._chunks.pop(0)
        if len(chunk) > n:
            self._chunks.insert(0, chunk[n:])
        return memoryview(bytearray(chunk))[:n]

    def end_frame(self):
        """Do nothing."""

    def overwrite(self):
        """Do nothing: it keeps nothing."""

    async def write_data(self, buf):
        """Check the bytes sent against the script, and make its next answer readable."""
        assert self.script, "sent beyond the script: %s" % bytes(buf).hex()
        wanted = self.script.pop(0)
        if isinstance(wanted, Exception):
            raise wanted
        assert bytes(buf) == wanted, "sent %s, not %s" % (bytes(buf).hex(), wanted.hex())
        while self.script and isinstance(self.script[0], list):
            self._chunks += self.script.pop(0)

    async def reset(self):
        """Do nothing: there is no reset line."""
        return False

    async def set_baudrate(self, baudrate):
        """Note the speed."""
        self.baudrates.append(baudrate)

    def close(self):
        """Do nothing."""

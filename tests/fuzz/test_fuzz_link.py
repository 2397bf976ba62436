"""The HSU link over a UART that does as it likes: no byte is lost, none is made up.

HSU waits by MicroPython's asyncio.StreamReader; a stand-in of it looks at the UART once a
millisecond, in an event loop whose time is virtual, so that its time-outs cost nothing.
"""

import asyncio
import selectors
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pn532.ready
from fuzzing import cases, count
from pn532.hsu import HSU

LOOK_MS = 1


class VirtualSelector(selectors.SelectSelector):
    """Instead of waiting, lets the loop's time go on."""

    now = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "it would wait for ever"
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop for which waiting takes no time."""

    def __init__(self):
        self.virtual = VirtualSelector()
        super().__init__(self.virtual)

    def time(self):
        return self.virtual.now


class Uart:
    """A UART into which bytes come at given times, and which takes as many as it likes."""

    def __init__(self, arrivals, takes, room):
        """`arrivals`: (ms after the one before, bytes); `takes`: of write, None or a count."""
        self.received = bytearray()
        self.sent = b""
        self.lost = 0
        self.baudrate = 115200
        self._takes = list(takes)
        self._room = room
        at_ms = 0
        for after_ms, data in arrivals:
            at_ms += max(after_ms, 0.001)  # one after the other
            asyncio.get_running_loop().call_later(at_ms / 1000, self._arrive, data)

    def _arrive(self, data):
        taken = data[: self._room - len(self.received)]
        self.lost += len(data) - len(taken)
        self.received += taken

    def any(self):
        return len(self.received)

    def readinto(self, buf):
        size = min(len(buf), len(self.received))
        buf[:size] = self.received[:size]
        del self.received[:size]
        return size or None

    def write(self, buf):
        take = self._takes.pop(0) if self._takes else len(buf)
        if take is None:
            return None
        self.sent += bytes(buf[:take])
        return min(take, len(buf))

    def init(self, baudrate):
        self.baudrate = baudrate

    def deinit(self):
        self.baudrate = None


class StreamReader:
    """MicroPython's: waits until there is something, then reads it."""

    def __init__(self, stream):
        self._stream = stream

    async def read(self, n):
        while not self._stream.ioctl(3, 1):  # MP_STREAM_POLL, for reading
            await asyncio.sleep(LOOK_MS / 1000)
        return self._stream.read(n)


class Clock:
    """The loop's time."""

    def ticks_ms(self):
        return int(asyncio.get_running_loop().time() * 1000)

    def ticks_add(self, ticks, delta):
        return ticks + delta

    def ticks_diff(self, a, b):
        return a - b

    async def sleep_ms(self, ms):
        await asyncio.sleep(ms / 1000)


@pytest.fixture(autouse=True, scope="module")
def _micropython_s_streams():
    with pytest.MonkeyPatch.context() as patch:
        names = SimpleNamespace(StreamReader=StreamReader, create_task=asyncio.create_task)
        patch.setattr(pn532.ready, "asyncio", names)
        yield


def _run(coroutine):
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


arrivals = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.binary(max_size=8), st.binary(max_size=600))),
    max_size=8,
)
takes = st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=20)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 70)),
        st.tuples(st.just("read"), st.integers(1, 300)),
        st.tuples(st.just("write"), st.binary(max_size=300)),
        st.tuples(st.just("end"), st.none()),
    ),
    max_size=15,
)


async def _read(link, n):
    chunk = link.read_data(n)
    return bytes(chunk if isinstance(chunk, memoryview) else await chunk)


async def _use(arrivals, takes, steps):
    uart = Uart(arrivals, takes, 1 << 20)
    link = HSU(uart, clock=Clock())
    time = asyncio.get_running_loop().time
    got, sent = b"", b""
    for step, argument in steps:
        before = time()
        if step == "wait":
            ready = await link.wait_ready(argument)
            assert ready in (True, False)
            assert time() - before <= (argument + 2 * LOOK_MS) / 1000
            if ready:
                chunk = await _read(link, 1)
                assert chunk, "ready, and then nothing"
                got += chunk
        elif step == "read":
            chunk = await _read(link, argument)
            assert chunk or time() - before >= 0.03, "it did not wait for the rest of a frame"
            got += chunk
        elif step == "write":
            pending = link.write_data(argument)
            if pending:
                await pending
            sent += argument
        else:
            link.end_frame()
    while await link.wait_ready(1000):
        got += await _read(link, 512)
    return uart, got, sent


@cases(1)
@given(arrivals, takes, steps)
def test_every_byte_comes_once_and_in_order(arrivals, takes, steps):
    count("link")
    uart, got, sent = _run(_use(arrivals, takes, steps))
    assert got == b"".join(data for _, data in arrivals)
    assert uart.sent == sent


async def _change(arrivals, baudrate):
    uart = Uart(arrivals, [], 1 << 20)
    link = HSU(uart, clock=Clock())
    await link.wait_ready(30)
    await link.set_baudrate(baudrate)
    uart.received.clear()  # as the port does
    left = sum(len(data) for _, data in arrivals)
    assert not await link.wait_ready(0) or left
    await link.wakeup()
    assert uart.baudrate == baudrate and uart.sent == b"\x55\x55" + bytes(14)
    assert await link.reset() is False
    link.close()
    assert uart.baudrate is None


@cases(0.2)
@given(arrivals, st.sampled_from((9600, 115200, 921600)))
def test_a_change_of_speed_drops_what_came_at_the_old_one(arrivals, baudrate):
    count("link: speeds")
    _run(_change(arrivals, baudrate))

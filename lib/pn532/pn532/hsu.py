"""HSU link: the PN532 on a UART, 8N1, 115200 baud after its reset. Seam: see `link`."""

import asyncio

from .frame import const
from .ready import pulse

# 55 55 and 14 × 00: longer than the chip needs to wake at 115200 baud [UM].
_WAKE_UP = b"\x55\x55" + b"\x00" * 14

# Bytes of a frame follow each other; USB serial adapters may hold them back for 16 ms.
_GAP_MS = const(40)


class HSU:
    """A PN532 on a `machine.UART`. Does no I/O before the first call of a coroutine."""

    speeds = (115200, 921600)
    whole_frames = False

    def __init__(self, uart, clock, reset_pin=None):
        """`uart` at 115200 baud with rxbuf ≥ 512: the port's default of 256 is too short.

        `clock` gives `sleep_ms`. `reset_pin` is a `machine.Pin` on RSTPDN, or None.
        """
        self._uart = uart
        self._clock = clock
        self._reset_pin = reset_pin
        self._stream = asyncio.StreamReader(uart)
        self._buf = bytearray(512)
        self._view = memoryview(self._buf)
        self._start = 0
        self._end = 0

    async def wakeup(self):
        """Send the wake-up preamble; the chip then expects SAMConfiguration."""
        await self.write_data(_WAKE_UP)

    async def wait_ready(self, timeout_ms):
        """Wait up to `timeout_ms` for a byte. Returns whether there is one to read."""
        if self._start < self._end:
            return True
        if self._uart.any():
            self._take(self._uart.readinto(self._buf))
        elif timeout_ms > 0:
            try:
                await asyncio.wait_for(self._fill(), timeout_ms / 1000)
            except asyncio.TimeoutError:
                pass  # bytes that came with the time-out are in the buffer all the same
        return self._start < self._end

    async def read_data(self, n):
        """Return the next 1 to `n` bytes; none if the line has fallen silent."""
        await self.wait_ready(_GAP_MS)
        start = self._start
        self._start = min(self._end, start + n)
        return self._view[start : self._start]

    def end_frame(self):
        """Nothing to do: on this link a frame ends by itself."""

    async def write_data(self, buf):
        """Send all of `buf`, however little the UART takes at a time."""
        view = memoryview(buf)
        while len(view):
            sent = self._uart.write(view)
            if sent:
                view = view[sent:]
            else:
                await self._clock.sleep_ms(1)

    async def reset(self):
        """Pulse RSTPDN. Returns False if it is not wired."""
        return await pulse(self._clock, self._reset_pin)

    async def set_baudrate(self, baudrate):
        """Speak at `baudrate` from now on; bytes received so far are dropped."""
        self._uart.init(baudrate=baudrate)
        self._start = self._end = 0

    def close(self):
        """Give the UART back."""
        self._uart.deinit()

    async def _fill(self):
        # Stored here, not returned: a time-out in the same moment must not lose the bytes.
        self._take(await self._stream.readinto(self._buf))

    def _take(self, count):
        self._start = 0
        self._end = count or 0

"""HSU link: the PN532 on a UART, 8N1, 115200 baud after its reset. Seam: see `link`."""

import asyncio

from .const import const
from .ready import or_own, pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import UART, Pin

    from .link import Clock

# 55 55 and 14 × 00 take longer than the chip needs to wake up, at 115200 baud [UM].
_WAKE_UP = b"\x55\x55" + b"\x00" * 14

# The bytes of a frame follow each other, but USB serial adapters hold them back for up to 16 ms.
_GAP_MS = const(40)


class HSU:
    """A PN532 on a `machine.UART`. Does no I/O before the first call of a coroutine.

    uart       at 115200 baud, with rxbuf=512: the port's own 256 bytes are too few for a frame
    reset_pin  a `machine.Pin`, output and high, on RSTPDN; None: not wired
    clock      a `link.Clock`; None: MicroPython's own
    """

    #: Baud rates to try, slow one first. Set it to (115200,) if your wires garble the fast one.
    speeds: "tuple[int, ...]" = (115200, 921600)
    whole_frames = False

    def __init__(
        self, uart: "UART", *, reset_pin: "Pin | None" = None, clock: "Clock | None" = None
    ) -> None:
        self.clock = or_own(clock)
        self._uart = uart
        self._reset_pin = reset_pin
        self._stream = asyncio.StreamReader(uart)
        self._buf = bytearray(512)
        self._view = memoryview(self._buf)
        self._start = 0
        self._end = 0

    async def wakeup(self) -> None:
        """Send the wake-up preamble; the chip then expects SAMConfiguration."""
        await self.write_data(_WAKE_UP)

    async def wait_ready(self, timeout_ms: int) -> bool:
        """Wait up to `timeout_ms` for a byte. Returns whether there is one to read."""
        if self._start < self._end:
            return True
        if self._uart.any():
            self._take(self._uart.readinto(self._buf))
        elif timeout_ms > 0:
            try:
                await asyncio.wait_for(self._fill(), timeout_ms / 1000)
            except asyncio.TimeoutError:
                pass  # bytes that came in the same moment are in the buffer
        return self._start < self._end

    async def read_data(self, n: int) -> memoryview:
        """Return the next 1 to `n` bytes; none if the line has fallen silent."""
        await self.wait_ready(_GAP_MS)
        start = self._start
        self._start = min(self._end, start + n)
        return self._view[start : self._start]

    def end_frame(self) -> None:
        """Do nothing: on this link a frame ends by itself."""

    async def write_data(self, buf: "bytes | bytearray | memoryview") -> None:
        """Send all of `buf`, however little of it the UART takes at a time."""
        view = memoryview(buf)
        while len(view):
            sent = self._uart.write(view)
            if sent:
                view = view[sent:]
            else:
                await self.clock.sleep_ms(1)

    async def reset(self) -> bool:
        """Pulse RSTPDN. Returns False if it is not wired."""
        return await pulse(self.clock, self._reset_pin)

    async def set_baudrate(self, baudrate: int) -> None:
        """Speak at `baudrate` from now on, and drop the bytes received so far."""
        self._uart.init(baudrate=baudrate)
        self._start = self._end = 0

    def close(self) -> None:
        """Give the UART back."""
        self._uart.deinit()

    async def _fill(self) -> None:
        # Store them here, do not return them: a time-out in the same moment must not lose them.
        self._take(await self._stream.readinto(self._buf))

    def _take(self, count: "int | None") -> None:
        self._start = 0
        self._end = count or 0

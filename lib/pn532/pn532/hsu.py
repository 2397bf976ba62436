"""HSU link: the PN532 on a UART, 8N1, 115200 baud after its reset. Seam: see `link`."""

from .const import const
from .frame import ACK
from .ready import Wait, or_own, pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from machine import UART, Pin

    from .link import Clock

# 55 55 and 14 × 00 take longer than the chip needs to wake up, at 115200 baud [UM].
_WAKE_UP = b"\x55\x55" + b"\x00" * 14

# The bytes of a frame follow each other, but USB serial adapters hold them back for up to 16 ms.
_GAP_MS = const(40)
# An ACK, and the shortest frame behind it. An ACK alone is not worth waking up for.
_ACK_SIZE = const(6)
_ANSWERED = const(6 + 8)
_TALKS = const(6)
_TALK_MS = const(60)  # twice 210 bytes at 115200 baud take 37, and the chip has to work


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
        self._buf = bytearray(512)
        self._view = memoryview(self._buf)
        self._least = 1  # so many bytes end a wait
        self._count = 0  # bytes seen and not yet read
        self._wait = Wait(self.clock, self._has_come)

    def _has_come(self) -> bool:
        return self._uart.any() >= self._least

    async def wakeup(self) -> None:
        """Send the wake-up preamble; the chip then expects SAMConfiguration."""
        self._listen()
        pending = self.write_data(_WAKE_UP)
        if pending:
            await pending

    def _listen(self) -> None:
        uart = self._uart
        trigger = getattr(uart, "IRQ_RX", None) or getattr(uart, "IRQ_RXIDLE", None)
        if trigger is not None:
            self._wait.told = True
            uart.irq(self._wait.wake, trigger)

    async def wait_ready(self, timeout_ms: int) -> bool:
        """Wait up to `timeout_ms` for a byte. Returns whether there is one to read.

        The first wait after a command goes on after its ACK, until the answer begins.
        """
        await self._wait.until(timeout_ms)
        self._least = 1
        self._count = self._uart.any()
        return self._count > 0

    def read_data(self, n: int) -> "memoryview | Awaitable[memoryview]":
        """Return the bytes that have come, however many; none if the line has fallen silent."""
        count = self._count or self._uart.any()
        if not count:
            return self._read_later()
        self._count = 0
        # Never ask for more than there is: the port would wait for it, and block all else.
        chunk = self._view[:count]
        return chunk[: self._uart.readinto(chunk) or 0]

    async def _read_later(self) -> memoryview:
        await self._wait.until(_GAP_MS)
        count = self._uart.any()
        chunk = self._view[:count]
        return chunk[: self._uart.readinto(chunk) or 0] if count else chunk

    def end_frame(self) -> None:
        """Do nothing: on this link a frame ends by itself."""

    def write_data(self, buf: "bytes | bytearray | memoryview") -> "Awaitable[None] | None":
        """Send all of `buf`, however little of it the UART takes at a time."""
        size = len(buf)
        self._least = _ANSWERED if size > _ACK_SIZE else 1
        sent = self._uart.write(buf) or 0
        return None if sent == size else self._write_rest(buf, sent)

    async def _write_rest(self, buf: "bytes | bytearray | memoryview", sent: int) -> None:
        while sent < len(buf):
            await self.clock.sleep_ms(1)
            sent += self._uart.write(memoryview(buf)[sent:]) or 0

    def overwrite(self) -> None:
        """Leave nothing in memory of what was read."""
        self._buf[:] = bytes(len(self._buf))

    def drown(self, frame: memoryview, sleep_ms: "Callable[[int], object]") -> None:
        """As `overwrite`, and have the chip talk until its answers fill the port's own buffers.

        `frame`: of some 210 bytes, which the port takes at once, and the chip echoes. Blocks for
        0.4 s by `sleep_ms`, MicroPython's: for the end of a program, where no coroutine runs any
        more. In vain with a chip that is lost.
        """
        self._uart.write(ACK)  # aborts a command that still waits for a slow card
        for _ in range(_TALKS):
            self._uart.write(frame)
            sleep_ms(_TALK_MS)
            self._uart.readinto(self._view[: self._uart.any()])
        self.overwrite()

    async def reset(self) -> bool:
        """Pulse RSTPDN. Returns False if it is not wired."""
        return await pulse(self.clock, self._reset_pin)

    async def set_baudrate(self, baudrate: int) -> None:
        """Speak at `baudrate` from now on, and drop the bytes received so far."""
        self._uart.init(baudrate=baudrate)
        if self._uart.any():
            self.read_data(0)
        self._listen()

    def close(self) -> None:
        """Give the UART back."""
        self._uart.deinit()

"""The UART of an RC-S660/S, 115200 8N1 [I]: frames out and in.

A `machine.UART` will do, or anything like it (`Uart`). Nothing here blocks: a wait is a series of
short sleeps. The forced pauses are many times longer than a sleep, so an interrupt that ends a
wait earlier would gain nothing.
"""

from .frame import ACK, Decoder, encode

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from .frame import Found
    from .rest import Clock

    class Uart(Protocol):
        """What is used of a `machine.UART`."""

        def any(self) -> int:
            """Return how many bytes can be read at once."""

        def readinto(self, buf: memoryview) -> "int | None":
            """Fill `buf` with bytes that are there; return how many."""

        def write(self, buf: "bytes | memoryview") -> "int | None":
            """Begin to send `buf`; return how many of its bytes were taken."""

        def deinit(self) -> None:
            """Give it back."""


_WAKE_UP = b"\x01"
_WAKE_MS = 30  # 20–30 [S]
_STEP_MS = 4  # between two looks for bytes: 46 of them come in that time
_QUIET_MS = 20  # a line this long without a byte has nothing more to say
_MOST_NOISE = 40  # chunks of it, until the line is taken as it is
_TAKES = 7  # of 128 bytes: what the port's own buffer has, and a pause brings
# An ACK and the shortest answer are 25 bytes [W]: that often they are more than rxbuf, 600, even
# if a module that is slow to cancel leaves the first ones unanswered.
_TALKS = 28


class Link:
    """A UART with an RC-S660/S. Constructing it does no I/O."""

    def __init__(self, uart: "Uart", clock: "Clock") -> None:
        """`uart`: at 115200 baud, with rxbuf=600."""
        self._uart = uart
        self._clock = clock
        self._decoder = Decoder()
        self._buf = bytearray(128)
        self._view = memoryview(self._buf)

    async def wake(self) -> None:
        """Make the module listen."""
        await self._write(_WAKE_UP)
        await self._clock.sleep_ms(_WAKE_MS)

    async def cancel(self) -> None:
        """Cancel what the module is doing, and drop whatever it still has to say."""
        await self._write(ACK)
        await self.drain()

    async def confirm(self) -> None:
        """Send an ACK: behind the answer to a reset."""
        await self._write(ACK)

    async def send(self, message: bytes) -> None:
        """Send a message. Older bytes are dropped."""
        self._decoder.clear()
        self._drop()
        self._decoder.clear()
        await self._write(encode(message))

    async def frame(self, deadline: int) -> "Found | None":
        """Return the next frame, as `Decoder.next` does; None if none is whole at `deadline`.

        Its message is valid until the next call.
        """
        clock = self._clock
        over = False
        while True:
            found = self._decoder.next()
            if found or over:
                return found
            left = clock.ticks_diff(deadline, clock.ticks_ms())
            over = left <= 0  # what has come until now still counts: others may have run for long
            if not self._take() and not over:
                await clock.sleep_ms(min(_STEP_MS, left))

    async def drain(self) -> None:
        """Drop what comes, until the line is quiet."""
        for _ in range(_MOST_NOISE):
            await self._clock.sleep_ms(_QUIET_MS)
            if not self._take():
                break
            self._drop()
        self._decoder.clear()

    def overwrite(self) -> None:
        """Leave nothing in memory of what was received."""
        self._decoder.overwrite()
        self._buf[:] = bytes(len(self._buf))

    def drown(self, question: bytes, sleep_ms: "Callable[[int], object]", pause_ms: int) -> None:
        """As `overwrite`, and have the module talk until its answers fill the port's own buffer.

        `question`: a message that it answers; `sleep_ms` blocks, for `pause_ms` after each.
        """
        said = ACK  # cancels what it is doing
        for _ in range(1 + _TALKS):
            self._uart.write(said)
            sleep_ms(pause_ms)
            self._drop()
            said = encode(question)
        self.overwrite()

    def close(self) -> None:
        """Give the UART back."""
        self._uart.deinit()

    def _take(self) -> int:
        # Never ask for more than there is: the port would wait for it, and block all else.
        chunk = self._view[: min(self._uart.any(), len(self._view))]
        count = self._uart.readinto(chunk) or 0 if len(chunk) else 0
        self._decoder.push(chunk[:count])
        return count

    def _drop(self) -> None:
        for _ in range(_TAKES):  # a noisy line never falls silent
            if not self._take():
                break

    async def _write(self, data: bytes) -> None:
        sent = self._uart.write(data) or 0
        while sent < len(data):
            await self._clock.sleep_ms(1)
            sent += self._uart.write(memoryview(data)[sent:]) or 0

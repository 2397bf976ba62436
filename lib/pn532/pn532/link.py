"""The seam below the driver: a link moves bytes between host and PN532 and knows no command.

`hsu.HSU`, `i2c.I2C` and `spi.SPI` are links; so is any other class that has these attributes.
Constructing a link does no I/O. When its bus fails it raises the port's own OSError. Facts about
the buses, and their grades ([UM] and so on): docs/pn532.md.
"""

TYPE_CHECKING = False  # type checkers take it for true; nothing here is needed at run time
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Protocol

    class Clock(Protocol):
        """Time in milliseconds: `clock`, or a test's own."""

        def ticks_ms(self) -> int:
            """Return the time, which may wrap around."""

        def ticks_add(self, ticks: int, delta: int) -> int:
            """Return the time `delta` after `ticks`."""

        def ticks_diff(self, ticks1: int, ticks2: int) -> int:
            """Return the time from `ticks2` to `ticks1`."""

        async def sleep_ms(self, ms: int) -> None:
            """Wait and let other tasks run."""

    class Link(Protocol):
        """What the driver asks of a link.

        `read_data` and `write_data` may be coroutine functions. The links here make a coroutine
        only when they have to wait: on a microcontroller each costs 0.1 ms.
        """

        #: The clock by which the driver measures its time-outs, too.
        clock: Clock
        #: Baud rates to find a chip at, slow one first; empty where there is nothing to change.
        speeds: tuple[int, ...]
        #: Whether every read begins with a new frame (I2C, SPI), or bytes just follow (HSU).
        whole_frames: bool

        async def wakeup(self) -> None:
            """Wake the chip from power-down; it then expects SAMConfiguration."""

        async def wait_ready(self, timeout_ms: int) -> bool:
            """Tell whether the chip has something for the host within `timeout_ms`."""

        def read_data(self, n: int) -> "memoryview | Awaitable[memoryview]":
            """Return the next 1 to `n` bytes, valid until the next call; none: it is silent.

            Returns them if they are there, else what to await for them: HSU has to wait for the
            rest of a frame that is still on the line, I2C before it tries a transfer again.
            """

        def end_frame(self) -> None:
            """Note that the frame being read is complete, or given up."""

        def write_data(self, buf: "bytes | bytearray | memoryview") -> "Awaitable[None] | None":
            """Send a whole frame. Returns None if it is sent, else what to await for the rest."""

        def overwrite(self) -> None:
            """Leave nothing in memory of what was read."""

        async def reset(self) -> bool:
            """Pulse RSTPDN; False if it is not wired."""

        async def set_baudrate(self, baudrate: int) -> None:
            """Speak at `baudrate` from now on. Only called where `speeds` has any."""

        def close(self) -> None:
            """Give the bus back."""

"""What a link is: it moves bytes between host and PN532 and knows no command.

Constructing one does no I/O. `hsu`, `i2c` and `spi` are links; anything else that has these
attributes is one too. Errors of the bus are the port's own OSError.
"""

TYPE_CHECKING = False  # type checkers take it for true; nothing here is needed at run time
if TYPE_CHECKING:
    from typing import Protocol

    class Link(Protocol):
        """The seam below `handshake`."""

        #: Baud rates to find a chip at, slow one first; empty where there is nothing to change.
        speeds: tuple[int, ...]
        #: Whether every read begins with a new frame (I2C, SPI), or bytes just follow (HSU).
        whole_frames: bool

        async def wakeup(self) -> None:
            """Wake the chip from power-down; it then expects SAMConfiguration."""

        async def wait_ready(self, timeout_ms: int) -> bool:
            """Tell whether the chip has something for the host within `timeout_ms`."""

        async def read_data(self, n: int) -> memoryview:
            """Return 1 to `n` bytes that follow, valid until the next call; none: it is silent."""

        def end_frame(self) -> None:
            """The frame being read is complete, or given up."""

        async def write_data(self, buf: bytes | bytearray | memoryview) -> None:
            """Send a whole frame."""

        async def reset(self) -> bool:
            """Pulse RSTPDN; False if it is not wired."""

        async def set_baudrate(self, baudrate: int) -> None:
            """Speak at `baudrate` from now on. Only where `speeds` has any."""

        def close(self) -> None:
            """Give the bus back."""

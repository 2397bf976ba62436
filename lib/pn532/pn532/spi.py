"""SPI link: mode 0, least significant bit first, up to 5 MHz. Seam: see `link`.

A transfer begins with DW 01 (write), SR 02 (status, bit 0: ready) or DR 03 (read). A whole answer
is read under one chip select [UM], which stays low from the first byte to `end_frame`. A transfer
blocks the event loop: 0.4 ms for the longest frame at 5 MHz, 2 ms at 1 MHz.
"""

from .const import const
from .ready import Ready, or_own, pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable

    from machine import SPI as Bus
    from machine import Pin, Timer

    from .link import Clock

_DATA_WRITE = b"\x01"
_STATUS_READ = b"\x02"
_DATA_READ = b"\x03"
_WAKE_MS = const(2)
# Bytes in one transfer. From 32 on MicroPython's rp2 port uses DMA, which waits for ever if the
# receiver overruns once (machine_spi.c, v1.28).
_MOST = const(31)


def _reversed_bytes() -> bytes:
    """Return the table of all bytes with their bits in reverse order."""
    table = bytearray(256)
    for byte in range(256):
        for bit in range(8):
            if byte & 1 << bit:
                table[byte] |= 0x80 >> bit
    return bytes(table)


class SPI:
    """A PN532 on a `machine.SPI`. Does no I/O before the first call of a coroutine.

    bus        mode 0, with firstbit=SPI.LSB where the port has that
    select     a `machine.Pin`, output and high: the chip select
    irq        a `machine.Pin`, input, on P70_IRQ; None: not wired, the link polls
    timer      a `machine.Timer` of the link's own, for polling on an ESP32 (see `ready.Ready`)
    reset_pin  a `machine.Pin`, output and high, on RSTPDN; None: not wired
    lsb_first  False if `bus` sends the most significant bit first: the link then turns each byte
    clock      a `link.Clock`; None: MicroPython's own
    """

    speeds: "tuple[int, ...]" = ()
    whole_frames = True

    def __init__(
        self,
        bus: "Bus",
        select: "Pin",
        *,
        irq: "Pin | None" = None,
        timer: "Timer | None" = None,
        reset_pin: "Pin | None" = None,
        lsb_first: bool = True,
        clock: "Clock | None" = None,
    ) -> None:
        self.clock = or_own(clock)
        self._bus = bus
        self._select = select
        self._reset_pin = reset_pin
        self._table = None if lsb_first else _reversed_bytes()
        self._ready = Ready(self.clock, self._is_ready, irq, timer)
        self._status = memoryview(bytearray(1))
        self._buf = bytearray(320)
        self._view = memoryview(self._buf)
        self._reading = False

    async def wakeup(self) -> None:
        """Hold the chip select low for about 2 ms."""
        self.end_frame()
        self._select.value(0)
        await self.clock.sleep_ms(_WAKE_MS)
        self._select.value(1)

    def wait_ready(self, timeout_ms: int) -> "Awaitable[bool]":
        """Wait up to `timeout_ms` until the chip has a frame for the host."""
        self.end_frame()
        return self._ready.wait(timeout_ms)

    def read_data(self, n: int) -> memoryview:
        """Return the next `n` bytes of the frame, under the chip select of the first."""
        view = self._view[: min(n, len(self._buf))]
        if not self._reading:
            self._reading = True
            self._select.value(0)
            self._put(_DATA_READ)
        for at in range(0, len(view), _MOST):
            self._bus.readinto(view[at : at + _MOST])
        self._turn(view)
        return view

    def write_data(self, buf: "bytes | bytearray | memoryview") -> None:
        """Send a whole frame under one chip select."""
        self.end_frame()
        view = memoryview(buf)
        if self._table:
            view = self._view[: len(buf)]
            view[:] = buf
            self._turn(view)
        self._select.value(0)
        self._put(_DATA_WRITE)
        for at in range(0, len(view), _MOST):
            self._bus.write(view[at : at + _MOST])
        self._select.value(1)

    def end_frame(self) -> None:
        """End the read: chip select high."""
        if self._reading:
            self._reading = False
            self._select.value(1)

    def overwrite(self) -> None:
        """Leave nothing in memory of what was read."""
        self._buf[:] = bytes(len(self._buf))

    async def reset(self) -> bool:
        """Pulse RSTPDN. Returns False if it is not wired."""
        return await pulse(self.clock, self._reset_pin)

    async def set_baudrate(self, baudrate: int) -> None:
        """Do nothing: the bus has its speed."""

    def close(self) -> None:
        """Give the bus back."""
        self.end_frame()
        self._ready.close()
        self._bus.deinit()

    def _is_ready(self) -> bool:
        self._select.value(0)
        self._put(_STATUS_READ)
        self._bus.readinto(self._status)
        self._select.value(1)
        self._turn(self._status)
        return bool(self._status[0] & 0x01)

    def _put(self, byte: bytes) -> None:
        if self._table:
            byte = bytes((self._table[byte[0]],))
        self._bus.write(byte)

    def _turn(self, view: memoryview) -> None:
        """Reverse the bits of each byte, in place, where the port cannot."""
        if self._table:
            for i in range(len(view)):
                view[i] = self._table[view[i]]

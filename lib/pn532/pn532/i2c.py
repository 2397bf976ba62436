"""I2C link: the PN532 at address 0x24, up to 400 kHz. Seam: see `link`.

Every read begins with a status byte (bit 0: ready) and starts the frame over. So the link polls
that one byte, then reads the frame in one piece; if the frame turns out longer, it reads it once
more, to its end [UM]. The chip stretches the clock for 440 µs and more. A transfer blocks the
event loop: 6 ms for the longest frame at 400 kHz.
"""

import errno

from .const import const
from .ready import Ready, or_own, pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from machine import I2C as Bus
    from machine import Pin, Timer

    from .link import Clock

_ADDRESS = const(0x24)
_PAUSE_MS = const(2)
_CLOCKS = const(9)
# ENODEV: the chip is asleep or busy. ETIMEDOUT: it stretched the clock for too long.
_RETRY = (19, errno.ETIMEDOUT, errno.EIO)


class I2C:
    """A PN532 on a `machine.I2C`. Does no I/O before the first call of a coroutine.

    bus        at 400 kHz or less
    irq        a `machine.Pin`, input, on P70_IRQ; None: not wired, the link polls
    timer      a `machine.Timer` of the link's own, for polling on an ESP32 (see `ready.Ready`)
    reset_pin  a `machine.Pin`, output and high, on RSTPDN; None: not wired
    recover    a coroutine function, called when the bus stays stuck and after every reset: it
               frees the bus (see `clear_bus`), makes the `machine.I2C` anew and returns it.
               None: the link goes on with `bus` as it is
    clock      a `link.Clock`; None: MicroPython's own
    """

    speeds: "tuple[int, ...]" = ()
    whole_frames = True

    def __init__(
        self,
        bus: "Bus",
        *,
        irq: "Pin | None" = None,
        timer: "Timer | None" = None,
        reset_pin: "Pin | None" = None,
        recover: "Callable[[], Awaitable[Bus]] | None" = None,
        clock: "Clock | None" = None,
    ) -> None:
        self.clock = or_own(clock)
        self._bus = bus
        self._reset_pin = reset_pin
        self._recover = recover
        self._ready = Ready(self.clock, self._is_ready, irq, timer)
        self._status = bytearray(1)
        self._buf = bytearray(320)
        self._view = memoryview(self._buf)
        self._done = 0  # how many bytes of the frame `read_data` has returned

    async def wakeup(self) -> None:
        """Address the chip: that wakes it, and it stretches the clock until it is awake."""
        pending = self._try(self._read_status)
        if pending:
            await pending

    def wait_ready(self, timeout_ms: int) -> "Awaitable[bool]":
        """Wait up to `timeout_ms` until the chip has a frame for the host."""
        self._done = 0
        return self._ready.wait(timeout_ms)

    def read_data(self, n: int) -> "memoryview | Awaitable[memoryview]":
        """Return the next `n` bytes of the frame, reading it from its beginning again."""
        start = self._done
        self._done = min(start + n, len(self._buf) - 1)
        pending = self._try(self._read_frame)
        view = self._view[1 + start : 1 + self._done]
        return self._after(pending, view) if pending else view

    async def _after(self, pending: "Awaitable[None]", view: memoryview) -> memoryview:
        await pending
        return view

    def write_data(self, buf: "bytes | bytearray | memoryview") -> "Awaitable[None] | None":
        """Send a whole frame in one transfer."""
        self._done = 0
        self._frame = buf
        return self._try(self._write_frame)

    def end_frame(self) -> None:
        """End the frame: the next read begins another one."""
        self._done = 0

    def overwrite(self) -> None:
        """Leave nothing in memory of what was read."""
        self._buf[:] = bytes(len(self._buf))

    async def reset(self) -> bool:
        """Pulse RSTPDN; then recover the bus. Returns False if RSTPDN is not wired."""
        pulsed = await pulse(self.clock, self._reset_pin)
        await self._unstick()
        return pulsed

    async def set_baudrate(self, baudrate: int) -> None:
        """Do nothing: the bus has its speed."""

    def close(self) -> None:
        """Let go of the IRQ line; the bus needs no closing."""
        self._ready.close()

    def _is_ready(self) -> bool:
        try:
            self._read_status()
        except OSError as error:
            if error.errno not in _RETRY:
                raise
            return False
        return bool(self._status[0] & 0x01)

    def _read_status(self) -> None:
        self._bus.readfrom_into(_ADDRESS, self._status)

    def _read_frame(self) -> None:
        self._bus.readfrom_into(_ADDRESS, self._view[: 1 + self._done])

    def _write_frame(self) -> None:
        self._bus.writeto(_ADDRESS, self._frame)

    def _try(self, transfer: "Callable[[], None]") -> "Awaitable[None] | None":
        """Do a transfer; after an error that may pass return what to await for more tries."""
        try:
            transfer()
        except OSError as error:
            if error.errno not in _RETRY:
                raise
            return self._retry(transfer)
        return None

    async def _retry(self, transfer: "Callable[[], None]") -> None:
        """Try twice more, the last time on a freed bus."""
        for last in (False, True):
            await self.clock.sleep_ms(_PAUSE_MS)
            if last:
                await self._unstick()
            try:
                return transfer()
            except OSError as error:
                if last or error.errno not in _RETRY:
                    raise

    async def _unstick(self) -> None:
        if self._recover is not None:
            self._bus = await self._recover()


async def clear_bus(scl: "Pin", sda: "Pin", clock: "Clock | None" = None) -> None:
    """Clear a stuck bus (UM10204, 3.1.16): up to nine clocks, then a stop condition.

    A chip that was left in the middle of a byte then lets go of SDA. `scl` and `sda`:
    `machine.Pin`s, open-drain and high. Make the `machine.I2C` anew afterwards: it has lost them.
    """
    clock = or_own(clock)
    for _ in range(_CLOCKS):
        if sda.value():
            break
        scl.value(0)
        await clock.sleep_ms(1)
        scl.value(1)
        await clock.sleep_ms(1)
    sda.value(0)  # a stop condition: SDA rises while SCL is high
    sda.value(1)

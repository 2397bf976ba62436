"""Waiting until the chip is ready.

On HSU the chip is ready once bytes have come. On I2C and SPI it pulls its IRQ line low
(SAMConfiguration switches that on); without the line the link polls the status byte, every
millisecond at first, slower later.
"""

import asyncio
import io

from .const import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from machine import Pin, Timer

    from .link import Clock

_FAST_MS = const(50)  # poll every millisecond for that long: most cards have answered by then
_SLOWEST_MS = const(10)
_NAP_MS = const(500)  # of the alarm, at most: longer than a survey takes, so that few pay for it
_POLL = const(3)  # MP_STREAM_POLL
_READABLE = const(1)  # MP_STREAM_POLL_RD
_RESET_MS = const(20)
_BOOT_MS = const(10)


class Wait(io.IOBase):
    """Waits for something that an interrupt tells of, or asyncio's poller sees, or for a time-out.

    It makes no task for each wait, as `asyncio.wait_for` does: that would take a microcontroller
    as long as the rest of an exchange. One alarm serves many waits.

    is_there  tells whether it is there
    told      whether an interrupt calls `wake`; else the poller asks `is_there` as it wakes
    """

    def __init__(self, clock: "Clock", is_there: "Callable[[], bool]") -> None:
        self.told = False
        self._clock = clock
        self._is_there = is_there
        self._stream: "asyncio.StreamReader | None" = None
        self._waiting = False
        self._over = False
        self._deadline = 0
        self._rings_at: "int | None" = None  # when the alarm looks next; None: it is off
        # What asyncio's StreamReader calls as the wait is over: of 0 bytes it makes nothing.
        self.read = bytes

    def wake(self, _: object) -> None:
        """Look whether it is there: the interrupt's handler.

        An ESP32's poller sleeps until the next tick of 10 ms, unless an interrupt wakes it. An
        RP2040's sleeps no more once it has asked a UART for its bytes, as that signals an event.
        """
        self._over = self._over or self._is_there()

    async def until(self, timeout_ms: int) -> None:
        """Return as soon as it is there, at the latest after `timeout_ms`."""
        self._over = False  # first: an interrupt may come while this looks
        if timeout_ms <= 0 or self._is_there():
            return
        if self._stream is None:
            self._stream = asyncio.StreamReader(self)
        clock = self._clock
        now = clock.ticks_ms()
        self._deadline = clock.ticks_add(now, timeout_ms)
        rings_at = self._rings_at
        # One that is overdue belonged to an event loop that was ended.
        if rings_at is None or not 0 <= clock.ticks_diff(rings_at, now) <= timeout_ms:
            self._rings_at = clock.ticks_add(now, min(timeout_ms, _NAP_MS))
            asyncio.create_task(self._alarm(self._rings_at))
        self._waiting = True
        try:
            await self._stream.read(0)
        finally:
            self._waiting = False

    async def _alarm(self, rings_at: int) -> None:
        """End the wait that lasts too long. The alarm is off once it rings and nobody waits."""
        clock = self._clock
        while rings_at == self._rings_at:  # else an earlier alarm has taken over
            await clock.sleep_ms(max(0, clock.ticks_diff(rings_at, clock.ticks_ms())))
            if rings_at != self._rings_at:
                break
            now = clock.ticks_ms()
            left = clock.ticks_diff(self._deadline, now)
            if left <= 0 or not self._waiting:
                self._over = True
                self._rings_at = None
                break
            self.wake(None)  # in case an interrupt was lost
            rings_at = self._rings_at = clock.ticks_add(now, min(left, _NAP_MS))

    def ioctl(self, request: int, flags: int) -> int:
        """Tell the poller whether the wait is over; -1 to all other requests."""
        if request != _POLL:
            return -1
        return flags & _READABLE if self._over or not self.told and self._is_there() else 0


class Ready:
    """Tells when one chip is ready.

    is_ready  reads the chip's status byte and tells what it says
    irq       a `machine.Pin` on P70_IRQ; None: poll `is_ready`
    timer     a `machine.Timer` that ends each of the short pauses while the link polls, for a
              port whose asyncio waits in longer steps than a millisecond (ESP32); None: asyncio
              does it
    """

    def __init__(
        self,
        clock: "Clock",
        is_ready: "Callable[[], bool]",
        irq: "Pin | None" = None,
        timer: "Timer | None" = None,
    ) -> None:
        self._clock = clock
        self._is_ready = is_ready
        self._irq = irq
        self._timer = timer
        self._ticked = False
        self._wait = Wait(clock, self._is_low if irq else self._has_ticked)

    def _is_low(self) -> bool:
        # Trust the level, not the edge: the edge may belong to a frame already read.
        return not self._irq.value()

    def _has_ticked(self) -> bool:
        return self._ticked

    def _tick(self, timer: "Timer") -> None:
        self._ticked = True
        self._wait.wake(timer)

    async def wait(self, timeout_ms: int) -> bool:
        """Return True as soon as the chip is ready, False after `timeout_ms`."""
        if self._irq is None:
            return self._is_ready() or await self._poll(timeout_ms)
        if not self._wait.told:
            self._wait.told = True
            self._irq.irq(self._wait.wake, self._irq.IRQ_FALLING)
        await self._wait.until(timeout_ms)
        return self._is_low()

    async def _poll(self, timeout_ms: int) -> bool:
        begin = self._clock.ticks_ms()
        waited = 0
        while waited < timeout_ms:
            if self._timer and waited < _FAST_MS:
                await self._next_tick(self._timer)
            else:
                pause = 1 if waited < _FAST_MS else min(_SLOWEST_MS, waited // _FAST_MS)
                await self._clock.sleep_ms(min(pause, timeout_ms - waited))
            if self._is_ready():
                return True
            waited = self._clock.ticks_diff(self._clock.ticks_ms(), begin)
        return False

    async def _next_tick(self, timer: "Timer") -> None:
        # One tick at a time: no more follow if the wait is cancelled, or Ctrl-C ends the loop.
        self._ticked = False
        self._wait.told = True
        timer.init(period=1, mode=timer.ONE_SHOT, callback=self._tick)
        await self._wait.until(_NAP_MS)

    def close(self) -> None:
        """Let go of the IRQ line, and of the timer."""
        if self._wait.told:
            if self._irq is not None:
                self._irq.irq(None)
            elif self._timer is not None:
                self._timer.deinit()
            self._wait.told = False


async def pulse(clock: "Clock", reset_pin: "Pin | None") -> bool:
    """Pulse RSTPDN and let the chip boot. Returns False if `reset_pin` is None: not wired."""
    if reset_pin is None:
        return False
    reset_pin.value(0)
    await clock.sleep_ms(_RESET_MS)
    reset_pin.value(1)
    await clock.sleep_ms(_BOOT_MS)
    return True


def or_own(clock: "Clock | None") -> "Clock":
    """Return `clock`, or MicroPython's own if it is None."""
    if clock is None:
        from . import clock as own

        return own  # type: ignore[return-value]  # its stub counts ticks in a type of their own
    return clock

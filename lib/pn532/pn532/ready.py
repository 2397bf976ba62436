"""Waiting until the chip is ready, on the links where the host has to ask: I2C and SPI.

With the IRQ line (low: an answer is ready; SAMConfiguration switches it on) the link waits for an
edge. Without it the link polls the status byte: every millisecond at first, slower later.
"""

import asyncio

from .const import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from machine import Pin

    from .link import Clock

_FAST_MS = const(50)  # poll every millisecond for that long: most cards have answered by then
_SLOWEST_MS = const(10)
_RESET_MS = const(20)
_BOOT_MS = const(10)


class Ready:
    """Tells when one chip is ready.

    is_ready  reads the chip's status byte and tells what it says
    irq       a `machine.Pin` on P70_IRQ; None: poll `is_ready`
    """

    def __init__(
        self, clock: "Clock", is_ready: "Callable[[], bool]", irq: "Pin | None" = None
    ) -> None:
        self._clock = clock
        self._is_ready = is_ready
        self._irq = irq
        self._flag: "asyncio.ThreadSafeFlag | None" = None

    def sent(self) -> None:
        """Forget an edge seen so far: the host has sent something new."""
        if self._flag:
            self._flag.clear()

    async def wait(self, timeout_ms: int) -> bool:
        """Return True as soon as the chip is ready, False after `timeout_ms`."""
        if self._irq is None:
            return await self._poll(timeout_ms)
        if self._flag is None:
            self._flag = asyncio.ThreadSafeFlag()
            self._irq.irq(self._on_edge, self._irq.IRQ_FALLING)
        begin = self._clock.ticks_ms()
        left = timeout_ms
        # Trust the level, not the edge: the edge may belong to a frame already read.
        while self._irq.value() and left > 0:
            try:
                await asyncio.wait_for(self._flag.wait(), left / 1000)
            except asyncio.TimeoutError:
                break
            left = timeout_ms - self._clock.ticks_diff(self._clock.ticks_ms(), begin)
        return not self._irq.value()

    def _on_edge(self, _: "Pin") -> None:
        self._flag.set()

    async def _poll(self, timeout_ms: int) -> bool:
        begin = self._clock.ticks_ms()
        while not self._is_ready():
            waited = self._clock.ticks_diff(self._clock.ticks_ms(), begin)
            if waited >= timeout_ms:
                return False
            pause = 1 if waited < _FAST_MS else min(_SLOWEST_MS, waited // _FAST_MS)
            await self._clock.sleep_ms(min(pause, timeout_ms - waited))
        return True

    def close(self) -> None:
        """Let go of the IRQ line."""
        if self._flag:
            self._irq.irq(None)
            self._flag = None


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

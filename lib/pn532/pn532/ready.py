"""Waiting until the chip is ready, for links where it does not speak first: I2C and SPI.

With the IRQ line (low: an answer is ready; SAMConfiguration with IRQ on) the edge is awaited and
nothing is polled. Without it the status byte is polled, at a pace that fits what is waited for.
"""

import asyncio

from .frame import const

_FAST_MS = const(50)  # a card's usual time: ask every millisecond that long
_SLOWEST_MS = const(10)
_RESET_MS = const(20)
_BOOT_MS = const(10)


class Ready:
    """The ready state of one chip."""

    def __init__(self, clock, is_ready, irq=None):
        """`is_ready()` asks the chip's status byte. `irq`: a `machine.Pin`, or None."""
        self._clock = clock
        self._is_ready = is_ready
        self._irq = irq
        self._flag = None

    def sent(self):
        """The host has sent something: what the line said before is of no meaning any more."""
        if self._flag:
            self._flag.clear()

    async def wait(self, timeout_ms):
        """Return True as soon as the chip is ready, False after `timeout_ms`."""
        if self._irq is None:
            return await self._poll(timeout_ms)
        if self._flag is None:
            self._flag = asyncio.ThreadSafeFlag()
            self._irq.irq(self._on_edge, self._irq.IRQ_FALLING)
        begin = self._clock.ticks_ms()
        left = timeout_ms
        # The line has the last word: an edge may be that of a frame which was read long ago.
        while self._irq.value() and left > 0:
            try:
                await asyncio.wait_for(self._flag.wait(), left / 1000)
            except asyncio.TimeoutError:
                break
            left = timeout_ms - self._clock.ticks_diff(self._clock.ticks_ms(), begin)
        return not self._irq.value()

    def _on_edge(self, _):
        self._flag.set()

    async def _poll(self, timeout_ms):
        begin = self._clock.ticks_ms()
        while not self._is_ready():
            waited = self._clock.ticks_diff(self._clock.ticks_ms(), begin)
            if waited >= timeout_ms:
                return False
            pause = 1 if waited < _FAST_MS else min(_SLOWEST_MS, waited // _FAST_MS)
            await self._clock.sleep_ms(min(pause, timeout_ms - waited))
        return True

    def close(self):
        """Let go of the IRQ line."""
        if self._flag:
            self._irq.irq(None)
            self._flag = None


async def pulse(clock, reset_pin):
    """Pulse RSTPDN, a `machine.Pin`, and let the chip boot; False if it is None, not wired."""
    if reset_pin is None:
        return False
    reset_pin.value(0)
    await clock.sleep_ms(_RESET_MS)
    reset_pin.value(1)
    await clock.sleep_ms(_BOOT_MS)
    return True

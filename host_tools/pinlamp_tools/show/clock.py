"""A PC's clock, as the modules that also run on a device want one."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """Milliseconds that never go back. The class itself is the clock."""

    sleep_ms = staticmethod(lambda ms: asyncio.sleep(ms / 1000))
    ticks_ms = staticmethod(lambda: time.monotonic_ns() // 1_000_000)
    ticks_add = staticmethod(lambda ticks, delta: ticks + delta)
    ticks_diff = staticmethod(lambda end, start: end - start)

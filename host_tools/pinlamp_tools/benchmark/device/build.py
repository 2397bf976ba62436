# mypy: ignore-errors
"""On a device, over the REPL: print as JSON which build it is, and how its clock waits."""

import asyncio
import gc
import json
import sys
from time import ticks_diff, ticks_us

import machine

_SLEEPS = 24


async def _sleeps():
    """Return how long `await sleep_ms(1)` really takes, in µs: the middle one, and the longest."""
    found = []
    for _ in range(_SLEEPS):
        start = ticks_us()
        await asyncio.sleep_ms(1)
        found.append(ticks_diff(ticks_us(), start))
    found.sort()
    return {"median": found[_SLEEPS // 2], "max": found[-1]}


me = sys.implementation
gc.collect()
asyncio.new_event_loop()
uart = machine.UART
print(
    json.dumps(
        {
            "platform": sys.platform,
            "release": list(me.version[:3]),
            "machine": getattr(me, "_machine", ""),
            "build": getattr(me, "_build", ""),
            "mpy": getattr(me, "_mpy", 0) & 255,
            "hz": machine.freq(),
            "free": gc.mem_free(),
            "uart_irq": [name for name in ("IRQ_RX", "IRQ_RXIDLE") if hasattr(uart, name)],
            "sleep_1ms_us": asyncio.run(_sleeps()),
        }
    )
)

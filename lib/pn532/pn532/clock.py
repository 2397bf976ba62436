"""The clock that a driver is given on a device: MicroPython's own ticks, in milliseconds.

Not imported by the driver itself: tests, and everything under CPython, give it another one.
"""

from asyncio import sleep_ms
from time import ticks_add, ticks_diff, ticks_ms

__all__ = ("sleep_ms", "ticks_add", "ticks_diff", "ticks_ms")

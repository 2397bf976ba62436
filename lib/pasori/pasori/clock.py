"""The default clock of a reader: MicroPython's own ticks, in milliseconds.

CPython has no such clock, so `rcs660s` imports this module only if it is given no other clock.
"""

from asyncio import sleep_ms
from time import ticks_add, ticks_diff, ticks_ms

__all__ = ("sleep_ms", "ticks_add", "ticks_diff", "ticks_ms")

"""The clock that everything shared takes its time from; tests inject another one."""

from asyncio import sleep_ms
from time import ticks_add, ticks_diff, ticks_ms

__all__ = ("sleep_ms", "ticks_add", "ticks_diff", "ticks_ms")

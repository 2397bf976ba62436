"""The watchdog resets a device that hangs."""

import asyncio

import machine

from micropython import const

from .restart import mean_it

# Longer than a card may take for one answer (4.95 s), and longer than the attempt to open a
# missing reader; within an RP2040's maximum of 8388 ms.
_WATCHDOG_MS = const(8000)
_FEED_MS = const(2000)
_wdt = None  # nothing stops a running one: it outlives the Watchdog, and `leave` feeds it
_timer = None  # an RP2040's timer stops when the collector frees it


class Watchdog:
    """The hardware watchdog, running from now on."""

    def __init__(self):
        """Start it; only a reset stops it."""
        global _wdt
        _wdt = machine.WDT(timeout=_WATCHDOG_MS)
        #: Puts the reset off: the device has just shown that it does not hang.
        self.feed = _wdt.feed


def leave():
    """Leave the device to the REPL: from now on a timer feeds the watchdog."""
    global _timer
    asyncio.new_event_loop()
    mean_it()  # however somebody leaves the REPL, it is no crash
    if _wdt is None:
        return
    try:
        _timer = machine.Timer(-1)
    except ValueError:  # the ESP32 has no virtual timers
        _timer = machine.Timer(0)
    _timer.init(period=_FEED_MS, mode=machine.Timer.PERIODIC, callback=lambda _: _wdt.feed())

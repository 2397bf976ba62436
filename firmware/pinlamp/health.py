"""Health: the watchdog, and crashes in a row counted across resets.

The third crash in a row starts the safe mode.
"""

import asyncio
import os

import machine

from micropython import const

# Longer than any card may take for one answer (4.95 s), and than opening a reader that is not
# there; within the 8388 ms that are an RP2040's most.
_WATCHDOG_MS = const(8000)

SAFE_AFTER = const(3)  # crashes in a row
_FILE = "crashes"
_RESTART = "restart"  # the reset that follows is meant, whatever the chip calls its cause
_SAFE = "safe"  # `pinlamp deploy` asks for the safe mode by it
_FEED_MS = const(2000)
_wdt = None  # the watchdog, once it runs
_timer = None  # feeds it while the REPL is used; an RP2040's stops once it is collected


def crashes():
    """Return how many crashes there were in a row before this start."""
    try:
        with open(_FILE) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def crashed():
    """Count one more crash."""
    count = crashes() + 1
    with open(_FILE, "w") as file:
        file.write(str(count))


def well():
    """The device has done its work: crashes before this moment are not in a row any more."""
    try:
        os.remove(_FILE)
    except OSError:
        pass


def restart():
    """Reset the chip on purpose: that is no crash, though an RP2040 calls it a watchdog's."""
    with open(_RESTART, "w"):
        pass
    machine.reset()


def count_hang():
    """Count a crash more if the last start ended by the watchdog: it hung, which is no better."""
    meant = _taken(_RESTART)
    if machine.reset_cause() == machine.WDT_RESET and not meant:
        crashed()


def safe_mode_asked():
    """Tell whether the safe mode was asked for; only for this start, and void after a power-up.

    So a cable that is pulled in the middle of a deployment leaves a working device.
    """
    return _taken(_SAFE) and machine.reset_cause() != machine.PWRON_RESET


def _taken(name):
    try:
        os.remove(name)
    except OSError:
        return False
    return True


def leave():
    """Leave the device to the REPL: a timer feeds the watchdog, which nothing can stop."""
    global _timer
    asyncio.new_event_loop()
    if _wdt is None:
        return
    try:
        _timer = machine.Timer(-1)
    except ValueError:  # the ESP32 has no virtual timers
        _timer = machine.Timer(0)
    _timer.init(period=_FEED_MS, mode=machine.Timer.PERIODIC, callback=lambda _: _wdt.feed())


class Watchdog:
    """The hardware watchdog: a device that hangs is reset, whatever hangs."""

    def __init__(self):
        """Start it; nothing stops it but a reset."""
        global _wdt
        _wdt = machine.WDT(timeout=_WATCHDOG_MS)

    def healthy(self):
        """A round with the reader has ended, well or with a fault that was dealt with."""
        _wdt.feed()

"""Health: the watchdog, and crashes in a row counted across resets.

The third crash in a row starts the safe mode.
"""

import asyncio
import os
import sys
import time

import machine

from micropython import const

# Longer than any card may take for one answer (4.95 s), and than opening a reader that is not
# there; within the 8388 ms that are an RP2040's most.
_WATCHDOG_MS = const(8000)

SAFE_AFTER = const(3)  # crashes in a row
_FILE = "crashes"
_RESTART = "restart"  # the reset that follows is meant, whatever the chip calls its cause
_RECORD = "record"  # `pinlamp record` asks for it
_SAFE = "safe"  # `pinlamp deploy` asks for the safe mode by it
# What there may be beside the files of files.json: settings, and what is written here.
OWN = ("settings.json", "settings.json.new", _FILE, _RESTART, _RECORD, _SAFE)
_FEED_MS = const(2000)
_CRASH_MS = const(1000)
_CRASH_LIGHT = (8, 0, 8)  # dim: of whatever strip, and within any budget
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
    _write(_FILE, str(crashes() + 1))


def _write(name, text):
    try:
        with open(name, "w") as file:
            file.write(text)
    except OSError:
        pass  # a full file system: what comes next matters more


def crash(error, board):
    """Show a crash on the whole strip of `board`, tell and count it; then restart the chip.

    `error`: the exception that ended the firmware. Returns only if the safe mode, due after three
    crashes, has crashed as well: then the REPL is left.
    """
    sys.print_exception(error, sys.stderr)  # type: ignore[arg-type]
    # Written out: `events` and json may be what failed, or there may be no memory for them.
    print('{"v":1,"type":"fault","code":"crash"}')
    board.fill(_CRASH_LIGHT)
    hopeless = crashes() >= SAFE_AFTER
    crashed()
    if not hopeless:
        time.sleep_ms(_CRASH_MS)  # nothing else runs any more
        restart()


def well():
    """The device has done its work: crashes before this moment are not in a row any more."""
    try:
        os.remove(_FILE)
    except OSError:
        pass


def restart():
    """Reset the chip on purpose: that is no crash, though an RP2040 calls it a watchdog's."""
    _write(_RESTART, "")
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


def recording_asked():
    """Tell whether the first tap of this start is to be recorded; void after a power-up too."""
    return _taken(_RECORD) and machine.reset_cause() != machine.PWRON_RESET


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
    _write(_RESTART, "")  # however the REPL is left, it is no crash
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
        """Feed the watchdog: a reader round ended, with or without a handled fault."""
        _wdt.feed()

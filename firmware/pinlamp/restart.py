"""Restarts: on purpose, after a crash, by the watchdog; and what this start was asked for.

Crashes in a row are counted across resets. The third one starts the safe mode.
"""

import os
import sys
import time

import machine

from micropython import const

from . import files

SAFE_AFTER = const(3)  # crashes in a row
_CRASH_MS = const(1000)
_CRASH_LIGHT = (8, 0, 8)  # dim: of whatever strip, and within any budget


def crashes():
    """Return how many crashes there were in a row before this start."""
    try:
        with open(files.CRASHES) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _crashed():
    _write(files.CRASHES, str(crashes() + 1))


def _write(name, text):
    try:
        with open(name, "w") as file:
            file.write(text)
    except OSError:
        pass  # a full file system: what comes next matters more


def crash(error, board):
    """Show a crash on the whole strip of `board`, tell and count it; then restart the chip.

    `error`: the exception that ended the firmware. Returns only if the safe mode, which starts
    after three crashes, has crashed as well: then the REPL is left.
    """
    sys.print_exception(error, sys.stderr)  # type: ignore[arg-type]
    # Written out: `events` and json may be what failed, or there may be no memory for them.
    print('{"v":1,"type":"fault","code":"crash"}')
    board.fill(_CRASH_LIGHT)
    hopeless = crashes() >= SAFE_AFTER
    _crashed()
    if not hopeless:
        time.sleep_ms(_CRASH_MS)  # nothing else runs any more
        now()


def well():
    """Note that the device has done its work: earlier crashes are not in a row any more."""
    _taken(files.CRASHES)


def now():
    """Reset the chip on purpose."""
    mean_it()
    machine.reset()


def mean_it():
    """Note that the next reset is no crash, though an RP2040 calls it the watchdog's."""
    _write(files.RESTART, "")


def count_hang():
    """Count a crash more if the last start ended by the watchdog: it hung, which is no better."""
    meant = _taken(files.RESTART)
    if machine.reset_cause() == machine.WDT_RESET and not meant:
        _crashed()


def safe_mode_asked():
    """Tell whether the safe mode was asked for. A wish counts for one start, not after power-up.

    So a cable that is pulled in the middle of a deployment leaves a working device.
    """
    return _taken(files.SAFE) and machine.reset_cause() != machine.PWRON_RESET


def recording_asked():
    """Tell whether this start has to record its first tap; not after a power-up either."""
    return _taken(files.RECORD) and machine.reset_cause() != machine.PWRON_RESET


def _taken(name):
    """Remove a file; tell whether it was there."""
    try:
        os.remove(name)
    except OSError:
        return False
    return True

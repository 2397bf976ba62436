"""Restarts: on purpose, after a crash, by the watchdog; and the requests to this start.

The count of crashes in a row survives resets. The third crash starts the safe mode.
"""

import os
import sys
import time

import machine

from micropython import const

from . import files

SAFE_AFTER = const(3)  # crashes in a row
_CRASH_MS = const(1000)
_CRASH_LIGHT = (8, 0, 8)  # dim: fits every strip and every power budget


def crashes():
    """Return how many crashes there were in a row before this start."""
    try:
        with open(files.CRASHES) as file:
            return int(file.read(4))  # no more, whatever somebody has written there
    except (OSError, ValueError):
        return 0


def _crashed():
    _write(files.CRASHES, str(crashes() + 1))


def _write(name, text):
    try:
        with open(name, "w") as file:
            file.write(text)
    except OSError:
        pass  # a full file system: the next step matters more


def crash(error, board):
    """Show a crash on the whole strip of `board`, tell and count it; then restart the chip.

    `error`: the exception that ended the firmware. After three crashes the safe mode starts. If
    that crashes as well, this returns, and only the REPL is left.
    """
    sys.print_exception(error, sys.stderr)  # type: ignore[arg-type]
    # Written by hand: `events` and json may have failed, or may lack the memory.
    print('{"v":1,"type":"fault","code":"crash"}')
    board.fill(_CRASH_LIGHT)
    board.forget()
    hopeless = crashes() >= SAFE_AFTER
    _crashed()
    if not hopeless:
        time.sleep_ms(_CRASH_MS)  # nothing else runs now
        now()


def well():
    """Note that the device has done its work: this ends a row of crashes."""
    _taken(files.CRASHES)


def now():
    """Reset the chip on purpose."""
    mean_it()
    machine.reset()


def mean_it():
    """Note that the next reset is no crash, whatever cause the chip will name.

    An RP2040 names the watchdog for each of its resets, and still after a soft reset.
    """
    _write(files.RESTART, "")


def count_hang():
    """Count another crash if a reset that nobody wanted ended the last start.

    That is the watchdog's, or a HARD_RESET: an ESP32 names so its own resets and a panic in C
    alike (modmachine.c). An RP2040 has no such cause.
    """
    meant = _taken(files.RESTART)
    unwanted = machine.WDT_RESET, getattr(machine, "HARD_RESET", None)
    if machine.reset_cause() in unwanted and not meant:
        _crashed()


def safe_mode_asked():
    """Tell whether somebody asked for the safe mode: for one start, and never after power-up.

    So a cable pulled in the middle of a deployment leaves a working device.
    """
    return _taken(files.SAFE) and machine.reset_cause() != machine.PWRON_RESET


def recording_asked():
    """Tell whether this start must record its first tap; never after power-up."""
    return _taken(files.RECORD) and machine.reset_cause() != machine.PWRON_RESET


def _taken(name):
    """Remove a file; tell whether it was there."""
    try:
        os.remove(name)
    except OSError:
        return False
    return True

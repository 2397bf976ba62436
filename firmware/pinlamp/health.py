"""Health: the watchdog, and crashes in a row counted across resets.

The third crash in a row starts the safe mode.
"""

import os

import machine

from micropython import const

# Longer than any card may take for one answer (4.95 s), and than opening a reader that is not
# there; within the 8388 ms that are an RP2040's most.
_WATCHDOG_MS = const(8000)

SAFE_AFTER = const(3)  # crashes in a row
_FILE = "crashes"


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


class Watchdog:
    """The hardware watchdog: a device that hangs is reset, whatever hangs."""

    def __init__(self):
        """Start it; nothing stops it but a reset."""
        self._wdt = machine.WDT(timeout=_WATCHDOG_MS)

    def healthy(self):
        """A round with the reader has ended, well or with a fault that was dealt with."""
        self._wdt.feed()

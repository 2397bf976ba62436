"""Health: crashes in a row counted across resets, and the safe mode that the third one starts."""

import os

from micropython import const

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

"""How a lamp looks: colour, pattern and level for every state of a key and of the device.

All patterns share one 2-second cycle, in phase. Colours are those of the Color Universal Design
palette (ver. 4), converted from sRGB to LED drive (linear light). Each comes with a pattern.
"""

# `look` and `lamps`, `reader` and `tap` run on a PC as well, which has no micropython.const.

from mynacard import state

CYCLE_MS = 2000
BREATH_MS = 4000
NOTICE_MS = 2 * CYCLE_MS  # how long a notice stays
_MOVE_MS = 1000
_FLASH_MS = 333  # between the starts of two flashes: at most three a second

FULL = 255
_DIM = 64

OFF = (0, 0, 0)
GREEN = (0, 111, 50)  # bluish green
AMBER = (235, 104, 0)
RED = (255, 18, 0)  # orange-red
BLUE = (0, 26, 255)
VIOLET = (83, 0, 83)
WHITE = (255, 255, 255)


def flashes(count):
    """Return the pattern of 1 to 6 short flashes: (on, off) times in ms within a cycle."""
    return tuple([(i * _FLASH_MS, i * _FLASH_MS + 167) for i in range(count)])


STEADY = ((0, CYCLE_MS),)
_GAP = ((0, 1800),)
_BLINKS = ((0, 200), (400, 600))
_HALF = ((0, 1000),)

# state -> (colour, pattern, level)
STATES = {
    state.OK: (GREEN, STEADY, FULL),
    state.UNLIMITED: (GREEN, STEADY, FULL),
    state.USED: (AMBER, _GAP, FULL),
    state.LAST: (AMBER, _BLINKS, FULL),
    state.LOCKED: (RED, _HALF, FULL),
    state.BY_DESIGN: (BLUE, _HALF, FULL),
    state.NOT_ISSUED: (BLUE, STEADY, _DIM),
    state.NOT_SET: (BLUE, STEADY, _DIM),
    state.UNKNOWN: (VIOLET, flashes(1), FULL),
    state.NOT_REPORTED: (VIOLET, flashes(1), FULL),
    state.ABSENT: (OFF, STEADY, FULL),
}
DARK = STATES[state.ABSENT]
READING = (WHITE, STEADY, _DIM)
TEST = (WHITE, STEADY, FULL)

# Violet flashes of the overall lamp for a fault of the device or the tap.
NOT_READ = 1
SEVERAL = 2
OTHER_CARD = 3
READER_LOST = 4
SETTINGS = 5
SAFE_MODE = 6
DEVICE = tuple([(VIOLET, flashes(n), FULL) for n in range(7)])

WINK = 333  # a short white wink and its pause, in layout 1


def is_on(pattern, now_ms):
    """Tell whether a pattern is on at `now_ms`."""
    phase = now_ms % CYCLE_MS
    for start, end in pattern:
        if start <= phase < end:
            return True
    return False


def until_edge(pattern, now_ms):
    """Return the milliseconds until a pattern's next change; a whole cycle for a steady one."""
    phase = now_ms % CYCLE_MS
    for start, end in pattern:
        if phase < start:
            return start - phase
        if phase < end and end < CYCLE_MS:
            return end - phase
    return CYCLE_MS - phase


def breath(now_ms):
    """Return the overall lamp's level (0–255) when the device is ready: breathes, 4 s."""
    return _triangle(now_ms, BREATH_MS)


def motion(now_ms):
    """Return the overall lamp's level (0–255) during a read: rises and falls, 1 s."""
    return 32 + _triangle(now_ms, _MOVE_MS) * 7 // 8


def _triangle(now_ms, period):
    phase = now_ms % period * 2
    return (phase if phase < period else 2 * period - phase) * 255 // period

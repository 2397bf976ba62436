"""How a lamp looks, on paper: its two seconds from left to right, in its colour while it is lit.

Colour alone tells nobody anything on a grey printer. Patterns are those of the firmware's
`pinlamp.look`, which a test compares; it runs under MicroPython and cannot be imported here.
"""

from __future__ import annotations

from typing import NamedTuple

from .drawing import RGB, Drawing

CYCLE_MS = 2000


class Look(NamedTuple):
    """Colour on paper, (on, off) times in ms within a cycle, and whether the lamp is dim."""

    colour: RGB
    pattern: tuple[tuple[int, int], ...]
    dim: bool = False


# Of the Color Universal Design palette ver. 4; the amber and the dim blue as they look on paper.
_GREEN, _AMBER, _RED = (3, 175, 122), (246, 170, 0), (255, 75, 0)
_BLUE, _VIOLET, _DARK = (0, 90, 255), (153, 0, 153), (255, 255, 255)
_STEADY = ((0, CYCLE_MS),)


def _flashes(count: int) -> tuple[tuple[int, int], ...]:
    return tuple((index * 333, index * 333 + 167) for index in range(count))


LOOKS = {
    "ok": Look(_GREEN, _STEADY),
    "unlimited": Look(_GREEN, _STEADY),
    "used": Look(_AMBER, ((0, 1800),)),
    "last": Look(_AMBER, ((0, 200), (400, 600))),
    "locked": Look(_RED, ((0, 1000),)),
    "by_design": Look(_BLUE, ((0, 1000),)),
    "not_issued": Look(_BLUE, _STEADY, dim=True),
    "not_set": Look(_BLUE, _STEADY, dim=True),
    "unknown": Look(_VIOLET, _flashes(1)),
    "not_reported": Look(_VIOLET, _flashes(1)),
    "absent": Look(_DARK, _STEADY),
    # Of the device: its overall lamp, and every lamp after a crash.
    **{f"device_{count}": Look(_VIOLET, _flashes(count)) for count in range(1, 7)},
    "crash": Look(_VIOLET, _STEADY, dim=True),
}


def swatch(
    drawing: Drawing, x: float, y: float, state: str, width: float, height: float = 3.2
) -> None:
    """Draw the lamp in a state: a frame of that size (mm), filled while lit; dim is low."""
    look = LOOKS[state]
    tall = height / 2 if look.dim else height
    drawing.rect(x, y, width, height, _DARK, None)
    for start, end in look.pattern:
        left, long = x + start / CYCLE_MS * width, (end - start) / CYCLE_MS * width
        drawing.rect(left, y + height - tall, long, tall, look.colour, None)
    drawing.rect(x, y, width, height)

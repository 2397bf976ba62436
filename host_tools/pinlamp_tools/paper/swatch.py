"""A lamp on paper: its two seconds from left to right, in its colour while it is lit.

A grey printer loses the colour, so the pattern is drawn too. Both are those of the lamp itself,
`pinlamp.look`.
"""

from __future__ import annotations

from typing import NamedTuple

from pinlamp import look

from ..show import colours
from ..show.colours import RGB
from .drawing import Drawing

_WHITE = (255, 255, 255)


class Look(NamedTuple):
    """Colour on paper, (on, off) times in ms within a cycle, and whether the lamp is dim."""

    colour: RGB
    pattern: tuple[tuple[int, int], ...]
    dim: bool = False


def _of_state(state: str) -> Look:
    _, pattern, level = look.STATES[state]
    return Look(colours.LAMPS.get(colours.name(state), _WHITE), pattern, level < look.FULL)


_VIOLET = colours.LAMPS["violet"]
LOOKS = {
    **{state: _of_state(state) for state in look.STATES},
    # The device's own: flashes of its overall lamp, and every lamp after a crash.
    **{f"device_{n}": Look(_VIOLET, look.DEVICE[n][1]) for n in range(1, len(look.DEVICE))},
    "crash": Look(_VIOLET, look.STEADY, dim=True),
}


def swatch(
    drawing: Drawing, x: float, y: float, state: str, width: float, height: float = 3.2
) -> None:
    """Draw the lamp in a state: a frame of that size (mm), filled while lit; dim is low."""
    shown = LOOKS[state]
    tall = height / 2 if shown.dim else height
    drawing.rect(x, y, width, height, _WHITE, None)
    for start, end in shown.pattern:
        left, long = x + start / look.CYCLE_MS * width, (end - start) / look.CYCLE_MS * width
        drawing.rect(left, y + height - tall, long, tall, shown.colour, None)
    drawing.rect(x, y, width, height)

"""The colour of each state, wherever people see it: the colour of its lamp, in `pinlamp.look`.

A lamp's colour has a name here. To be readable, words need a shade of it for each ground: a
terminal of any colour, the dark screens of `run` and `watch`, the page by day and by night.
"""

from __future__ import annotations

from mynacard import state
from pinlamp import look

RGB = tuple[int, int, int]

_NAMES = {
    look.GREEN: "green",
    look.AMBER: "amber",
    look.RED: "red",
    look.BLUE: "blue",
    look.VIOLET: "violet",
    look.OFF: "",
}
# The Color Universal Design palette, version 4, as sRGB; the amber as it looks on paper.
LAMPS: dict[str, RGB] = {
    "green": (3, 175, 122),
    "amber": (246, 170, 0),
    "red": (255, 75, 0),
    "blue": (0, 90, 255),
    "violet": (153, 0, 153),
}
# A terminal's own colours: its user has chosen ones that can be read.
TERMINAL = {
    "green": "green",
    "amber": "yellow",
    "red": "red",
    "blue": "blue",
    "violet": "magenta",
}
# Titles of the guidance, on a white or a black terminal.
TITLES = {"red": "#e0480f", "blue": "#4f86f7", "amber": "#c98500", "violet": "#b04fb0"}
# Words on the dark screens of `run` and `watch`.
SCREEN = {"red": "#ff6a3d", "blue": "#7aa2ff", "amber": "#ffb454", "violet": "#c792ea"}
# Words on the page, in its light and its dark scheme.
PAGE_BY_DAY = {"red": "#b32d00", "blue": "#0047cc", "amber": "#7a5200", "violet": "#800080"}
PAGE_BY_NIGHT = {"red": "#ff8a5c", "blue": "#8fb4ff", "amber": "#ffc45c", "violet": "#e39ae3"}

_BOLD = (state.LOCKED, state.BY_DESIGN, state.LAST)


def name(found: str | None) -> str:
    """Return the name of a state's colour; an empty text for one without a colour."""
    return _NAMES[look.STATES[found][0]] if found in look.STATES else ""


def style(found: str | None, shades: dict[str, str], plain: str) -> str:
    """Return a state's style as `rich` writes it, in `shades`; `plain` for one without a shade."""
    shade = shades.get(name(found))
    if shade is None:
        return plain
    return f"bold {shade}" if found in _BOLD else shade


def striking(found: str | None, shades: dict[str, str], plain: str) -> str:
    """Return the same for a state whose lamp blinks; `plain` for all others."""
    blinks = found in look.STATES and look.STATES[found][1] != look.STEADY
    return style(found, shades, plain) if blinks else plain

"""The width of a printed text, estimated without its font."""

from __future__ import annotations

import unicodedata

from fpdf.fonts import CORE_FONTS_CHARWIDTHS

# Thousandths of an em. IPAexGothic's digits are 13 % wider than Helvetica's and its stroke nearly
# twice as wide; other fonts that may show an SVG are not much wider than Helvetica.
_HELVETICA: dict[str, int] = {**CORE_FONTS_CHARWIDTHS["helvetica"], "/": 440}
_WIDER = 1.14


def width(text: str) -> float:
    """Return the greatest width that a text can have, in ems (1 em is the size of its letters)."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    return _WIDER * _HELVETICA.get(letter, 700) / 1000

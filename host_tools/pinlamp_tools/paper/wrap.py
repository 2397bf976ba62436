"""Breaks text into lines that fit a width, without any font at hand."""

from __future__ import annotations

import re
import unicodedata

from fpdf.fonts import CORE_FONTS_CHARWIDTHS

# A word of the Latin script with the blanks behind it, or one other character.
_UNIT = re.compile(r"[!-~]+[ ]*|.", re.DOTALL)
# What may not begin a line, and what may not end one (JIS X 4051, the part that occurs here).
_NOT_FIRST = tuple("、。,.・:;?!)」』〕】ー〜々/%~…")
_NOT_LAST = tuple("(「『〔【")
# Thousandths of an em. IPAexGothic's digits are 13 % wider than Helvetica's and its stroke nearly
# twice as wide; other fonts that may show an SVG are not much wider than Helvetica.
_HELVETICA: dict[str, int] = {**CORE_FONTS_CHARWIDTHS["helvetica"], "/": 440}
_WIDER = 1.14


def width(text: str) -> float:
    """Return how wide a text will be at most, in ems: the size of its letters."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    return _WIDER * _HELVETICA.get(letter, 700) / 1000


def wrap(text: str, most: float) -> list[str]:
    """Return a text as lines of `most` ems; only a word that is longer alone sticks out."""
    units: list[str] = []
    for unit in _UNIT.findall(text):
        glued = unit.startswith(_NOT_FIRST) or (units and units[-1].endswith(_NOT_LAST))
        if units and glued:
            units[-1] += unit
        else:
            units.append(unit)
    lines = [""]
    for unit in units:
        if lines[-1] and width(lines[-1]) + width(unit.rstrip()) > most:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += unit
    return lines

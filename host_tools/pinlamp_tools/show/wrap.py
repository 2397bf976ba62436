"""Breaks text into lines that fit a width, Japanese by its rules for line breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# A Latin word with the blanks behind it, or one other character.
_UNIT = re.compile(r"[!-~]+[ ]*|.", re.DOTALL)
# No line begins with the former or ends with the latter (JIS X 4051, as far as our texts need),
# nor with an ん, which begins no word: "ありませ" without its ん reads like the contrary.
_NOT_FIRST = tuple("、。,.・:;?!)」』〕】ー〜々/%~…んぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NOT_LAST = tuple("(「『〔【")


def wrap(text: str, most: float, width: Callable[[str], float]) -> list[str]:
    """Return lines no wider than `most`, as `width(part)` measures; a longer word sticks out.

    The time that it takes grows as the text does, whatever characters that has.
    """
    units: list[list[str]] = []
    for unit in _UNIT.findall(text):
        if units and (unit.startswith(_NOT_FIRST) or units[-1][-1].endswith(_NOT_LAST)):
            units[-1].append(unit)
        else:
            units.append([unit])
    lines: list[list[str]] = [[]]
    used = 0.0  # of the last line
    for unit in map("".join, units):
        if lines[-1] and used + width(unit.rstrip()) > most:
            lines.append([])
            used = 0.0
        lines[-1].append(unit)
        used += width(unit)
    *whole, last = map("".join, lines)
    return [*(line.rstrip() for line in whole), last]


def pack(parts: Sequence[str], most: float, width: Callable[[str], float]) -> list[list[str]]:
    """Return the parts in lines no wider than `most`, two blanks between them; none is broken."""
    found: list[list[str]] = [[]]
    for part in parts:
        if found[-1] and width("  ".join([*found[-1], part])) > most:
            found.append([])
        found[-1].append(part)
    return found

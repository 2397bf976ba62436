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
    """Return lines no wider than `most`, as `width(part)` measures; a longer word sticks out."""
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


def pack(parts: Sequence[str], most: float, width: Callable[[str], float]) -> list[list[str]]:
    """Return the parts in lines no wider than `most`, two blanks between them; none is broken."""
    found: list[list[str]] = [[]]
    for part in parts:
        if found[-1] and width("  ".join([*found[-1], part])) > most:
            found.append([])
        found[-1].append(part)
    return found

"""The label beside the lamps: where the card goes, which lamp is what, what the colours mean.

On an A4 page, true to size, with cut marks. The words are in label.json.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pinlamp.layout import OVERALL, PLACES, lamps

from ..boards.board import Board, Strip
from ..show.names import Names
from ..show.wrap import wrap
from .drawing import Drawing
from .swatch import swatch
from .text_width import width

TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("label.json").read_text("utf-8"))

CARD = (85.60, 53.98)  # ISO/IEC 7810 ID-1, mm
_A4 = (210.0, 297.0)  # ISO 216, mm
_WIDTH, _MARGIN, _TOP = 96.0, 5.0, 22.0
_LEFT = (_A4[0] - _WIDTH) / 2
_MIDDLE = _A4[0] / 2
_INNER = _WIDTH - 2 * _MARGIN
_LINE = 5.2
_BODY, _SMALL = 8.0, 7.0  # points
_PT = 25.4 / 72  # mm
_SWATCH = 18.0
# The lamps beside each of the five lines about the colours.
COLOURS = (("ok",), ("used", "last"), ("locked",), ("not_set", "by_design"), ("unknown",))


def numbers(count: int) -> list[str]:
    """Return the circled numbers of `count` lamps."""
    return [chr(0x2460 + index) for index in range(count)]


def lines(board: Board, lang: str) -> list[str]:
    """Return a line for each lamp of the board's first strip: its number and all its names."""
    words = Names(lang)
    groups = lamps(board.strip.layout)
    if groups == ((OVERALL,),):  # the button steps through the keys
        groups = tuple((key,) for key in PLACES)
    names = [" / ".join(words.label(key) for key in group) for group in groups]
    # The official Japanese form has no space there; Latin letters need one.
    space = "" if lang == "ja" else " "
    return [number + space + name for number, name in zip(numbers(len(names)), names, strict=True)]


def still(board: Board, lang: str) -> str:
    """Return the sentence on how long the card has to stay, for this board's lamps."""
    strip = board.strip
    pixels = [pixel for lamp in strip.pixels for pixel in lamp]
    last = strip.pixels[-1]
    shape = {1: "one", 5: "five"}.get(strip.layout, strip.shape)
    if shape == "row" and max(last) < max(pixels):
        shape = "ring"  # not at the right-hand end
    if shape == "grid":
        bottom = max(pixels) // strip.width
        if {pixel for pixel in pixels if pixel // strip.width == bottom} != set(last):
            shape = "ring"  # not the bottom row, or not all of it
    text: str = TEXTS[lang]["still"][shape]
    return text.format(last=numbers(strip.layout)[-1])


def draw(board: Board, lang: str) -> Drawing:
    """Return the label of a board, true to size, with cut marks at its corners."""
    texts = TEXTS[lang]
    strip = board.strip
    drawing = Drawing(*_A4)
    drawing.text(_MIDDLE, 10, texts["print"], _SMALL, centre=True)
    y = _TOP + 7
    drawing.text(_MIDDLE, y, texts["title"], 11, centre=True)
    y += 3
    drawing.rect(round(_MIDDLE - CARD[0] / 2, 3), y, *CARD)
    drawing.text(_MIDDLE, y + CARD[1] / 2, texts["here"], 12, centre=True)
    y += CARD[1] + 5
    for text in (*texts["hold"], still(board, lang)):
        drawing.text(_MIDDLE, round(y, 3), text, _BODY, centre=True)
        y += _LINE
    y += _draw_lamps(drawing, strip, y) + 4
    for line in lines(board, lang) + ([texts["one"]] if strip.layout == 1 else []):
        y = _paragraph(drawing, _MARGIN, y, line, _BODY)
    y += 1
    for states, text in zip(COLOURS, texts["colours"], strict=True):
        long = (_SWATCH - len(states) + 1) / len(states)
        for index, state in enumerate(states):
            x = _LEFT + _MARGIN + index * (long + 1)
            swatch(drawing, round(x, 3), round(y - 2.9, 3), state, long)
        y = _paragraph(drawing, _MARGIN + _SWATCH + 2, y, text, _BODY)
    y += 1
    for text in texts["promise"]:
        y = _paragraph(drawing, _MARGIN, y, text, _SMALL)
    _cut_marks(drawing, round(y, 1))
    return drawing


def _paragraph(drawing: Drawing, x: float, y: float, text: str, points: float) -> float:
    """Write a text, its first baseline at `x`, `y` of the label; return the next baseline."""
    for line in wrap(text, (_WIDTH - _MARGIN - x) / (points * _PT), width):
        drawing.text(round(_LEFT + x, 3), round(y, 3), line, points)
        y += _LINE * points / _BODY
    return y


def _draw_lamps(drawing: Drawing, strip: Strip, y: float) -> float:
    """Draw the lamps where they are on the board, from `y` down; return their height, mm."""
    places = []
    for number, lamp in zip(numbers(strip.layout), strip.pixels, strict=True):
        places += [(number, *_place(strip, pixel)) for pixel in lamp]
    gaps = [
        math.dist(one[1:], other[1:])
        for index, one in enumerate(places)
        for other in places[:index]
    ]
    radius = round(min([3.0, *(0.45 * gap for gap in gaps)]), 2)
    top = min(place[2] for place in places) - 3
    for number, right, down in places:
        at = round(_MIDDLE + right, 3), round(y + down - top, 3)
        drawing.circle(*at, radius)
        if strip.layout > 1:  # a single lamp shows one number after the other
            drawing.text(at[0], round(at[1] + radius * 0.4, 3), number, 3 * radius, centre=True)
    return round(max(place[2] for place in places) - top + 4, 3)


def _place(strip: Strip, pixel: int) -> tuple[float, float]:
    """Return how far a pixel is right of and below the middle of the strip's top, mm."""
    if strip.shape == "ring":
        angle = 2 * math.pi * pixel / strip.count
        return 18 * math.sin(angle), -18 * math.cos(angle)
    columns = strip.width
    pitch = min(7.2 if strip.shape == "grid" else 10.0, _INNER / columns)
    return (pixel % columns - (columns - 1) / 2) * pitch, pixel // columns * pitch


def _cut_marks(drawing: Drawing, bottom: float) -> None:
    right = _LEFT + _WIDTH
    for x, away in ((_LEFT, -1), (right, 1)):
        for y, up in ((_TOP, -1), (bottom, 1)):
            drawing.line(x + away, y, x + 5 * away, y, 0.1)
            drawing.line(x, y + up, x, y + 5 * up, 0.1)
    drawing.text(_MIDDLE, _TOP - 2, f"{_WIDTH:g} × {bottom - _TOP:.1f} mm", 6, centre=True)

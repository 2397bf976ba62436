"""The label beside the lamps: where the card goes, which lamp is what, what the colours mean."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pinlamp.layout import LAYOUTS, PLACES

from .drawing import Drawing

_TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("label.json").read_text("utf-8"))

CARD = (85.60, 53.98)  # ISO/IEC 7810 ID-1, mm
_WIDTH, _MARGIN, _MARK = 104.0, 8.0, 4.0
_LINE = 5.2
_BODY, _SMALL = 8.0, 7.0  # points
# As people see the lamps on paper, in the order of the five lines: the Color Universal Design
# palette, and a pattern beside each colour.
_COLOURS = ((3, 175, 122), (255, 200, 40), (255, 75, 0), (77, 140, 255), (153, 0, 153))


def numbers(count: int) -> list[str]:
    """Return the circled numbers of `count` lamps."""
    return [chr(0x2460 + index) for index in range(count)]


def lines(board: dict[str, Any], lang: str) -> list[str]:
    """Return a line for each lamp of the board's first strip: its number and all its names."""
    texts = _TEXTS[lang]
    layout = board["strips"][0]["layout"]
    joined = "・" if lang == "ja" else " + "
    if layout == 1:
        return [
            f"{number} {texts['keys'][key]}"
            for number, key in zip(numbers(len(PLACES)), PLACES, strict=True)
        ]
    groups = [joined.join(texts["keys"][key] for key in group) for group in LAYOUTS[layout]]
    groups += [texts["overall"]] if layout != 5 else []
    return [f"{number} {text}" for number, text in zip(numbers(layout), groups, strict=True)]


def still(board: dict[str, Any], lang: str) -> str:
    """Return until when the card has to stay, as this board's lamps show it."""
    strip = board["strips"][0]
    shape = {1: "one", 5: "five"}.get(strip["layout"], strip["shape"])
    text: str = _TEXTS[lang]["still"][shape]
    return text.format(last=numbers(strip["layout"])[-1])


def draw(board: dict[str, Any], lang: str) -> Drawing:
    """Return the label of a board, true to size, with cut marks at its corners."""
    texts = _TEXTS[lang]
    rows = [part for line in lines(board, lang) for part in _wrapped(line, lang)]
    if board["strips"][0]["layout"] == 1:
        rows += _wrapped(texts["one"], lang)
    lamps_mm = {"row": 12.0, "ring": 44.0, "grid": 40.0}[board["strips"][0]["shape"]]
    height = 2 * _MARGIN + 8 + CARD[1] + 14 + lamps_mm + (len(rows) + 5) * _LINE + 16
    drawing = Drawing(_WIDTH, round(height, 1))
    _cut_marks(drawing)
    y = _MARGIN + 5
    drawing.text(_WIDTH / 2, y, texts["title"], 11, centre=True)
    y += 3
    drawing.rect((_WIDTH - CARD[0]) / 2, y, *CARD)
    drawing.text(_WIDTH / 2, y + CARD[1] / 2, texts["here"], 12, centre=True)
    y += CARD[1] + 5
    for text in (*texts["hold"], still(board, lang)):
        drawing.text(_WIDTH / 2, y, text, _BODY, centre=True)
        y += _LINE
    _lamps(drawing, board["strips"][0], y, lamps_mm)
    y += lamps_mm + 4
    for row in rows:
        drawing.text(_MARGIN + 1, y, row, _BODY)
        y += _LINE
    y += 1
    for colour, text, pattern in zip(_COLOURS, texts["colours"], _PATTERNS, strict=True):
        _swatch(drawing, _MARGIN + 1, y - 3, colour, pattern)
        drawing.text(_MARGIN + 21, y, text, _BODY)
        y += _LINE
    for part in _wrapped(texts["promise"], lang):
        drawing.text(_MARGIN + 1, y + 1, part, _SMALL)
        y += 4
    return drawing


# On and off within two seconds, as fractions: steady, two blinks, half and half, steady, a flash.
_PATTERNS = (
    ((0.0, 1.0),),
    ((0.0, 0.1), (0.2, 0.3)),
    ((0.0, 0.5),),
    ((0.0, 1.0),),
    ((0.0, 0.0835),),
)


def _swatch(
    drawing: Drawing,
    x: float,
    y: float,
    colour: tuple[int, int, int],
    pattern: tuple[tuple[float, float], ...],
) -> None:
    width, height = 18.0, 3.6
    for start, end in pattern:
        drawing.rect(x + start * width, y, (end - start) * width, height, colour)
    drawing.rect(x, y, width, height)


def _lamps(drawing: Drawing, strip: dict[str, Any], y: float, height: float) -> None:
    layout = strip["layout"]
    lamps = strip.get("lamps") or [[pixel] for pixel in range(layout)]
    for number, lamp in zip(numbers(layout), lamps, strict=True):
        for pixel in lamp:
            if strip["shape"] == "ring":
                angle = 2 * math.pi * pixel / strip["count"]
                place = (
                    _WIDTH / 2 + 16 * math.sin(angle),
                    y + height / 2 - 2 - 16 * math.cos(angle),
                )
            elif strip["shape"] == "grid":
                column, row = pixel % strip["columns"], pixel // strip["columns"]
                left = _WIDTH / 2 - (strip["columns"] - 1) * 3.6
                place = (left + column * 7.2, y + 3.6 + row * 7.2)
            else:
                place = (_WIDTH / 2 + (pixel - (layout - 1) / 2) * 10, y + 5)
            drawing.circle(round(place[0], 3), round(place[1], 3), 3)
            if layout > 1:  # a single lamp shows one number after the other
                x, y_text = round(place[0], 3), round(place[1] + 1.2, 3)
                drawing.text(x, y_text, number, 9, centre=True)


def _cut_marks(drawing: Drawing) -> None:
    for x in (_MARK, drawing.width - _MARK):
        for y in (_MARK, drawing.height - _MARK):
            away_x = -_MARK if x == _MARK else _MARK
            away_y = -_MARK if y == _MARK else _MARK
            drawing.line(x + away_x, y, x + away_x / 4, y, 0.1)
            drawing.line(x, y + away_y, x, y + away_y / 4, 0.1)
    drawing.text(drawing.width / 2, 3.4, f"{drawing.width - 2 * _MARK:g} mm", 6, centre=True)


def _wrapped(text: str, lang: str) -> list[str]:
    """Return the text in lines that fit, further ones indented."""
    most = 34 if lang == "ja" else 62
    found = [""]
    for word in text.split(" ") if lang == "en" else list(text):
        if len(found[-1]) + len(word) > most:
            found.append("\u3000" if lang == "ja" else "   ")
        found[-1] += word + (" " if lang == "en" else "")
    return [line.rstrip(" ") for line in found]

"""A template for a case of foam board, on A4 and true to size; it needs no 3D printer."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ..paper.drawing import Drawing, DrawingError, Shape
from ..paper.label import CARD
from ..show.colours import RGB
from .parameters import Body, Case

TEXTS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("texts.json").read_text("utf-8")
)
FOAM = 5.0  # a foam board's thickness, mm
_A4 = (210.0, 297.0)  # ISO 216, mm
_RIM = 8.0  # of the frame: what foam needs to stand, mm
_GREY: RGB = (150, 150, 150)
_NAMES = 7  # points


def layers(case: Case) -> int:
    """Return how many frames of foam board make the case deep enough."""
    return math.ceil(case.inside[2] / FOAM)


def draw(case: Case, lang: str) -> Drawing:
    """Return the template: the face with its holes, below it the frame.

    Raises DrawingError for a case that an A4 page has no room for.
    """
    words = TEXTS[lang]
    drawing = Drawing(*_A4)
    wide, deep, _ = case.inside
    outer = (wide + 2 * _RIM, deep + 2 * _RIM)
    if outer[0] > _A4[0] - 8 or 2 * outer[1] + 34 > _A4[1]:
        raise DrawingError(f"{case.name}: the case is too large for a template on A4")
    middle, left = _A4[0] / 2, round((_A4[0] - outer[0]) / 2, 3)
    title = f"{case.title[lang]} ({words['unprinted']})"
    drawing.text(middle, 7, title, 9, centre=True)
    drawing.text(middle, 11.5, words["print"], _NAMES, centre=True)
    top = 18.0
    drawing.text(left, top - 1.5, words["face"], _NAMES)
    drawing.rect(left, top, *outer, width=0.2)
    _face(drawing, case, left + _RIM, top + _RIM, words)
    top += outer[1] + 6
    drawing.text(left, round(top - 1.5, 3), words["frame"].format(layers=layers(case)), _NAMES)
    drawing.rect(left, round(top, 3), *outer, width=0.2)
    drawing.rect(left + _RIM, round(top + _RIM, 3), wide, deep, width=0.2)
    _mouth(drawing, case, left + _RIM, top + _RIM)
    drawing.text(left, round(top + outer[1] + 3.2, 3), words["lid"], _NAMES)
    return drawing


def _face(drawing: Drawing, case: Case, x: float, y: float, words: dict[str, str]) -> None:
    parts: list[tuple[str, Body]] = [
        ("board", case.board),
        ("module", case.module),
        ("strip", case.strip.body),
    ]
    for name, body in parts:
        at = round(x + body.at[0], 3), round(y + body.at[1], 3)
        if name == "strip" and case.strip.part.shape == "ring":
            half = body.size[0] / 2
            place = round(at[0] + half, 3), round(at[1] + half, 3), half
            drawing.things.append(Shape("circle", place, None, _GREY, 0.15))
        else:
            drawing.rect(*at, body.size[0], body.size[1], None, _GREY, 0.15)
        if name != "strip":
            drawing.text(
                round(at[0] + body.size[0] / 2, 3),
                round(at[1] + body.size[1] / 2 + 1, 3),
                words[name],
                _NAMES,
                centre=True,
            )
    drawing.rect(round(x + case.card[0], 3), round(y + case.card[1], 3), *CARD, None, width=0.15)
    drawing.text(
        round(x + case.card[0] + 1.5, 3), round(y + case.card[1] + 3.5, 3), words["card"], _NAMES
    )
    for right, down in case.strip.middles(case.hole_pitch):
        at = round(x + right, 3), round(y + down, 3)
        drawing.circle(*at, case.hole_diameter / 2)
    if case.button:
        (right, down), diameter = case.button
        drawing.circle(round(x + right, 3), round(y + down, 3), diameter / 2)


def _mouth(drawing: Drawing, case: Case, x: float, y: float) -> None:
    """Mark where the cable leaves the frame."""
    wide, deep, _ = case.inside
    along, half = case.cable.middle[0], case.cable.plug[0] / 2 + case.clearance
    for edge in (along - half, along + half):
        if case.cable.side == "front":
            ends = (x + edge, y + deep, x + edge, y + deep + _RIM)
        elif case.cable.side == "right":
            ends = (x + wide, y + edge, x + wide + _RIM, y + edge)
        else:
            ends = (x - _RIM, y + edge, x, y + edge)
        x1, y1, x2, y2 = (round(value, 3) for value in ends)
        drawing.line(x1, y1, x2, y2, 0.15)

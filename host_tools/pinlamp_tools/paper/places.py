"""The lamps on paper: circles where the lamps of a part are, each with its plain number."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ..boards.board import Strip
from .drawing import Drawing, DrawingError
from .parts import Part

_POINTS = 6.0  # of a number
_EM = _POINTS * 25.4 / 72  # mm
_CAP = 0.72 * _EM  # a digit's height, mm
_BELOW = 0.35  # from a lamp down to its number, mm
_EDGE = 10.0  # of the page, which printers leave white, mm
_PAGE = (210.0, 297.0)  # ISO 216 A4, mm


class Spot(NamedTuple):
    """A pixel of a lamp: the lamp's number, and the middle of the pixel, mm."""

    number: str
    x: float
    y: float


class Field:
    """The rectangle that the lamps of a strip take with their numbers, mm."""

    def __init__(self, strip: Strip, part: Part) -> None:
        """`part`: says where the pixels are."""
        self.strip = strip
        self.shape = strip.shape if strip.layout > 1 else "row"
        self.pitch = part.pitch
        room = part.pitch - _CAP - 0.5 if self.shape == "grid" else 0.9 * part.pitch
        self.radius = round(min(part.led, room) / 2, 2)
        spots = [
            Spot(str(number), *part.place(pixel, strip.count))
            for number, lamp in enumerate(strip.pixels, 1)
            for pixel in lamp
        ]
        self._ring = part.pitch / 2 / math.sin(math.pi / max(2, strip.count))
        inner = self._ring - self._away
        self._inside = 2 * inner * math.sin(math.pi / max(2, strip.count)) >= 1.35 * _EM
        rim = self.radius
        if self.shape == "ring" and not self._inside:
            rim = self._away + 0.6 * _EM
        left = min(spot.x for spot in spots) - rim
        top = min(spot.y for spot in spots) - rim
        self.spots = [Spot(number, x - left, y - top) for number, x, y in spots]
        self.wide = max(spot.x for spot in self.spots) + rim
        # A number never stands in its circle, or it would look like ① to ④ of the official form.
        below = 0 if self.shape == "ring" or strip.layout == 1 else _BELOW + _CAP
        self.high = max(spot.y for spot in self.spots) + rim + below

    @property
    def _away(self) -> float:
        """How far a number in or around a ring is from its lamp."""
        return self.radius + 0.9 * _EM

    def beside(self, card: tuple[float, float]) -> bool:
        """Tell whether half a card, beside the texts, has room for the lamps."""
        return self.shape != "row" and self.wide <= card[0] / 2 + 1 and self.high <= card[1] - 7

    def on_card(self, card: tuple[float, float]) -> bool:
        """Tell whether a card has room for the lamps."""
        return self.beside(card) or (self.shape == "row" and self.wide <= card[0] - 2)

    def number_at(self, spot: Spot) -> tuple[float, float]:
        """Return where the middle of a number's baseline is, from the field's corner."""
        if self.shape != "ring":
            return spot.x, spot.y + self.radius + _BELOW + _CAP
        middle = self._ring_middle()
        # Inside a ring that has room for two digits, else around it.
        share = 1 + (-self._away if self._inside else self._away) / self._ring
        return (
            middle[0] + (spot.x - middle[0]) * share,
            middle[1] + (spot.y - middle[1]) * share + _CAP / 2,
        )

    def _ring_middle(self) -> tuple[float, float]:
        # Of a longer ring only the first lamps are lit: the middle is not theirs.
        first = self.spots[0]
        return first.x, first.y + self._ring


def draw_lamps(drawing: Drawing, field: Field, x: float, y: float) -> None:
    """Draw the lamps and their numbers, the field's upper left corner at `x`, `y`."""
    for spot in field.spots:
        drawing.circle(round(x + spot.x, 3), round(y + spot.y, 3), field.radius)
        if field.strip.layout > 1:  # a single lamp shows one number after the other
            right, down = field.number_at(spot)
            drawing.text(round(x + right, 3), round(y + down, 3), spot.number, _POINTS, True)


def draw_apart(drawing: Drawing, field: Field, y: float, texts: dict[str, Any]) -> None:
    """Draw lamps that no card has room for on a piece of their own, a row on several if needed.

    The pieces of a row meet half-way between two lamps. Raises DrawingError for what does not fit
    the page.
    """
    pieces = [field.spots]
    if field.shape == "row":
        most = max(1, int((_PAGE[0] - 2 * _EDGE) / field.pitch))
        count = math.ceil(len(field.spots) / most)
        size = math.ceil(len(field.spots) / count)
        pieces = [field.spots[at : at + size] for at in range(0, len(field.spots), size)]
    words = texts["apart"] if len(pieces) == 1 else texts["join"].format(pieces=len(pieces))
    drawing.text(_EDGE, round(y + 2, 3), words, 7)
    y += 4
    for spots in pieces:
        # Around the lamps: half a pitch of a row, so that pieces meet, else a rim.
        rim = (field.pitch / 2 if field.shape == "row" else field.radius + 2) - field.radius
        wide = max(s.x for s in spots) - min(s.x for s in spots) + 2 * (field.radius + rim)
        high = field.high + (2 if field.shape == "row" else 2 * rim)
        left = (_PAGE[0] - wide) / 2
        if left < _EDGE - 0.5 or y + high > _PAGE[1] - _EDGE / 2:
            raise DrawingError(
                f"lamps {field.pitch:g} mm apart do not fit an A4 page: fewer lamps (--layout),"
                " or another part (--strip)"
            )
        drawing.rect(round(left, 3), round(y, 3), round(wide, 3), round(high, 3), width=0.1)
        corner = left + rim - (min(s.x for s in spots) - field.radius)
        top = y + (1 if field.shape == "row" else rim)
        for spot in spots:
            drawing.circle(round(corner + spot.x, 3), round(top + spot.y, 3), field.radius)
            right, down = field.number_at(spot)
            at = round(corner + right, 3), round(top + down, 3)
            drawing.text(*at, spot.number, _POINTS, centre=True)
        y += high + 3

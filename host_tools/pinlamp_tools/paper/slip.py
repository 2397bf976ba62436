"""The slip to take along as an A5 page: the clerk's part above, the holder's part below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..guidance.slip import slip as parts_of
from ..guidance.texts import guidance
from ..show.wrap import wrap
from .drawing import Drawing, DrawingError
from .story import STATES
from .text_width import width as width_of

_WIDTH, _HEIGHT, _MARGIN = 148.0, 210.0, 9.0  # ISO 216 A5, mm
_SIZES = (
    9.0,
    8.5,
    8.0,
    7.5,
    7.0,
    6.6,
    6.3,
    6.0,
    5.7,
    5.3,
    5.0,
)  # points: the first that fits on the page
_LARGE = {1: 17.0, 2: 14.0}  # points of the locked number's name, by how many are locked
_MANY = 10.0
_PT = 25.4 / 72  # mm
_LEADING = 1.28  # from one baseline to the next, ems
_HEADING = 26.0  # of the column of headings, mm
_LABEL = 8.8  # of the labels within an item, ems
_PAD = 1.2


def draw(parts: Sequence[dict[str, Any]]) -> Drawing:
    """Return the page of a slip (see `guidance.slip`); DrawingError if it does not fit."""
    for points in _SIZES:
        page = _Page(points)
        for number, part in enumerate(parts):
            if number:
                page.cut()
            page.part(part)
        if page.y <= _HEIGHT - _MARGIN + 2:
            return page.drawing
    raise DrawingError("the texts of the slip are too long for one page")


def example(lang: str) -> Drawing:
    """Return the page of the slip for the card of the story (see `story`), for docs/."""
    findings = [{"id": key, "state": state} for key, state in STATES.items()]
    data = guidance(lang)
    # On the day of the newest check: a picture does not grow old by itself.
    day = max(source["checked"] for source in data["sources"].values())
    return draw(parts_of(data, "my_number_card", findings, True, day))


class _Page:
    """A page, filled from the top down. The next thing goes to `y`, mm."""

    def __init__(self, points: float) -> None:
        self.drawing = Drawing(_WIDTH, _HEIGHT)
        self.y = _MARGIN
        self._points = points

    def cut(self) -> None:
        """Draw a broken line between two parts."""
        self.y += 2
        x = _MARGIN
        while x < _WIDTH - _MARGIN:
            self.drawing.line(round(x, 2), round(self.y, 3), round(x + 2, 2), round(self.y, 3))
            x += 3.5
        self.y += 2

    def part(self, part: dict[str, Any]) -> None:
        """Write a part: its title, what is locked, the rest, and what is to be ticked."""
        wide = _WIDTH - 2 * _MARGIN
        self.y += self._lines(_MARGIN, self.y, part["title"], wide, self._points + 4) + 0.6
        if part["intro"]:
            self.y += self._lines(_MARGIN, self.y, part["intro"], wide) + 0.8
        items = part["items"]
        columns = 1 if len(items) <= 2 else 2 if len(items) <= 6 else 3
        for at in range(0, len(items), columns):
            self._items(items[at : at + columns], columns, len(items))
        for heading, lines in part["rows"]:
            self._row(heading, lines, wide)
        if part["boxes"]:
            self._boxes(part["boxes"])

    def _items(self, items: Sequence[dict[str, Any]], columns: int, count: int) -> None:
        """Draw what is locked, each in a frame; `count` of them are on the page."""
        wide = (_WIDTH - 2 * _MARGIN - (columns - 1) * 2) / columns
        top = self.y + 0.8
        ends = []
        for column, item in enumerate(items):
            label_wide = _LABEL * self._points * _PT
            x = _MARGIN + column * (wide + 2) + _PAD
            y, room = top + _PAD, wide - 2 * _PAD
            y += self._lines(x, y, item["name"] + item["lamp"], room, _LARGE.get(count, _MANY))
            for label, text in item["rows"]:
                self._lines(x, y, label, label_wide)
                y += self._lines(x + label_wide, y, text, room - label_wide)
            ends.append(y + _PAD)
        for column in range(len(items)):
            x = _MARGIN + column * (wide + 2)
            height = round(max(ends) - top, 3)
            self.drawing.rect(round(x, 3), round(top, 3), round(wide, 3), height, width=0.5)
        self.y = max(ends) + 0.8

    def _row(self, heading: str, lines: Sequence[str], wide: float) -> None:
        """Write a heading, and beside it its lines; without lines the heading takes all room."""
        self.y += 0.7
        height = self._lines(_MARGIN, self.y, heading, _HEADING - 2 if lines else wide, bold=True)
        y = self.y
        for text in lines:
            y += self._lines(_MARGIN + _HEADING, y, text, wide - _HEADING)
        self.y = max(self.y + height, y)

    def _boxes(self, boxes: Sequence[str]) -> None:
        self.y += 1.6
        size = self._points + 0.5
        x = _MARGIN
        for text in boxes[:-1]:
            side = size * _PT * 0.9
            self.drawing.rect(round(x, 3), round(self.y + 0.3, 3), round(side, 3), round(side, 3))
            self._lines(x + side + 1, self.y, text, _WIDTH, size)
            x += side + 5 + width_of(text) * size * _PT
        if x + width_of(boxes[-1]) * size * _PT > _WIDTH - _MARGIN:
            self.y += size * _PT * _LEADING + 0.6
        end = _WIDTH - _MARGIN - width_of(boxes[-1]) * size * _PT
        self.y += self._lines(end, self.y, boxes[-1], _WIDTH, size)

    def _lines(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        points: float | None = None,
        bold: bool = False,
    ) -> float:
        """Write a text in lines from `y` down; return their height, mm."""
        points = points or self._points
        em = points * _PT
        lines = wrap(text, width / em, width_of)
        for index, line in enumerate(lines):
            baseline = round(y + em * (0.98 + index * _LEADING), 3)
            self.drawing.text(round(x, 3), baseline, line, points)
            if bold:  # the font has one weight
                self.drawing.text(round(x + 0.12, 3), baseline, line, points)
        return len(lines) * em * _LEADING

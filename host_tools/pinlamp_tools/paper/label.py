"""The label: the size of a card, with a back. Which lamp is what, and who unlocks it.

On an A4 page, true to size: the front lies over the lamps, whose places on it are the real ones;
the back has a line for each lamp. Lamps that need more room than a card are drawn apart. The words
are in label.json, the places where a lock is undone in the guidance.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from pinlamp.layout import OVERALL, PLACES, lamps

from ..boards.board import Board
from ..guidance.texts import guidance
from ..show.names import Names
from ..show.wrap import wrap
from . import parts
from .drawing import Drawing, DrawingError
from .parts import Part
from .places import Field, draw_apart, draw_lamps
from .swatch import swatch
from .text_width import width

TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("label.json").read_text("utf-8"))

CARD = (85.60, 53.98)  # ISO/IEC 7810 ID-1, mm
_A4 = (210.0, 297.0)  # ISO 216, mm
_LEFT, _TOP = (_A4[0] - CARD[0]) / 2, 30.0
_MARGIN = 2.6
# Points, the first that fits: of the front, and of the back with its narrow columns.
_FRONT, _BACK = (7.5, 7.0, 6.6, 6.3, 6.0), (6.3, 6.0)
_PT = 25.4 / 72  # mm
_LEADING = 1.22  # from one baseline to the next, ems
_SWATCH = 9.0
_NAMES = 6.4  # where the back's second column begins, mm
# The lamps beside each of the five lines about the colours.
COLOURS = (("ok",), ("used", "last"), ("locked",), ("not_set", "by_design"), ("unknown",))


class Line(NamedTuple):
    """What the label says of a lamp: its number, its keys' names, who undoes a lock."""

    number: str
    name: str
    place: str


def lines(board: Board, lang: str) -> list[Line]:
    """Return a line for each lamp of the board's first strip; the overall lamp has no place."""
    words, data = Names(lang), guidance(lang)
    of_keys = data["kinds"]["my_number_card"]["keys"]
    groups = lamps(board.strip.layout)
    if groups == ((OVERALL,),):  # the button steps through the keys
        groups = tuple((key,) for key in PLACES)
    # The official Japanese form has no space there; Latin letters need one.
    space, note = ("", "※") if lang == "ja" else (" ", "*")
    found = []
    for number, group in enumerate(groups, 1):
        names, places = [], []
        for key in group:
            told = of_keys.get(key, {})
            mark = words.mark(key)
            name = mark + (space if mark else "") + words.label(key)
            names.append(name + (note if "place_grade" in told else ""))
            places += [data["places"][told["place"]]] if told else []
        found.append(Line(str(number), " / ".join(names), " / ".join(dict.fromkeys(places))))
    return found


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
    return text.format(last=strip.layout)


def draw(board: Board, lang: str, part: Part | None = None) -> Drawing:
    """Return the label of a board, true to size, for a part (else the board's likeliest).

    Raises DrawingError for lamps that no A4 page has room for.
    """
    part = part or parts.of(board.strip)
    texts = TEXTS[lang]
    drawing = Drawing(*_A4)
    middle = _A4[0] / 2
    drawing.text(middle, 10, texts["print"], 8, centre=True)
    drawing.text(middle, 15, _fits(board, part, lang), 8, centre=True)
    drawing.text(middle, 20, f"{CARD[0]:g} × {CARD[1]:g} mm", 6, centre=True)
    tops = [_TOP, _TOP + CARD[1], _TOP + 2 * CARD[1] + 12]
    for top in tops:
        drawing.rect(_LEFT, round(top, 3), *CARD, width=0.1)
    field = Field(board.strip, part)
    drawing.text(_LEFT, _TOP - 1.5, texts["front" if field.on_card(CARD) else "plain"], 7)
    drawing.text(_LEFT, round(tops[1] + CARD[1] + 3, 3), texts["back"], 7)
    drawing.text(_LEFT, round(tops[2] - 1.5, 3), texts["place"], 7)
    _fitting(drawing, lambda side: side.front(board, lang, field), _TOP, _FRONT)
    _fitting(drawing, lambda side: side.back(board, lang), tops[1], _BACK)
    drawing.text(middle, round(tops[2] + CARD[1] / 2, 3), texts["here"], 12, centre=True)
    if not field.on_card(CARD):
        draw_apart(drawing, field, tops[2] + CARD[1] + 5, texts)
    return drawing


def _fits(board: Board, part: Part, lang: str) -> str:
    """Return the sentence on which part the label is for."""
    texts = TEXTS[lang]
    if board.strip.layout == 1:
        return str(texts["fits_one"])
    kind, _, number = part.name.partition("-")
    title = texts["parts"][kind].format(n=number.replace("x", " × "))
    if lang in part.known_by:
        title += f"{'' if lang == 'ja' else ' '}({part.known_by[lang]})"
    return str(texts["fits"].format(part=title, pitch=f"{round(part.pitch, 2):g}"))


def _fitting(drawing: Drawing, fill: Any, top: float, sizes: tuple[float, ...]) -> None:
    """Let `fill` write on a side of the card, with letters as big as fit."""
    for points in sizes:
        side = _Side(top, points)
        fill(side)
        if side.y <= top + CARD[1] - 0.6:
            drawing.things += side.drawing.things
            return
    raise DrawingError("the texts of this label are too long for a card")


class _Side:
    """A side of the card, written from the top down; `y` is the lowest that was reached, mm."""

    def __init__(self, top: float, points: float) -> None:
        self.drawing = Drawing(*_A4)
        self.y = top
        self._top = top
        self._points = points
        self._step = points * _PT * _LEADING

    def front(self, board: Board, lang: str, field: Field) -> None:
        texts = TEXTS[lang]
        self.drawing.text(_A4[0] / 2, self._top + 4.4, texts["title"], 9, centre=True)
        how = [texts["hold"], still(board, lang), texts["lift"]]
        if board.strip.layout == 1:
            how.append(texts["one"])
        left, right, y = _LEFT + _MARGIN, _LEFT + CARD[0] - _MARGIN, self._top + 10.0
        if field.beside(CARD):
            down = self._top + 6 + (CARD[1] - 6 - field.high) / 2
            draw_lamps(self.drawing, field, left + 0.4, down)
            left += field.wide + 3
        else:
            how = [("" if lang == "ja" else " ").join(how)]
            if field.on_card(CARD):
                draw_lamps(self.drawing, field, _LEFT + (CARD[0] - field.wide) / 2, self._top + 7)
                y += field.high + 1.5
        for text in how:
            y = self._paragraph(left, right, y, text)
        y += 1.2
        for states, text in zip(COLOURS, texts["colours"], strict=True):
            long = (_SWATCH - len(states) + 1) / len(states)
            tall = self._points * _PT
            for index, state in enumerate(states):
                at_x = round(left + index * (long + 1), 3)
                swatch(self.drawing, at_x, round(y - 0.86 * tall, 3), state, long, tall)
            y = self._paragraph(left + _SWATCH + 1.5, right, y, text) + 0.5

    def back(self, board: Board, lang: str) -> None:
        texts = TEXTS[lang]
        y = self._top + 3.2
        rows = [Line(*texts["head"]), *lines(board, lang)]
        end = _LEFT + CARD[0] - 1
        # Those that a lamp of several keys joins may take two lines.
        places = max(width(place) for place in guidance(lang)["places"].values())
        column = end - (places + 0.1) * self._points * _PT
        for index, line in enumerate(rows):
            self._paragraph(_LEFT + _MARGIN, _LEFT + _NAMES, y, line.number)
            below = self._paragraph(column, end, y, line.place)
            y = max(below, self._paragraph(_LEFT + _NAMES, column - 1, y, line.name))
            if index == 0:
                rule = round(y - self._step * 0.72, 3)
                self.drawing.line(_LEFT + _MARGIN, rule, _LEFT + CARD[0] - _MARGIN, rule, 0.1)
                y += 0.4
        y += 0.4
        notes = [texts["promise"]]
        if any("place_grade" in key for key in _keys(lang)):
            notes.append(texts["inferred"])
        space = "" if lang == "ja" else " "
        self._paragraph(_LEFT + _MARGIN, end, y, space.join(notes))

    def _paragraph(self, x: float, end: float, y: float, text: str) -> float:
        """Write a text from `x` to `end`, its first baseline at `y`; return the next baseline."""
        for line in wrap(text, (end - x) / (self._points * _PT), width):
            if line:
                self.drawing.text(round(x, 3), round(y, 3), line, self._points)
                self.y = max(self.y, y)
            y += self._step
        return y


def _keys(lang: str) -> list[dict[str, Any]]:
    return list(guidance(lang)["kinds"]["my_number_card"]["keys"].values())

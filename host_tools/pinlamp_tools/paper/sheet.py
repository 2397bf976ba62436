"""A4 sheets to print: one for the counter, one for whoever answers for information security.

Their texts are data: counter.json and security.json, the same shape in both languages. The
commands that are sent to a card are not among them: they come from `mynacard.keys`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mynacard.apdu import QUERY, query_short, read_binary, select_df, select_ef
from mynacard.keys import FILES, KEYS

from ..names import Names
from .drawing import Drawing, DrawingError
from .label import swatch
from .wrap import wrap

SHEETS = ("counter", "security")
TEXTS: dict[str, dict[str, Any]] = {
    name: json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    for name in SHEETS
}

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 12.0  # ISO 216 A4, mm
_TITLE, _HEADING, _BODY = 15.0, 10.0, 7.5  # points
_PT = 25.4 / 72  # mm
_LEADING = 1.28  # from one baseline to the next, ems
_PAD = 0.9  # between a cell's edge and its text, mm
_GREY, _PALE = (225, 225, 225), (243, 243, 243)


def commands(lang: str) -> list[tuple[str, str]]:
    """Return every command that can be sent to a card: (hexadecimal, what for), in their order.

    Two blanks at the beginning: only after the SELECT DF above was answered 9000.
    """
    words = TEXTS["security"][lang]["commands"]
    names = Names(lang)
    rows = []
    applets = list(dict.fromkeys(key.aid for key in KEYS))
    for aid, applet in zip(applets, words["applets"], strict=True):
        rows.append((_hex(select_df(aid)), words["select_df"].format(applet=applet)))
        for file, what in zip(FILES, words["files"], strict=True):
            if file.aid == aid:
                rows.append(_select_ef(file.ef, words))
                text = words["read"].format(length=file.length, file=what)
                rows.append(("  " + _hex(read_binary(file.length)), text))
        for key in KEYS:
            if key.aid == aid:
                query = query_short(key.ef) if key.short else QUERY
                if not key.short:
                    rows.append(_select_ef(key.ef, words))
                rows.append(("  " + _hex(query), words["query"].format(key=names.key(key.id))))
    return rows


def _select_ef(ef: int, words: dict[str, str]) -> tuple[str, str]:
    return "  " + _hex(select_ef(ef)), words["select_ef"].format(ef=f"{ef:04X}")


def _hex(command: bytes) -> str:
    return command.hex(" ").upper()


def draw(name: str, lang: str) -> Drawing:
    """Return one of SHEETS in a language, an A4 page; DrawingError if it does not fit."""
    texts = TEXTS[name][lang]
    page = _Page()
    page.title(texts["title"], texts["lead"])
    if name == "counter":
        for part in ("colours", "keys"):
            table = texts[part]
            page.heading(table["heading"])
            page.row(table["columns"], table["head"], _GREY)
            for row in table["rows"]:
                page.row(table["columns"], row["cells"], states=row.get("states", ()))
    else:
        facts = texts["facts"]
        page.heading(facts["heading"])
        page.row(facts["columns"], facts["head"], _GREY)
        for cells in facts["rows"]:
            page.row(facts["columns"], cells)
        page.heading(texts["commands"]["heading"])
        page.commands(texts["commands"], commands(lang))
    for note in texts["notes"]:
        if note["heading"]:
            page.heading(note["heading"])
        page.paragraph(note["text"])
    if page.y > _HEIGHT - _MARGIN:
        raise DrawingError(f"the sheet {name} ({lang}) is {page.y - _HEIGHT + _MARGIN:.1f} mm too long")
    return page.drawing


class _Page:
    """A page that is filled from the top down; `y` is where the next thing goes, mm."""

    def __init__(self) -> None:
        self.drawing = Drawing(_WIDTH, _HEIGHT)
        self.y = _MARGIN

    def title(self, text: str, lead: str) -> None:
        self.drawing.text(_MARGIN, _mm(self.y + 5), text, _TITLE)
        self.y += 8
        self.paragraph(lead)

    def heading(self, text: str) -> None:
        self.y += 1.6
        self.drawing.text(_MARGIN, _mm(self.y + 3.8), text, _HEADING)
        self.y += 5.4

    def paragraph(self, text: str) -> None:
        self.y += _lines(self.drawing, _MARGIN, self.y, text, _WIDTH - 2 * _MARGIN) + 0.8

    def row(
        self,
        columns: Sequence[float],
        cells: Sequence[str],
        fill: tuple[int, int, int] | None = None,
        states: Sequence[str] = (),
    ) -> None:
        """A table's row; in its first cell the lamp in the first of `states`, which look alike."""
        lamp = 4.0 if states else 0.0
        tall = [_height(text, width - 2 * _PAD) for text, width in zip(cells, columns, strict=True)]
        height = max([tall[0] + lamp, *tall[1:]]) + 2 * _PAD
        x = _MARGIN
        for index, (text, width) in enumerate(zip(cells, columns, strict=True)):
            self.drawing.rect(_mm(x), _mm(self.y), width, _mm(height), fill)
            top = self.y + _PAD
            if states and not index:
                swatch(self.drawing, _mm(x + _PAD), _mm(top + 0.2), states[0], width - 2 * _PAD)
                top += lamp
            _lines(self.drawing, x + _PAD, top, text, width - 2 * _PAD)
            x += width
        self.y += height

    def commands(self, words: dict[str, Any], rows: list[tuple[str, str]]) -> None:
        """The list of commands, close together, each applet on a ground of its own."""
        self.row(words["columns"], words["head"], _GREY)
        step = _BODY * _PT * _LEADING + 0.25
        fill = None
        for hexadecimal, text in rows:
            inner = hexadecimal.startswith(" ")
            if not inner:
                fill = None if fill else _PALE
            x = _MARGIN
            for width, cell in zip(words["columns"], (hexadecimal.strip(), text), strict=True):
                self.drawing.ground(_mm(x), _mm(self.y), width, _mm(step), fill)
                _lines(self.drawing, x + (5 if inner else _PAD), self.y, cell, width - 5)
                x += width
            self.y += step
        self.y += 1
        self.paragraph(words["after"])


def _height(text: str, width: float) -> float:
    return len(wrap(text, width / (_BODY * _PT))) * _BODY * _PT * _LEADING


def _lines(drawing: Drawing, x: float, y: float, text: str, width: float) -> float:
    """Write a text in lines from `y` down; return their height, mm."""
    size = _BODY * _PT
    for index, line in enumerate(wrap(text, width / size)):
        drawing.text(_mm(x), _mm(y + size * (0.98 + index * _LEADING)), line, _BODY)
    return _height(text, width)


def _mm(value: float) -> float:
    return round(value, 3)

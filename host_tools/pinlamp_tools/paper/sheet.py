"""A4 sheets to print: one for the counter, two for the person in charge of security.

Their texts are data: counter.json, security.json and port.json (who reaches the USB port), of one
shape in both languages. The list of commands comes from `mynacard.keys`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mynacard.apdu import QUERY, query_short, read_binary, select_df, select_ef
from mynacard.keys import FILES, KEYS, Key

from ..guidance import choose
from ..guidance.slip import OF_PLACE
from ..guidance.sources import due, told
from ..guidance.texts import guidance
from ..show.colours import RGB
from ..show.names import Names
from ..show.rows import numbers
from ..show.wrap import wrap
from .drawing import Drawing, DrawingError
from .swatch import swatch
from .text_width import width as width_of

KINDS = ("counter", "security", "port")
TEXTS: dict[str, dict[str, Any]] = {
    name: json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8")) for name in KINDS
}

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 10.0  # ISO 216 A4, mm
_TITLE, _HEADING = 15.0, 10.0  # points
_SIZES = (
    9.0,
    8.5,
    8.0,
    7.5,
    7.25,
    7.0,
    6.75,
)  # of all other text: the first that fits on one page
_PT = 25.4 / 72  # mm
_LEADING = 1.25  # from one baseline to the next, ems
_PAD = 0.75  # between a cell's edge and its text, mm
_LAMP = 4.0  # a lamp over a cell's text, mm
_GREY, _PALE, _LINE = (222, 222, 222), (240, 240, 240), (90, 90, 90)


def commands(lang: str) -> list[tuple[str, str]]:
    """Return every command that a card can get: (hexadecimal, what for), in their order.

    Two blanks at the beginning: it follows only if the card answered 9000 to the SELECT DF above.
    """
    words = TEXTS["security"][lang]["commands"]
    names = Names(lang)
    rows = []
    applets = list(dict.fromkeys(key.aid for key in KEYS))
    for aid, applet in zip(applets, words["applets"], strict=True):
        keys = [key for key in KEYS if key.aid == aid]
        rows.append((_hex(select_df(aid)), words["select_df"].format(applet=applet)))
        # A query by short identifier has to follow its SELECT DF, so it comes before any file.
        rows += [_query(key, words, names) for key in keys if key.short]
        for file, what in zip(FILES, words["files"], strict=True):
            if file.aid == aid:
                text = words["read"].format(length=file.length, file=what)
                rows += [_select_ef(file.ef, words), ("  " + _hex(read_binary(file.length)), text)]
        for key in keys:
            if not key.short:
                rows += [_select_ef(key.ef, words), _query(key, words, names)]
    return rows


def _select_ef(ef: int, words: dict[str, str]) -> tuple[str, str]:
    return "  " + _hex(select_ef(ef)), words["select_ef"].format(ef=f"{ef:04X}")


def _query(key: Key, words: dict[str, str], names: Names) -> tuple[str, str]:
    query = query_short(key.ef) if key.short else QUERY
    return "  " + _hex(query), words["query"].format(key=names.key(key.id))


def _hex(command: bytes) -> str:
    return command.hex(" ").upper()


def draw(name: str, lang: str, place: dict[str, Any] | None = None) -> Drawing:
    """Return one of KINDS in a language, an A4 page; DrawingError if it does not fit.

    `place`: a municipality's own lines, see `guidance.place`.
    """
    for points in _SIZES:
        page = _Page(points)
        _fill(page, name, lang, place)
        if page.y <= _HEIGHT - _MARGIN:
            return page.drawing
    raise DrawingError(f"the texts of the sheet {name} ({lang}) are too long for one page")


def _fill(page: _Page, name: str, lang: str, place: dict[str, Any] | None) -> None:
    texts = TEXTS[name][lang]
    page.title(texts["title"], texts["lead"])
    for part in ("colours", "device", "keys", "facts", "who", "seal"):
        if part in texts:
            table = texts[part]
            page.heading(table["heading"])
            if "head" in table:
                page.row(table["columns"], table["head"], _GREY)
            for row in key_rows(name, lang) if part == "keys" else table["rows"]:
                # States that share a row look alike.
                lamps = row.get("lamps") or row.get("states", ())[:1]
                page.row(table["columns"], row["cells"], lamps=lamps)
    if "commands" in texts:
        page.heading(texts["commands"]["heading"])
        page.commands(texts["commands"], commands(lang))
    for note in texts["notes"]:
        if note["heading"]:
            page.heading(note["heading"])
        page.paragraph(_note(note, lang, place))


def _note(note: dict[str, Any], lang: str, place: dict[str, Any] | None) -> str:
    """Return a note's text, with the municipality's own lines instead of what most want.

    One with sources says when they were checked, and until when that counts as new.
    """
    text = str(note["text"])
    if "bring" in note:
        text = text.replace("{bring}", _of_place(place, lang) if place else note["bring"])
    if "source" not in note:
        return text
    _, checked = told(guidance(lang), note["source"])
    return text.replace("{checked}", checked).replace("{due}", due(checked))


def _of_place(place: dict[str, Any], lang: str) -> str:
    words = guidance(lang)["slip"]["place"]
    parts = [f"{words[field]}: {place[field]}" for field in OF_PLACE if place.get(field)]
    checked = words["checked"].replace("{checked}", place["checked"])
    return f"【{place['name']}】{' / '.join(parts)} ({checked}) "


def key_rows(name: str, lang: str) -> list[dict[str, Any]]:
    """Return the rows about keys of one of KINDS.

    A key that the sheet's own texts leave out gets a row from the guidance.
    """
    rows: list[dict[str, Any]] = list(TEXTS[name][lang]["keys"]["rows"])
    told = {key for row in rows for key in row["keys"]}
    if name == "counter":
        rows = [_with_lamps(row, lang) for row in rows]
    data, names = guidance(lang), Names(lang)
    for key in [key.id for key in KEYS if key.id not in told]:
        advice = choose.entry(data, "my_number_card", key, "locked")
        texts = [" ".join(advice.get(field, ["–"])) for field in ("fails", "who", "say")]
        rows.append({"keys": [key], "cells": [names.label(key), *texts]})
    return rows


def _with_lamps(row: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a row with the numbers of its keys' lamps, on a ring of 12 and a stick of 8."""
    found = []
    for layout in (12, 8):
        lamps = numbers(layout)
        found.append("・".join(dict.fromkeys(str(lamps[k]) for k in row["keys"] if k in lamps)))
    ring, stick = found
    words = TEXTS["counter"][lang]["lamp"]
    both = words["same"] if ring == stick else words["both"] if stick else words["ring"]
    name, *cells = row["cells"]
    return {**row, "cells": [name + both.format(ring=ring, stick=stick), *cells]}


class _Page:
    """A page, filled from the top down. The next thing goes to `y`, mm."""

    def __init__(self, points: float) -> None:
        self.drawing = Drawing(_WIDTH, _HEIGHT)
        self.y = _MARGIN
        self._points = points
        self._em = points * _PT

    def title(self, text: str, lead: str) -> None:
        self.drawing.text(_MARGIN, _mm(self.y + 5), text, _TITLE)
        self.y += 8
        self.paragraph(lead)

    def heading(self, text: str) -> None:
        self.y += 1.6
        self.drawing.text(_MARGIN, _mm(self.y + 3.8), text, _HEADING)
        self.y += 5.4

    def paragraph(self, text: str) -> None:
        self.y += self._lines(_MARGIN, self.y, text, _WIDTH - 2 * _MARGIN) + 0.8

    def row(
        self,
        columns: Sequence[float],
        cells: Sequence[str],
        fill: RGB | None = None,
        lamps: Sequence[str] = (),
    ) -> None:
        """Draw a table's row. Its first cells have a lamp each, in the states `lamps`."""
        tall = [
            self._height(text, width - 2 * _PAD) + (_LAMP if index < len(lamps) else 0)
            for index, (text, width) in enumerate(zip(cells, columns, strict=True))
        ]
        height = max(tall) + 2 * _PAD
        x = _MARGIN
        for index, (text, width) in enumerate(zip(cells, columns, strict=True)):
            self.drawing.rect(_mm(x), _mm(self.y), width, _mm(height), fill, _LINE, 0.12)
            top = self.y + _PAD
            if index < len(lamps):
                lamp = lamps[index]
                swatch(self.drawing, _mm(x + _PAD), _mm(top + 0.2), lamp, width - 2 * _PAD)
                top += _LAMP
            self._lines(x + _PAD, top, text, width - 2 * _PAD)
            x += width
        self.y += height

    def commands(self, words: dict[str, Any], rows: list[tuple[str, str]]) -> None:
        """Draw the list of commands, close together, each applet on a ground of its own."""
        self.row(words["columns"], words["head"], _GREY)
        top, wide = self.y, sum(words["columns"])
        pale = False
        for hexadecimal, text in rows:
            inner = hexadecimal.startswith(" ")
            pale = pale if inner else not pale
            indent = 5 if inner else _PAD
            cells = [
                (cell, width - indent - _PAD)
                for cell, width in zip((hexadecimal.strip(), text), words["columns"], strict=True)
            ]
            step = max(self._height(*cell) for cell in cells) + 0.25
            if pale:
                self.drawing.rect(_MARGIN, _mm(self.y), wide, _mm(step), _PALE, None)
            x = _MARGIN + indent
            for cell, width in cells:
                self._lines(x, self.y, cell, width)
                x += width + indent + _PAD
            self.y += step
        self.drawing.rect(_MARGIN, _mm(top), wide, _mm(self.y - top), None, _LINE, 0.12)
        self.y += 1
        self.paragraph(words["after"])

    def _height(self, text: str, width: float) -> float:
        return len(wrap(text, width / self._em, width_of)) * self._em * _LEADING

    def _lines(self, x: float, y: float, text: str, width: float) -> float:
        """Write a text in lines from `y` down; return their height, mm."""
        for index, line in enumerate(wrap(text, width / self._em, width_of)):
            baseline = y + self._em * (0.98 + index * _LEADING)
            self.drawing.text(_mm(x), _mm(baseline), line, self._points)
        return self._height(text, width)


def _mm(value: float) -> float:
    return round(value, 3)

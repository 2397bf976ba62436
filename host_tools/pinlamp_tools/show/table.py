"""One reading as a table: every lamp with its name and state, and the keys of it.

On a narrow terminal the state stands below the name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pinlamp.layout import LAYOUTS, OVERALL, lamps

from . import colours
from .names import Names
from .reading import Reading
from .rows import Row, lamp_rows, numbers, outcome
from .terminal import console

_EACH = LAYOUTS[0]  # where each key has a lamp of its own
_SIDE_BY_SIDE = 72  # columns from which a name and a state have room on one line


def show(reading: Reading, layout: int | None, names: Names, file: TextIO | None = None) -> None:
    """Print the lamps of a layout as they are after a reading, and what it means.

    `layout`: None where nobody knows how many lamps the device has: a row for each key then, and
    no number, as that of another label would name another key.
    """
    out = console(file)
    if reading.keys:
        out.print(_table(lamp_rows(reading, layout or _EACH, names), layout, out.width))
    if not reading.keys or (OVERALL,) not in lamps(layout or _EACH):
        out.print(_styled(OVERALL, reading.overall, outcome(reading, names)))


def _table(rows: Iterable[Row], layout: int | None, columns: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    if layout:
        table.add_column(justify="right")  # the lamp's number on the label
    narrow = columns < _SIDE_BY_SIDE
    if not narrow:
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # Japanese has no spaces where a line could break
    winks = numbers(1) if layout == 1 else {}
    for row in rows:
        place = str(winks.get(row.key, "") if winks else row.place or "")
        name = row.name if place else "  " + row.name
        first, blank = ([place], [""]) if layout else ([], [])
        words = _styled(row.key, row.state, row.words)
        if narrow:
            table.add_row(*first, Text(name))
            table.add_row(*blank, Padding(words, (0, 0, 0, 2)))
        else:
            table.add_row(*first, name, words)
    return table


def _styled(key: str, state: str | None, words: str) -> Text:
    # A card that was not read to its end is unknown.
    plain = "magenta" if key == OVERALL else "dim"
    return Text(words, style=colours.style(state, colours.TERMINAL, plain))

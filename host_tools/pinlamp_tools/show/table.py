"""One reading as a table: every lamp with its name and state, and the keys of it.

On a narrow terminal the state stands below the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from rich.table import Table
from rich.text import Text

from mynacard import state
from pinlamp.layout import LAYOUTS, PLACES

from . import colours
from .names import Names
from .reading import Reading
from .terminal import console

OVERALL = "overall"

_SIDE_BY_SIDE = 72  # columns from which a name and a state have room on one line


def lamps_of(layout: int) -> list[list[str]]:
    """Return the key ids of each lamp of a layout, in strip order; `["overall"]` is the last one.

    Layout 5 has no overall lamp.
    """
    lamps = [list(keys) for keys in LAYOUTS[layout]]
    return lamps if layout == 5 else [*lamps, [OVERALL]]


def show(reading: Reading, layout: int, names: Names, file: TextIO | None = None) -> None:
    """Print the lamps of a layout as they are after a reading, and what it means."""
    out = console(file)
    if reading.keys:
        out.print(_table(_rows(reading, layout, names), out.width))
    if not reading.keys or layout == 5:
        out.print(_overall(reading, names))


def _rows(reading: Reading, layout: int, names: Names) -> Iterator[tuple[str, str, Text]]:
    for place, keys in enumerate(lamps_of(layout), 1):
        if keys == [OVERALL]:
            yield str(place), names.key(OVERALL), _overall(reading, names)
            keys = list(PLACES) if layout == 1 else []  # there the button steps through the keys
        elif len(keys) > 1:
            yield str(place), _joined_name(keys, names), _joined(reading, keys, names)
        else:
            yield str(place), _name(keys[0], names), _state(reading, keys[0], names)
            continue
        for key in keys:
            yield "", "  " + _name(key, names), _state(reading, key, names)


def _table(rows: Iterable[tuple[str, str, Text]], columns: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right")  # the lamp's place on the strip
    if columns < _SIDE_BY_SIDE:
        table.add_column(overflow="fold")  # Japanese has no spaces to break a line at
        for place, name, state_text in rows:
            table.add_row(place, Text(name))
            table.add_row("", Text("  ").append_text(state_text))
        return table
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def outcome(reading: Reading, names: Names) -> str:
    """Return in one sentence how the reading went."""
    if reading.phase == "other":
        return names.device("other", kind=names.kind(reading.kind or ""))
    if reading.phase == "several":
        return names.device("several")
    if reading.overall:
        return names.overall(reading.overall)
    return names.device("again")


def _name(key: str, names: Names) -> str:
    return f"{names.mark(key)} {names.key(key)}".lstrip()


def _joined_name(keys: Sequence[str], names: Names) -> str:
    # The keys with their full names stand below.
    return " + ".join(names.key(key, short=True) for key in keys[:2]) + (
        f" + {len(keys) - 2}" if len(keys) > 2 else ""
    )


def _state(reading: Reading, key: str, names: Names) -> Text:
    found, left, maximum = reading.state(key)
    return Text(
        names.state(found, left, maximum), style=colours.style(found, colours.TERMINAL, "dim")
    )


def _joined(reading: Reading, keys: Sequence[str], names: Names) -> Text:
    """Return what the lamp of several keys shows: the worst of them, with the fewest tries."""

    def rank(key: str) -> tuple[int, int]:
        found, left, _ = reading.state(key)
        order = state.WORST_FIRST
        return order.index(found) if found in order else len(order), 99 if left is None else left

    return _state(reading, min(keys, key=rank), names)


def _overall(reading: Reading, names: Names) -> Text:
    return Text(
        outcome(reading, names), style=colours.style(reading.overall, colours.TERMINAL, "magenta")
    )

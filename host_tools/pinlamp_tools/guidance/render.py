"""Guidance on a terminal: for a result, for one entry, and the slip for the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..exits import NOT_READ, READ
from ..show import colours, table
from ..show.names import Names
from ..show.reading import Reading
from ..show.rows import numbers
from ..show.terminal import COLUMNS, console, lines
from .choose import FIELDS, advise, named
from .slip import slip
from .sources import old
from .texts import guidance, today


def outcome(
    reading: Reading, lang: str, as_slip: bool, as_json: bool, sources: bool = False
) -> int:
    """Print a reading's result: table and guidance, or the slip; after JSON nothing more.

    Return the exit status.
    """
    if as_slip:
        slip_of(reading, lang)
    elif not as_json:
        table.show(reading, reading.lamps, Names(lang))
        show(reading, lang, sources=sources)
    return NOT_READ if reading.phase == "again" else READ


def of_reading(reading: Reading, lang: str) -> list[dict[str, Any]]:
    """Return the advice for a reading, see `choose.advise`; none during the reading."""
    return list(advise(guidance(lang), *reading.result()))


def advice(reading: Reading, lang: str, columns: int = COLUMNS) -> Group:
    """Return the guidance for a reading, to be drawn `columns` wide."""
    parts: list[RenderableType] = []
    for one in of_reading(reading, lang):
        parts += [paragraphs(one, lang, columns), ""]
    return Group(*parts[:-1])


def paragraphs(
    one: dict[str, Any], lang: str, columns: int = COLUMNS, sources: bool = False
) -> Group:
    """Return one advice, `columns` wide; with `sources` also where it is known from."""
    data = guidance(lang)
    style = colours.striking(one["state"], colours.TITLES, "bold")
    parts: list[RenderableType] = [Text(lines(f"■ {one['title']}", columns), style)]
    if one["keys"] and "list" not in one:
        names = named(data, one["kind"], one["keys"])
        parts.append(Text(lines(names, columns, 2), "bold"))
    rows: list[tuple[str, str]] = []
    for field in FIELDS:
        for number, line in enumerate(one.get(field, ())):
            rows.append(("" if number else data["fields"][field], line))
    for number, step in enumerate(one.get("list", ()), 1):
        rows.append((f"{number}.", step["what"]))
        rows += [(data["fields"][field], step[field]) for field in ("tell", "ask")]
    source = f"{' / '.join(one['source'])} ({data['fields']['checked']} {one['checked']})"
    labels = [data["fields"][field] for field in (*FIELDS, "tell", "ask", "source")]
    parts.append(grid(rows, labels, columns))
    late = old(data, one["checked"], today())
    if late:
        parts.append(Text(lines(late, columns, 2), "bold"))
    if sources:
        parts.append(grid([(data["fields"]["source"], source)], labels, columns, "dim"))
    return Group(*parts)


def grid(
    rows: Sequence[tuple[str, str]], labels: Sequence[str], columns: int, style: str = ""
) -> Table:
    """Return rows of a label and a text, `columns` wide; `labels` are all possible ones."""
    column = max(map(cell_len, labels)) + 2
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column(no_wrap=True, style="dim", width=column)
    made.add_column(no_wrap=True)
    for label, text in rows:
        made.add_row("  " + label, Text(lines(text, columns - column - 2), style))
    return made


def show(reading: Reading, lang: str, file: TextIO | None = None, sources: bool = False) -> None:
    """Print the guidance for a reading."""
    out = console(file)
    told = of_reading(reading, lang)
    for one in told:
        out.print()
        out.print(paragraphs(one, lang, out.width, sources))
    if told and reading.keys:
        data = guidance(lang)
        out.print(Text("\n" + lines(data["note"], out.width), style="dim"))
        out.print(Text(lines(data["safety"], out.width), style="dim"))


def show_slip(
    kind: str | None,
    findings: list[dict[str, Any]],
    complete: bool,
    lang: str,
    file: TextIO | None = None,
    place: dict[str, Any] | None = None,
    lamps: int | None = None,
) -> None:
    """Print the slip to take along; for the arguments see `slip.slip`.

    `lamps`: how many the device has, see `on_label`.
    """
    out = console(file)
    parts = slip(guidance(lang), kind, findings, complete, today(), on_label(lamps), place)
    for at, part in enumerate(parts):
        if at:
            out.print("\n")
        out.print(Text(lines(f"【{part['title']}】", out.width), style="bold"))
        if part["intro"]:
            out.print(Text(lines(part["intro"], out.width)))
        for item in part["items"]:
            out.print(Text("\n" + lines(f"■ {item['name']}{item['lamp']}", out.width), "bold"))
            labels = [label for label, _ in item["rows"]]
            out.print(grid(item["rows"], labels, out.width))
        for heading, texts in part["rows"]:
            out.print(Text("\n" + lines(heading, out.width), style="bold"))
            for text in texts:
                out.print(Text(lines(text, out.width, 2)))
        if part["boxes"]:
            *boxes, date = part["boxes"]
            out.print(Text("\n" + lines("  ".join(f"□{box}" for box in boxes), out.width)))
            out.print(Text(lines(date, out.width)))


def slip_of(reading: Reading, lang: str) -> None:
    """Print the slip for a reading."""
    kind, findings, complete = reading.result()
    show_slip(kind, findings, complete, lang, lamps=reading.lamps)


def on_label(lamps: int | None) -> dict[str, int]:
    """Return the lamps' numbers for a paper: those of the device's label.

    None where nobody knows how many lamps it has, as the number of another label would name the
    wrong key.
    """
    return {} if lamps is None else numbers(lamps)

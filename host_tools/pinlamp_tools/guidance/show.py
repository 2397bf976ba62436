"""Guidance on a terminal: for a result, for one entry, and the slip for the counter."""

from __future__ import annotations

from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..reading import Reading
from ..wrap import wrap
from .choose import FIELDS, advise
from .slip import slip
from .texts import guidance

_COLUMNS = 80
_WIDEST = 100  # longer lines are hard to read
_TITLES = {
    "locked": "bold #e0480f",
    "by_design": "bold #4f86f7",
    "last": "bold #c98500",
    "used": "#c98500",
    "unknown": "#b04fb0",
    "not_reported": "#b04fb0",
}


def console(file: TextIO | None = None) -> Console:
    """Return where to print: 80 columns, or the terminal's width."""
    made = Console(file=file, highlight=False)
    if not made.is_terminal:
        made.width = _COLUMNS
    return made


def of_reading(reading: Reading, lang: str) -> list[dict[str, Any]]:
    """Return the advice for a reading, as `choose.advise`; none while it is under way."""
    return list(advise(guidance(lang), *_result(reading)))


def _result(reading: Reading) -> tuple[str | None, list[dict[str, Any]], bool]:
    findings = [{"id": key, "state": state} for key, (state, _, _) in reading.keys.items()]
    asked = reading.kind is None or bool(findings) or reading.phase in ("again", "reading")
    return reading.kind, findings, reading.complete if asked else True


def advice(reading: Reading, lang: str, columns: int = _COLUMNS) -> Group:
    """Return the guidance for a reading, to be drawn `columns` wide."""
    parts: list[RenderableType] = []
    for one in of_reading(reading, lang):
        parts += [paragraphs(one, lang, columns), ""]
    return Group(*parts[:-1])


def paragraphs(one: dict[str, Any], lang: str, columns: int = _COLUMNS) -> Group:
    """Return one advice, `columns` wide."""
    data = guidance(lang)
    parts: list[RenderableType] = [
        Text("\n".join(_lines(f"■ {one['title']}", columns)), _TITLES.get(one["state"], "bold"))
    ]
    if one["keys"] and "list" not in one:
        names = data["joint"].join(data["short"][key] for key in one["keys"])
        parts.append(Text("\n".join("  " + line for line in _lines(names, columns - 2)), "bold"))
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(no_wrap=True)
    label = max(cell_len(data["fields"][field]) for field in (*FIELDS, "source")) + 2
    for field in FIELDS:
        for number, line in enumerate(one.get(field, ())):
            title = "" if number else data["fields"][field]
            grid.add_row("  " + title, "\n".join(_lines(line, columns - label - 2)))
    for number, line in enumerate(one.get("list", ()), 1):
        grid.add_row(f"  {number}.", "\n".join(_lines(line, columns - label - 2)))
    source = f"{' / '.join(one['source'])} ({data['fields']['checked']} {one['checked']})"
    text = "\n".join(_lines(source, columns - label - 2))
    grid.add_row("  " + data["fields"]["source"], Text(text, "dim"))
    return Group(*parts, grid)


def _lines(text: str, columns: int) -> list[str]:
    return wrap(text, columns, cell_len)


def show(reading: Reading, lang: str, file: TextIO | None = None) -> None:
    """Print the guidance for a reading."""
    out = console(file)
    told = of_reading(reading, lang)
    for one in told:
        out.print()
        out.print(paragraphs(one, lang, min(out.width, _WIDEST)))
    if told and reading.keys:
        out.print(Text("\n" + guidance(lang)["note"], style="dim"))


def show_slip(
    kind: str | None,
    findings: list[dict[str, Any]],
    complete: bool,
    lang: str,
    file: TextIO | None = None,
) -> None:
    """Print the slip for the counter; arguments as `choose.advise` has them."""
    out = console(file)
    (title, intro), *rest = slip(guidance(lang), kind, findings, complete)
    out.print(Text(f"【{title}】", style="bold"))
    out.print(*intro)
    for heading, lines in rest:
        out.print()
        out.print(Text(heading, style="bold"))
        for line in lines:
            print(*("  " + one for one in _lines(line, _COLUMNS - 2)), sep="\n", file=file)


def slip_of(reading: Reading, lang: str) -> None:
    """Print the slip for a reading."""
    show_slip(*_result(reading), lang)

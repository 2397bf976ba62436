"""Where text goes: a terminal as wide as it is, or 80 columns where there is none."""

from __future__ import annotations

from typing import TextIO

from rich.cells import cell_len
from rich.console import Console

from .wrap import wrap

COLUMNS = 80
_NARROWEST = 40
_WIDEST = 100  # longer lines are hard to read


def console(file: TextIO | None = None) -> Console:
    """Return where to print: 80 columns, or the terminal's width from 40 to 100."""
    made = Console(file=file, highlight=False)
    made.width = min(max(made.width, _NARROWEST), _WIDEST) if made.is_terminal else COLUMNS
    return made


def lines(text: str, columns: int, indent: int = 0) -> str:
    """Return `text` broken into lines of `columns`, each of them after `indent` blanks."""
    margin = " " * indent
    return "\n".join(margin + line for line in wrap(text, columns - indent, cell_len))

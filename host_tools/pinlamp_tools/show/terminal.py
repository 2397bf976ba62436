"""The console to print on: as wide as the terminal, or 80 columns without one."""

from __future__ import annotations

from typing import TextIO

from rich.cells import cell_len
from rich.console import Console

from .strange import visible
from .wrap import wrap

COLUMNS = 80
_NARROWEST = 40
_WIDEST = 100  # longer lines are hard to read


def console(file: TextIO | None = None) -> Console:
    """Return a console of the terminal's width, from 40 to 100 columns; without one of 80."""
    made = Console(file=file, highlight=False)
    made.width = min(max(made.width, _NARROWEST), _WIDEST) if made.is_terminal else COLUMNS
    return made


def lines(text: str, columns: int, indent: int = 0) -> str:
    """Return `text`, `visible`, in lines of at most `columns`, each after `indent` blanks."""
    margin = " " * indent
    return "\n".join(margin + line for line in wrap(visible(text), columns - indent, cell_len))

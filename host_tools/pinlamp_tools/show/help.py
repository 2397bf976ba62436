"""The help of a command, in the user's language and as wide as the terminal.

click breaks lines at blanks alone and counts characters: Japanese has no blanks, and each of its
characters is two cells wide.
"""

from __future__ import annotations

import copy
import inspect
import shutil
from collections.abc import Iterable
from typing import Any

import click
from rich.cells import cell_len

from .names import LANGUAGES
from .say import paragraphs, say
from .wrap import wrap

_NARROWEST, _WIDEST = 40, 80
_FIRST = 26  # cells of a list's first column; a longer entry has its text below it


class Formatter(click.HelpFormatter):
    """Writes help in lines of cells."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Arguments: as click has them; the width is the terminal's, from 40 to 80."""
        super().__init__(*args, **kwargs)
        self.width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST) - 1

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        for number, part in enumerate(inspect.cleandoc(text).split("\n\n")):
            self.write("\n" if number else "")
            self._lines(" ".join(part.split()), self.current_indent)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of two columns."""
        rows = list(rows)
        first = min(max(cell_len(name) for name, _ in rows), _FIRST, self.width // 2 - 4)
        column = self.current_indent + first + col_spacing
        for name, text in rows:
            head = " " * self.current_indent + name
            if not text:
                self.write(head + "\n")
            elif cell_len(name) > first:
                self.write(head + "\n")
                self._lines(text, column)
            else:
                self._lines(text, column, head)

    def _lines(self, text: str, indent: int, head: str = "") -> None:
        for line in wrap(text, self.width - indent, cell_len):
            self.write(head + " " * (indent - cell_len(head)) + line + "\n")
            head = ""


class Context(click.Context):
    """A context whose help is ours."""

    formatter_class = Formatter


def in_words(command: click.Command) -> click.Command:
    """Return a command whose help is in the language that is spoken; it takes --lang."""
    told = copy.copy(command)
    told.context_class = Context
    told._help_option = None  # click keeps it, in the language that was spoken then
    told.help = paragraphs(inspect.cleandoc(command.help)) if command.help else None
    told.short_help = told.help.split("\n\n")[0] if told.help else None
    told.params = [_option(one) if isinstance(one, click.Option) else one for one in told.params]
    if isinstance(told, click.Group):
        if told.commands:
            told.commands = {name: in_words(one) for name, one in told.commands.items()}
    elif not any(one.name == "lang" for one in told.params):
        told.params.append(
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                expose_value=False,
                help=say("ja or en; else the locale's."),
            )
        )
    return told


def _option(option: click.Option) -> click.Option:
    told = copy.copy(option)
    told.help = say(option.help) if option.help else option.help
    return told

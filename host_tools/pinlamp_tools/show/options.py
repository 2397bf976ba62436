"""Arguments that several commands share. One line says what is wrong with one."""

from __future__ import annotations

import difflib
import locale
import os
import re
import shlex
from collections.abc import Sequence
from typing import Any

import click

from .. import paths
from .names import LANGUAGES
from .strange import visible


def language() -> str:
    """Return the language of the environment: "ja" if it is Japanese, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "ja" if os.environ[name].startswith("ja") else "en"
    # Windows has no such variables; its locale is called "Japanese_Japan".
    return "ja" if locale.setlocale(locale.LC_CTYPE).lower().startswith("ja") else "en"


def no_such(what: str, value: object, names: Sequence[str], hint: str | None = None) -> str:
    """Return what to say to a name that there is not: the likeliest one, and all or a `hint`."""
    near = difflib.get_close_matches(str(value), names, 1)
    likely = f"did you mean {near[0]}? " if near else ""
    rest = hint if hint is not None else "there are " + ", ".join(names)
    return f"there is no {what} {value}: {likely}{rest}"


class OneOf(click.ParamType):  # type: ignore[type-arg]
    """One of some names (or numbers); the error is one line and names the likeliest ones."""

    name = "name"

    def __init__(self, what: str, values: Sequence[str | int], hint: str | None = None) -> None:
        """`hint`: what to say instead of listing all `values`."""
        self._what = what
        self._values = values
        self._hint = hint

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | int:
        """Return the value of that name."""
        for known in self._values:
            if str(known) == str(value):
                return known
        names = [str(known) for known in self._values]
        raise click.UsageError(no_such(self._what, value, names, self._hint))


# What cmd.exe and PowerShell both take as it stands, and what neither takes as it stands within
# double quotes: PowerShell ends these at typographic ones, too.
_BARE = re.compile(r"[\w./\\:][\w./\\:-]*")
_NEVER = re.compile('[%$`"\u201c\u201d\u201e]')


def quoted(argument: str) -> str:
    """Return an argument as one types it in this system's shell.

    It is PATH where no quotes help: what a stranger's name would make the shell do, nobody is
    told to type.
    """
    if visible(argument) != argument:
        return "PATH"
    if paths.has_ptys():
        return shlex.quote(argument)
    if _NEVER.search(argument):
        return "PATH"
    if _BARE.fullmatch(argument):
        return argument
    # A backslash before the closing quote would make a letter of it.
    slashes = len(argument) - len(argument.rstrip("\\"))
    return f'"{argument}{slashes * chr(92)}"'


slip_option = click.option(
    "--print",
    "slip",
    is_flag=True,
    help="Print the slip to take along instead: a part for the clerk, a part for you.",
)
ask_option = click.option(
    "--ask", "questions", is_flag=True, help="Ask, and say: kiosk or office, how often."
)
sources_option = click.option("--sources", is_flag=True, help="Name the sources too.")
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default=language, help="ja or en; else the locale's."
)

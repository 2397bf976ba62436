"""Arguments that several commands share. One line says what is wrong with one."""

from __future__ import annotations

import difflib
import locale
import os
import shlex
import subprocess
from collections.abc import Sequence
from typing import Any

import click

from .. import paths
from .names import LANGUAGES


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


def quoted(argument: str) -> str:
    """Return an argument quoted for this system's shell."""
    return shlex.quote(argument) if paths.has_ptys() else subprocess.list2cmdline([argument])


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

"""Lists the arguments of `pinlamp guide`: kinds of card, keys and states, by id and by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..show.heard import states_of
from ..show.names import Names
from ..show.terminal import lines
from . import choose
from .render import grid


def show_all(out: Console, data: dict[str, Any], lang: str) -> None:
    """Print all kinds of card, the keys of a My Number Card, and all states."""
    _head(out, "KIND")
    _rows(out, [(kind, data["kinds"][kind]["title"]) for kind in choose.kinds(data)])
    out.print()
    _head(out, "KEY")
    names = Names(lang)
    _rows(out, [(key, _name(names, key)) for key in choose.keys_of(data, "my_number_card")])
    out.print()
    _head(out, "STATE")
    _rows(out, [(state, texts["title"]) for state, texts in data["states"].items()])
    out.print(Text("\npinlamp guide visual_b locked\n"))
    out.print(Text(lines(data["safety"], out.width), "dim"))


def show_keys(out: Console, kind: str, keys: Sequence[str], lang: str) -> None:
    """Print the keys of a kind of card."""
    names = Names(lang)
    _head(out, f"pinlamp guide {kind} KEY")
    _rows(out, [(key, _name(names, key)) for key in keys])


def show_states(out: Console, data: dict[str, Any], kind: str, key: str) -> None:
    """Print a key's full name, and the states in which it can be."""
    out.print(Text(lines(choose.named(data, kind, [key]), out.width), "bold"))
    out.print()
    _head(out, f"pinlamp guide {kind} {key} STATE")
    titles = [(state, choose.entry(data, kind, key, state)) for state in states_of(key)]
    _rows(out, [(state, advice["title"]) for state, advice in titles])


def _name(names: Names, key: str) -> str:
    return f"{names.mark(key)} {names.key(key)}".lstrip()


def _head(out: Console, text: str) -> None:
    out.print(Text(lines(text, out.width), "dim"))


def _rows(out: Console, rows: Iterable[tuple[str, str]]) -> None:
    rows = list(rows)
    out.print(grid(rows, [label for label, _ in rows], out.width))

"""What an argument of `run` and `emulate` may be; a wrong one is said in one line."""

from __future__ import annotations

from typing import Any

import click

from ..emulator.card.catalogue import CARDS
from ..emulator.chip import faults
from ..emulator.pasori import faults as of_rcs660s
from ..show.options import OneOf, no_such
from ..show.say import say

_CARDS = tuple(card.name for card in CARDS)

_WORDS = {name: words for name, _, words in faults.FAULTS}
for _name, _words in of_rcs660s.FAULTS:
    _WORDS.setdefault(_name, _words)

CARD = OneOf("card", _CARDS, "`pinlamp cards` lists them")


def in_words(fault: str, lang: str) -> str:
    """Return what happens at a fault of that name."""
    return say(_WORDS[fault], lang)


class FaultAt(click.ParamType):  # type: ignore[type-arg]
    """A fault's name, and with an @ the byte of the exchange that it strikes at."""

    name = "fault"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int | None]:
        """Return (name, byte or None)."""
        name, at, byte = str(value).partition("@")
        if name not in _WORDS:
            raise click.UsageError(no_such("fault", name, tuple(_WORDS)))
        if at and not (byte.isascii() and byte.isdecimal()):
            raise click.UsageError(f"{value}: after @ comes the number of a byte, from 0")
        return name, int(byte) if at else None

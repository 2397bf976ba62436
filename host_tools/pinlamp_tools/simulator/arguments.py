"""What an argument of `run` and `emulate` may be; a wrong one is said in one line."""

from __future__ import annotations

from typing import Any

import click

from ..emulator.card.catalogue import CARDS
from ..emulator.chip.faults import NAMES as FAULTS
from ..show.options import OneOf

_CARDS = tuple(card.name for card in CARDS)

CARD = OneOf("card", _CARDS, "`pinlamp cards` lists them")


class FaultAt(click.ParamType):  # type: ignore[type-arg]
    """A fault's name, and with an @ the byte of the exchange that it strikes at."""

    name = "fault"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int | None]:
        """Return (name, byte or None)."""
        name, at, byte = str(value).partition("@")
        if name not in FAULTS:
            raise click.UsageError(f"there is no fault {name}: there are {', '.join(FAULTS)}")
        if at and not (byte.isascii() and byte.isdecimal()):
            raise click.UsageError(f"{value}: after @ comes the number of a byte, from 0")
        return name, int(byte) if at else None

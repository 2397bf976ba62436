"""`pinlamp board wiring` and `pinlamp board label`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..boards.board import Board, ChoiceError
from ..boards.command import LAYOUT, BoardParam, checked
from ..show.options import lang_option
from ..show.output import cannot, force_option, refuse
from ..show.say import say

_out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write."
)


@click.command("wiring")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@click.option("--link", metavar="LINK", help="How the PN532 is connected; else the board's own.")
@_out_option
@force_option
def board_wiring(board: Board, link: str | None, out: Path, force: bool) -> None:
    """Draw what is wired to what (.svg)."""
    from . import wiring

    try:
        board = board.with_link(link or board.link)
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error
    _write(lambda: wiring.draw(board, out), out, force)


@click.command("label")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@lang_option
@click.option("--layout", type=LAYOUT, help="Fewer lamps of the same strip, as `settings` has it.")
@click.option(
    "--strip",
    "name",
    metavar="NAME",
    help="The part with the lamps: ring-12, stick-8, strip-60 (60 a metre) …; else the likeliest.",
)
@click.option(
    "--pitch",
    metavar="MM",
    type=click.FloatRange(3, 60),
    help="From the middle of a lamp to the next one, if yours differs from the part's.",
)
@_out_option
@force_option
def board_label(
    board: Board,
    lang: str,
    layout: str | None,
    name: str | None,
    pitch: float | None,
    out: Path,
    force: bool,
) -> None:
    """Make the label, the size of a card with a back, true to size (.svg or .pdf)."""
    from . import label, parts

    try:
        part = parts.named(name, pitch) if name else parts.of(board.strip, pitch)
        board = part.lit(board) if name else board
    except KeyError:
        known = ", ".join(parts.NAMES)
        raise click.UsageError(
            f"there is no strip {name}: there are {known}; others are {parts.FORMS}"
        ) from None
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error
    shown = checked(board.in_layout(int(layout)).data()) if layout else checked(board.data())
    _write(lambda: label.draw(shown, lang, part).write(out), out, force)


def _write(draw: Any, out: Path, force: bool) -> None:
    from .drawing import DrawingError, SuffixError

    refuse(out, force)
    try:
        draw()
    except SuffixError as error:
        raise click.UsageError(str(error)) from error
    except DrawingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(out, error) from error
    click.echo(say(f"{out} is written."))

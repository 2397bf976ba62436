"""`pinlamp board wiring` and `pinlamp board label`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..boards.board import Board, ChoiceError
from ..boards.command import LAYOUT, STRIP_HELP, BoardParam, checked
from ..show.options import lang_option
from ..show.output import cannot, force_option, refuse
from ..show.say import say
from ..show.strange import tell

_out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write."
)
_strip_option = click.option("--strip", metavar="NAME", help=STRIP_HELP)


@click.command("wiring")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@click.option("--link", metavar="LINK", help="How the PN532 is connected; else the board's own.")
@_strip_option
@_out_option
@force_option
def board_wiring(
    board: Board, link: str | None, strip: str | None, out: Path, force: bool
) -> None:
    """Draw what is wired to what (.svg)."""
    from . import wiring

    board = _chosen(board, link, strip)
    write(lambda: wiring.draw(board, out), out, force)


@click.command("label")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@lang_option
@_strip_option
@click.option("--layout", type=LAYOUT, help="Fewer lamps of the same strip, as `settings` has it.")
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
    strip: str | None,
    layout: str | None,
    pitch: float | None,
    out: Path,
    force: bool,
) -> None:
    """Make the label, the size of a card with a back, true to size (.svg or .pdf)."""
    from . import label, parts

    board = _chosen(board, None, strip)
    try:
        if strip and strip == board.strip.part:
            part = parts.named(strip, pitch)
        else:
            part = parts.of(board.strip, pitch)
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error
    shown = checked(board.in_layout(int(layout)).data()) if layout else board
    write(lambda: label.draw(shown, lang, part).write(out), out, force)


def _chosen(board: Board, link: str | None, strip: str | None) -> Board:
    """Return the board with a link and a strip in use; what it lacks is wrong use."""
    try:
        board = board.with_link(link or board.link)
        return checked((board.with_strip(strip) if strip else board).data())
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error


def write(draw: Any, out: Path, force: bool) -> None:
    """Write a drawing into a file by calling `draw`; raise click's errors."""
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
    tell(say(f"{out} is written."))

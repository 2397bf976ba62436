"""`pinlamp board wiring` and `pinlamp board label`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..boards.board import Board, ChoiceError
from ..boards.command import LAYOUT, STRIP_HELP, BoardParam, checked
from ..show.options import lang_option

_out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write."
)
_strip_option = click.option("--strip", metavar="NAME", help=STRIP_HELP)


@click.command("wiring")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@click.option("--link", metavar="LINK", help="How the PN532 is connected; else the board's own.")
@_strip_option
@_out_option
def board_wiring(board: Board, link: str | None, strip: str | None, out: Path) -> None:
    """Draw what is wired to what (.svg)."""
    from . import wiring

    board = _chosen(board, link, strip)
    _write(lambda: wiring.draw(board, out), out)


@click.command("label")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@lang_option
@_strip_option
@click.option("--layout", type=LAYOUT, help="Fewer lamps of the same strip, as `settings` has it.")
@_out_option
def board_label(board: Board, lang: str, strip: str | None, layout: str | None, out: Path) -> None:
    """Make the label that goes beside the lamps, true to size (.svg or .pdf)."""
    from . import label

    board = _chosen(board, None, strip)
    shown = checked(board.in_layout(int(layout)).data()) if layout else board
    _write(lambda: label.draw(shown, lang).write(out), out)


def _chosen(board: Board, link: str | None, strip: str | None) -> Board:
    """Return the board with a link and a strip in use; what it lacks is wrong use."""
    try:
        board = board.with_link(link or board.link)
        return checked((board.with_strip(strip) if strip else board).data())
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error


def _write(draw: Any, out: Path) -> None:
    from .drawing import DrawingError, SuffixError

    try:
        draw()
    except SuffixError as error:
        raise click.UsageError(str(error)) from error
    except DrawingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out} is written.")

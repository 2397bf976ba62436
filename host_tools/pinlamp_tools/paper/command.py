"""`pinlamp board wiring` and `pinlamp board label`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..boards.command import LAYOUT, BoardParam, checked
from ..boards.lamps import in_layout
from ..show.options import lang_option

_out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write."
)


@click.command("wiring")
@click.argument("which", metavar="NAME|PATH", type=BoardParam())
@click.option("--link", metavar="LINK", help="How the PN532 is connected; else the board's own.")
@_out_option
def board_wiring(which: dict[str, Any], link: str | None, out: Path) -> None:
    """Draw what is wired to what (.svg)."""
    from . import wiring

    checked(which)
    kind = link or which["link"]
    if kind not in which["links"]:
        raise click.UsageError(
            f"{which['name']} has no {kind}: it has {', '.join(which['links'])}"
        )
    _write(lambda: wiring.draw(which, kind, out), out)


@click.command("label")
@click.argument("which", metavar="NAME|PATH", type=BoardParam())
@lang_option
@click.option("--layout", type=LAYOUT, help="Fewer lamps of the same strip, as `settings` has it.")
@_out_option
def board_label(which: dict[str, Any], lang: str, layout: str | None, out: Path) -> None:
    """Make the label that goes beside the lamps, true to size (.svg or .pdf)."""
    from . import label

    checked(which)
    board = checked(in_layout(which, int(layout))) if layout else which
    _write(lambda: label.draw(board, lang).write(out), out)


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

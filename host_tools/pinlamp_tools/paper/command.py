"""`pinlamp board wiring` and `pinlamp board label`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..boards.rules import problems
from ..show.names import LANGUAGES, language


def write_wiring(board: dict[str, Any], link: str | None, out: Path) -> None:
    """Write a board's wiring picture; a usage error for a link that it does not have."""
    from . import wiring

    kind = link or board["link"]
    if kind not in board["links"]:
        raise click.UsageError(
            f"{board['name']} has no {kind}: it has {', '.join(board['links'])}"
        )
    _write(board, lambda: wiring.draw(board, kind, out), out)


def write_label(board: dict[str, Any], lang: str, out: Path) -> None:
    """Write a board's label."""
    from . import label

    _write(board, lambda: label.draw(board, lang).write(out), out)


def _write(board: dict[str, Any], draw: Any, out: Path) -> None:
    from .drawing import DrawingError, SuffixError

    found = problems(board)
    if found:
        raise click.ClickException(f"this board cannot work: {found[0]}")
    try:
        draw()
    except SuffixError as error:
        raise click.UsageError(str(error)) from error
    except DrawingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out} is written.")


lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default=language, help="ja or en; else the locale's."
)
out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The file to write."
)

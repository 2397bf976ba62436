"""Makes the labels, sheets, wiring and story of docs/, or checks that they are up to date.

    python -m pinlamp_tools.paper.pictures docs [--check]

The check compares labels and sheets byte for byte as SVG. Releases of the PDF library write
different bytes, so each PDF carries the digest of its SVG. Releases of Graphviz draw different
curves, so the check compares the words of wiring pictures.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from ..boards.board import Board, names
from ..show.names import LANGUAGES
from . import label, sheet, story, wiring

_STICK = "esp32_devkitc"  # the board that has a label for a stick of 8 too


def _made(folder: Path, pdf: bool) -> Iterator[Path]:
    """Make everything in `folder`; yield the paths within it."""
    for part in ("labels", "sheets", "wiring"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for lang in LANGUAGES:
        path = Path(f"story.{lang}.svg")
        story.draw(lang).write(folder / path)
        yield path
    suffixes = ("svg", "pdf") if pdf else ("svg",)
    for kind in sheet.KINDS:
        for lang in LANGUAGES:
            for suffix in suffixes:
                path = Path("sheets", f"{kind}.{lang}.{suffix}")
                sheet.draw(kind, lang).write(folder / path)
                yield path
    # Shops sell sticks of 8 as often as rings of 12.
    stick = Board.named(_STICK).with_lamps(8)
    yield from _labels(folder, f"{_STICK}-8", stick, suffixes)
    for name in names():
        board = Board.named(name)
        yield from _labels(folder, name, board, suffixes)
        if shutil.which("dot"):
            for link in board.links:
                path = Path("wiring", f"{name}-{link}.svg")
                wiring.draw(board.with_link(link), folder / path)
                yield path


def _labels(folder: Path, name: str, board: Board, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for lang in LANGUAGES:
        for suffix in suffixes:
            path = Path("labels", f"{name}.{lang}.{suffix}")
            label.draw(board, lang).write(folder / path)
            yield path


def _words(path: Path) -> list[str] | str:
    text = path.read_text("utf-8")
    if path.parent.name != "wiring":
        return text
    return sorted(re.findall(r"<text[^>]*>([^<]*)</text>", text))


def _is_of(pdf: Path, svg: Path) -> bool:
    digest = hashlib.sha256(svg.read_bytes()).hexdigest()
    return pdf.exists() and digest.encode() in pdf.read_bytes()


@click.command()
@click.argument("docs", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something differs.")
def main(docs: Path, check: bool) -> None:
    """Make the pictures of all boards in DOCS."""
    if not shutil.which("dot"):
        if os.environ.get("CI") or not check:
            raise click.ClickException("Graphviz is missing: apt install graphviz")
        click.echo("Graphviz is missing: the wiring pictures are not checked")
    if not check:
        for path in _made(docs, pdf=True):
            click.echo(path)
        return
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        made = list(_made(Path(folder), pdf=False))
        stale = [
            str(path)
            for path in made
            if not (docs / path).exists() or _words(docs / path) != _words(Path(folder, path))
        ]
        stale += [
            str(path.with_suffix(".pdf"))
            for path in made
            if path.parent.name in ("labels", "sheets")
            and not _is_of(docs / path.with_suffix(".pdf"), Path(folder, path))
        ]
    if stale:
        click.echo("`make pictures` would change: " + ", ".join(stale))
        sys.exit(1)


if __name__ == "__main__":
    main()

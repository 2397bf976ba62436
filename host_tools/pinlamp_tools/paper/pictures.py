"""Makes the pictures of docs/, or checks that they are up to date; or makes all there can be.

    python -m pinlamp_tools.paper.pictures docs [--check]
    python -m pinlamp_tools.paper.pictures dist/pictures --all

docs/ holds what its pages show: story, sheets, switches, and for each build its wiring and its
label. With --all there are the label and the wiring of every board on every link, too.

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
from pathlib import Path

import click

from ..boards.board import Board, names
from ..show.names import LANGUAGES
from ..show.strange import tell
from . import label, sheet, slip, story, switches, wiring
from .builds import builds
from .drawing import Drawing

_FOLDERS = ("labels", "sheets", "wiring")


class _Maker:
    """Makes pictures in a folder, in some formats; `made` has their paths within it."""

    def __init__(self, folder: Path, suffixes: tuple[str, ...]) -> None:
        self.made: list[Path] = []
        self._folder = folder
        self._suffixes = suffixes
        for part in _FOLDERS:
            (folder / part).mkdir(parents=True, exist_ok=True)

    def of_docs(self) -> None:
        """Make what the pages of docs/ show."""
        for lang in LANGUAGES:
            self._write(Path(f"story.{lang}.svg"), story.draw(lang))
            self._write(Path(f"story-after.{lang}.svg"), story.draw(lang, after=True))
            self._print(Path("sheets", f"slip.{lang}"), slip.example(lang))
            for kind in sheet.KINDS:
                self._print(Path("sheets", f"{kind}.{lang}"), sheet.draw(kind, lang))
        for link in switches.SETTINGS:
            self._write(Path("wiring", f"switches-{link}.svg"), switches.draw(link))
        for build in builds():
            self._of_board(build.name, build.name, build.board)

    def of_boards(self) -> None:
        """Make the label of every board and its wiring on every link."""
        for name in names():
            board = Board.named(name)
            for link in board.links:
                self._of_board(name, f"{name}-{link}", board.with_link(link))

    def _of_board(self, name: str, wired: str, board: Board) -> None:
        for lang in LANGUAGES:
            self._print(Path("labels", f"{name}.{lang}"), label.draw(board, lang))
        if shutil.which("dot"):
            path = Path("wiring", f"{wired}.svg")
            wiring.draw(board, self._folder / path)
            self.made.append(path)

    def _print(self, path: Path, drawing: Drawing) -> None:
        for suffix in self._suffixes:
            self._write(path.with_name(f"{path.name}.{suffix}"), drawing)

    def _write(self, path: Path, drawing: Drawing) -> None:
        if path not in self.made:
            drawing.write(self._folder / path)
            self.made.append(path)


def _words(path: Path) -> list[str] | str:
    text = path.read_text("utf-8")
    if path.parent.name != "wiring":
        return text
    return sorted(re.findall(r"<text[^>]*>([^<]*)</text>", text))


def _is_of(pdf: Path, svg: Path) -> bool:
    digest = hashlib.sha256(svg.read_bytes()).hexdigest()
    return pdf.exists() and digest.encode() in pdf.read_bytes()


def _there(docs: Path) -> set[Path]:
    found = (path for part in _FOLDERS for path in docs.glob(f"{part}/*"))
    return {path.relative_to(docs) for path in found}


def _stale(docs: Path) -> list[str]:
    """Return the paths of pictures that differ, are missing, or belong to no page."""
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        maker = _Maker(Path(folder), ("svg",))
        maker.of_docs()
        printed = [path for path in maker.made if path.parent.name in ("labels", "sheets")]
        pdfs = {path.with_suffix(".pdf"): path for path in printed}
        stale = [
            path
            for path in maker.made
            if not (docs / path).exists() or _words(docs / path) != _words(Path(folder, path))
        ]
        stale += [pdf for pdf, svg in pdfs.items() if not _is_of(docs / pdf, Path(folder, svg))]
        if shutil.which("dot"):
            stale += _there(docs) - {*maker.made, *pdfs}
    return [str(path) for path in stale]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something differs.")
@click.option("--all", "every", is_flag=True, help="Every board's label and wiring, too.")
def main(folder: Path, check: bool, every: bool) -> None:
    """Make pictures in FOLDER."""
    if not shutil.which("dot"):
        if os.environ.get("CI") or not check:
            raise click.ClickException("Graphviz is missing: apt install graphviz")
        click.echo("Graphviz is missing: the wiring pictures are not checked")
    if check:
        stale = _stale(folder)
        if stale:
            tell("`make pictures` would change: " + ", ".join(stale))
            sys.exit(1)
        return
    maker = _Maker(folder, ("svg", "pdf"))
    maker.of_docs()
    if every:
        maker.of_boards()
    for path in _there(folder) - set(maker.made):
        (folder / path).unlink()
    tell(f"{folder}: {len(maker.made)} pictures")


if __name__ == "__main__":
    main()

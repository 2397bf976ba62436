"""`pinlamp board list`, `show`, `check` and `new`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pinlamp import files

from .. import paths
from ..exits import WRONG_USE
from ..show.options import OneOf, no_such, quoted, sources_option
from ..show.output import cannot, force_option, refuse
from ..show.say import say, spoken
from ..show.strange import tell, visible
from ..show.wrap import pack
from . import board as boards
from .board import NOT_LOOKED_UP, Board, ChoiceError
from .rules import problems
from .strips import FORMS

STRIP_HELP = f"Which lamps: internal, strip, or the part you have: {FORMS}."
LAYOUT = OneOf("layout", ("12", "8", "5", "1"))
_TYPED = "pinlamp.board"  # in click's context
_GRADES = (
    "[I]: inferred, not tried on a board; [S]: read there;"
    f" {NOT_LOOKED_UP}: nobody has looked it up yet"
)
_JAPANESE = json.loads(Path(__file__).with_name("words.ja.json").read_text("utf-8"))
_LINK_NAMES = {"hsu": "HSU (UART)", "i2c": "I2C", "spi": "SPI"}


class BoardParam(click.ParamType):  # type: ignore[type-arg]
    """A board that can work: one of ours by its name, or a path to one. The value is a `Board`."""

    name = "board"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Board:
        """Return the board. Raises UsageError with the names of all boards, ClickException."""
        if isinstance(value, Board):
            return value
        if ctx is not None:
            ctx.meta[_TYPED] = str(value)
        try:
            return checked(boards.read(str(value)))
        except KeyError:
            raise click.UsageError(_unknown(str(value))) from None


def as_typed() -> str:
    """Return the running command's board as the user named it, for a command to be typed."""
    return quoted(click.get_current_context().meta[_TYPED])


def _unknown(name: str) -> str:
    names = boards.names()
    there_are = "there are " + ", ".join(names)
    own = "one of your own is named by the path of its folder"
    return no_such("board", name, names, f"{there_are}; {own}")


def checked(data: dict[str, Any]) -> Board:
    """Return the board of a board.json; ClickException says why the first rule forbids it."""
    found = problems(data)
    if found:
        raise click.ClickException(f"this board cannot work: {found[0]} (`pinlamp board check`)")
    return Board.of(data)


@click.command("list")
def board_list() -> None:
    """List the boards, one line each."""
    headings = (*map(_word, ("name", "board", "links", "lamps")), "MicroPython")
    rows = [_listed(Board.named(name)) for name in boards.names()]
    console = _console()
    widths = [max(map(cell_len, column)) + 1 for column in zip(headings, *rows, strict=True)]
    if console.is_terminal and console.width < sum(widths):
        for name, title, *rest in rows:
            told = list(map(" ".join, zip(headings[2:], rest, strict=True)))
            below = map("  ".join, pack(told, console.width - 2, cell_len))
            console.print(name, title, *below, sep="\n  ", markup=False)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True, overflow="ignore")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _listed(board: Board) -> tuple[str, ...]:
    """Return what the list says of a board."""
    lamps = "/".join(str(strip.layout) for strip in board.strips)
    links = ",".join([board.link, *(link for link in board.links if link != board.link)])
    return board.name, board.title, links, lamps, board.image


@click.command("show")
@click.argument("board", metavar="NAME|PATH", type=BoardParam())
@sources_option
def board_show(board: Board, sources: bool) -> None:
    """Show what is on which pin."""
    console = _console()
    title = f"{board.title} ({board.chip}), MicroPython {board.image}"
    console.print(visible(title), markup=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("part", "wire", "pin, as printed / its number"):
        table.add_column(_word(heading))
    for row in _rows(board):
        table.add_row(*(Text(visible(cell)) for cell in row))
    console.print(table)
    if not sources:
        return
    console.print(say(f"Where this is known from ({_GRADES}):"), markup=False)
    for part, source in board.sources.items():
        console.print(visible(f"  {part}: {source}"), markup=False)


def _word(text: str, **fields: Any) -> str:
    """Return a table's text as it is spoken. Not by `say`: a strip's name is typed as it is."""
    return (_JAPANESE[text] if spoken() == "ja" else text).format(**fields)


def _rows(board: Board) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a board's table: part, wire, pin."""
    reader = board.reader_name
    for name, link in board.reader_links.items():
        part = _word("{reader} by {link}", reader=reader, link=_LINK_NAMES[name])
        part = _word("{part} (in use)", part=part) if name == board.link else part
        for wire, pin in link.items():
            if wire != "id":
                yield part, wire.upper(), board.pin_name(pin)
                part = ""
    for strip in board.strips:
        internal = strip.name == "internal"
        part = _word("the board's own pixels" if internal else "strip")
        part = _word("{part} (in use)", part=part) if strip is board.strip else part
        yield part, "" if internal else "DIN", board.pin_name(strip.pin)
        counts = {"count": strip.count, "lamps": strip.layout, "shape": _word(strip.shape)}
        yield "", "", _word("{count} pixels, {lamps} lamps, {shape}", **counts)
    if board.buzzer is not None:
        yield _word("buzzer"), "+", board.pin_name(board.buzzer)
    if board.button:
        builtin = board.button.builtin
        name = "the board's own button" if builtin else "button"
        yield _word(name), "" if builtin else "A", board.pin_name(board.button.pin)
    if board.grove:
        yield _word("Grove cable"), _word("black"), "GND"
        yield "", _word("red"), _word("5 V: never to the {reader}", reader=reader)
        for colour, pin in board.grove.items():
            yield "", _word(colour), board.pin_name(pin)
    yield _word("current for the lamps"), "", f"{board.budget_ma} mA"
    yield _word("sealing (deploy --sealed)"), "", _word(board.seal or "not known")


@click.command("check")
@click.argument("which", metavar="[NAME|PATH]…", nargs=-1)
def board_check(which: tuple[str, ...]) -> int:
    """Tell whether boards can work: pins, current, lamps. None named: all of ours.

    Exit status: 0 all can, 1 one cannot, 2 one is not known.
    """
    status = 0
    for name in which or boards.names():
        try:
            data = boards.read(name)
        except KeyError:
            tell(f"pinlamp: {say(_unknown(name))}", err=True)
            status = WRONG_USE
            continue
        except paths.MissingError as error:
            found = [say(str(error))]
            status = max(status, error.status)
        else:
            found = problems(data)
        for problem in found:
            tell(f"{name}: {problem}")
        if not found:
            tell(say(f"{name}: good"))
            _ask_for_sources(name, Board.of(data))
        status = max(status, int(bool(found)))
    return status


def _ask_for_sources(name: str, board: Board) -> None:
    """Say which parts nobody has looked up yet, and where to write what was found."""
    if board.not_looked_up:
        parts = ", ".join(board.not_looked_up)
        file = boards.file_of(name)
        tell(
            say(
                f"{name}: not looked up yet: {parts}: find them in the board's documents, then say"
                f' in "sources" of {file} where you found each'
            )
        )


@click.command("new")
@click.option("-o", "folder", type=click.Path(path_type=Path), help="The new board's folder.")
@click.option("--from", "origin", type=BoardParam(), metavar="NAME|PATH", help="What it is like.")
@click.option("--title", help="What it is called.")
@click.option("--link", type=click.Choice(list(_LINK_NAMES)), help="How the PN532 is connected.")
@click.option("--lamps", type=LAYOUT, help="How many lamps its own strip has.")
@force_option
def board_new(
    folder: Path | None,
    origin: Board | None,
    title: str | None,
    link: str | None,
    lamps: str | None,
    force: bool,
) -> None:
    """Make a board of your own from one that is like it; asks for what is not given.

    Its sources say that nobody has looked its pins up yet: replace each by where you found it.
    """
    board: Board = origin or click.prompt(
        say("Which board is like it"), default="esp32_devkitc", value_proc=BoardParam()
    )
    folder = folder or Path(click.prompt(say("Folder for it"), default="./my_board"))
    file = folder / files.BOARD
    refuse(file, force)
    title = title or click.prompt(say("Its name"), default=visible(board.title))
    link = link or click.prompt(
        say("How the PN532 is connected"), type=click.Choice(list(board.links)), default=board.link
    )
    if origin is None and lamps is None:
        now = str(board.strip.layout)
        asked = click.prompt(say("How many lamps"), type=LAYOUT, default=now)
        lamps = asked if asked != now else None  # else it stays as it is, pixel by pixel
    try:
        board = board.with_link(str(link))
        board = board if lamps is None else board.with_lamps(int(lamps))
    except ChoiceError as error:
        raise click.ClickException(str(error)) from None
    board = checked(board.begun_anew(_name_of(folder), str(title)).data())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(board.data(), indent=2, ensure_ascii=False) + "\n"
        file.write_text(text, "utf-8")
    except OSError as error:
        raise cannot(error.filename, error) from None
    where = quoted(str(folder))
    tell(say(f"{file} is made. Put your pins there, then: pinlamp board check {where}"))


def _name_of(folder: Path) -> str:
    """Return a name, as the schema has it, for the board in a folder."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in folder.resolve().name)
    return name.lower().strip("_") or "my_board"


def _console() -> Console:
    return Console(highlight=False, soft_wrap=not Console().is_terminal)

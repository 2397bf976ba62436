"""`pinlamp board`: which boards there are, what is on them, and whether one's own can work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from .. import paths
from ..exits import WRONG_USE
from ..show.options import OneOf, quoted
from .lamps import with_lamps
from .rules import problems

LAYOUT = OneOf("layout", ("12", "8", "5", "1"))
_TYPED = "pinlamp.board"  # in click's context
_LINK_NAMES = {"hsu": "HSU (UART)", "i2c": "I2C", "spi": "SPI"}


class BoardParam(click.ParamType):  # type: ignore[type-arg]
    """A board: one of ours by its name, or a path; the value is the contents of its board.json."""

    name = "board"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        """Return the board; a usage error names the boards that there are."""
        if isinstance(value, dict):
            return value
        if ctx is not None:
            ctx.meta[_TYPED] = str(value)
        try:
            return paths.board(str(value))
        except KeyError:
            raise click.UsageError(_unknown(str(value))) from None


def as_typed() -> str:
    """Return the name or path of the running command's board, for a command to be typed."""
    return quoted(click.get_current_context().meta[_TYPED])


def _unknown(name: str) -> str:
    names = ", ".join(paths.boards())
    return (
        f"there is no board {name}: there are {names}; one of your own is named by the path of its"
        " folder"
    )


def checked(board: dict[str, Any]) -> dict[str, Any]:
    """Return the board, or raise ClickException with the first of what is wrong with it."""
    found = problems(board)
    if found:
        raise click.ClickException(f"this board cannot work: {found[0]} (`pinlamp board check`)")
    return board


@click.command("list")
def board_list() -> None:
    """List the boards, one line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("name", "board", "links", "lamps", "MicroPython"):
        table.add_column(heading, no_wrap=True, overflow="ignore")
    for name in paths.boards():
        data = paths.board(name)
        lamps = "/".join(str(strip["layout"]) for strip in data["strips"])
        links = ",".join([data["link"], *(k for k in data["links"] if k != data["link"])])
        table.add_row(name, data["title"], links, lamps, data["image"])
    _console().print(table)


@click.command("show")
@click.argument("which", metavar="NAME|PATH", type=BoardParam())
def board_show(which: dict[str, Any]) -> None:
    """Show what is on which pin, and where that is known from."""
    checked(which)
    console = _console()
    title = f"{which['title']} ({which['chip']}), MicroPython {which['image']}"
    console.print(title, markup=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("part")
    table.add_column("pins")
    for kind, link in which["links"].items():
        used = " (in use)" if kind == which["link"] else ""
        pins = "  ".join(f"{name.upper()} {pin}" for name, pin in link.items() if name != "id")
        table.add_row(f"PN532 by {_LINK_NAMES[kind]}{used}", pins)
    for index, strip in enumerate(which["strips"]):
        used = "" if index else " (in use)"
        text = (
            f"{strip['pin']}: {strip['count']} pixels, {strip['layout']} lamps, {strip['shape']}"
        )
        kind = "the board's own pixels" if strip["name"] == "internal" else "strip"
        table.add_row(kind + used, text)
    if "buzzer" in which:
        table.add_row("buzzer", str(which["buzzer"]))
    if "button" in which:
        table.add_row("button", str(which["button"]["pin"]))
    table.add_row("current for the lamps", f"{which['budget_ma']} mA")
    console.print(table)
    console.print(
        "Where this is known from ([I]: inferred, not tried on a board; [S]: read there):"
    )
    for part, source in which["sources"].items():
        console.print(f"  {part}: {source}", markup=False)


@click.command("check")
@click.argument("which", metavar="[NAME|PATH]…", nargs=-1)
def board_check(which: tuple[str, ...]) -> int:
    """Tell whether boards can work: pins, current, lamps. None named: all of ours.

    Exit status: 0 all can, 1 one cannot, 2 one is not known.
    """
    status = 0
    for name in which or paths.boards():
        try:
            data = paths.board(name)
        except KeyError:
            click.echo(f"pinlamp: {_unknown(name)}", err=True)
            status = WRONG_USE
            continue
        except paths.MissingError as error:
            found = [str(error)]
        else:
            found = problems(data)
        for problem in found:
            click.echo(f"{name}: {problem}")
        if not found:
            click.echo(f"{name}: good")
        status = max(status, int(bool(found)))
    return status


@click.command("new")
@click.option("-o", "folder", type=click.Path(path_type=Path), help="The new board's folder.")
@click.option("--from", "origin", type=BoardParam(), metavar="NAME|PATH", help="What it is like.")
@click.option("--title", help="What it is called.")
@click.option("--link", type=click.Choice(list(_LINK_NAMES)), help="How the PN532 is connected.")
@click.option("--lamps", type=LAYOUT, help="How many lamps its own strip has.")
def board_new(
    folder: Path | None,
    origin: dict[str, Any] | None,
    title: str | None,
    link: str | None,
    lamps: str | None,
) -> None:
    """Make a board of your own from one that is like it; asks for what is not given."""
    data = origin or click.prompt(
        "Which board is like it", default="esp32_devkitc", value_proc=BoardParam()
    )
    folder = folder or Path(click.prompt("Folder for it", default="./my_board"))
    file = folder / "board.json"
    if file.exists():
        raise click.ClickException(f"{file} is there already: name another folder with -o")
    data["title"] = title or click.prompt("Its name", default=data["title"])
    data["link"] = link or click.prompt(
        "How the PN532 is connected",
        type=click.Choice(list(data["links"])),
        default=data["link"],
    )
    if origin is None and lamps is None:
        now = str(data["strips"][0]["layout"])
        asked = click.prompt("How many lamps", type=LAYOUT, default=now)
        lamps = asked if asked != now else None  # else it stays as it is, pixel by pixel
    if lamps is not None:
        try:
            data = with_lamps(data, int(lamps))
        except LookupError:
            raise click.ClickException(f"{data['title']} has no place for a strip") from None
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in folder.resolve().name)
    data["name"] = name.lower().strip("_") or "my_board"
    checked(data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    where = quoted(str(folder))
    click.echo(f"{file} is made. Put your pins there, then: pinlamp board check {where}")


def _console() -> Console:
    return Console(highlight=False, soft_wrap=not Console().is_terminal)

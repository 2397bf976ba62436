"""`pinlamp flash`, `pinlamp image`, `pinlamp zip` and `pinlamp page`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..boards.board import Board, ChoiceError, names
from ..boards.command import STRIP_HELP, BoardParam, as_typed, checked
from ..deploy.payload import CompileError, sha256
from ..deploy.port import DeviceError, find_port
from ..deploy.update import choose
from ..show.options import quoted
from ..show.output import cannot, force_option, refuse
from ..show.say import say
from ..show.strange import tell
from .chips import FlashError, chip_of, read
from .download import fetch
from .tool import run

_board_option = click.option(
    "--board", type=BoardParam(), metavar="NAME|PATH", required=True, help="The board."
)
_link_option = click.option("--link", metavar="LINK", help="How the PN532 is connected.")
_strip_option = click.option("--strip", metavar="NAME", help=STRIP_HELP)
_out_option = click.option(
    "-o", "out", type=click.Path(path_type=Path), required=True, help="The new file."
)
_BAUD = "460800"


@click.command()
@_board_option
@click.option("--port", metavar="P", help="The serial port; not needed when there is just one.")
@click.option(
    "--image",
    type=click.Path(path_type=Path),
    help="MicroPython for the board, a .bin file; else the newest, if mpflash is installed.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def flash(board: Board, port: str | None, image: Path | None, dry_run: bool) -> None:
    """Put MicroPython onto a bare board; this erases everything on it."""
    from .image import board_in

    try:
        chip = chip_of(board.chip)
        if image is None:
            port = find_port(port)  # first: a useless download would take time
            image = fetch(board.image)
        data = read(image, chip)
        whole = board_in(data, chip.offset)
        if whole not in (None, board.name):
            raise FlashError(f"{image} is made for another board, {whole}")
        port = find_port(port)
    except (FlashError, DeviceError) as error:
        raise click.ClickException(str(error)) from error
    arguments = ["--chip", chip.esptool, "--port", port, "--baud", _BAUD]
    arguments += ["write-flash", "--erase-all", f"{chip.offset:#x}", str(image.absolute())]
    if dry_run:
        tell(f"{image.name}: {len(data)} bytes, SHA-256 {sha256(data)}")
        tell("esptool " + " ".join(arguments))
        return
    # A process of its own: esptool draws its progress itself, and Ctrl-C ends it.
    done = run("esptool", *arguments)
    if done.returncode:
        raise click.ClickException(
            "MicroPython was not written: is it the right port and board? Hold the BOOT button"
            " while plugging it in, then repeat the command"
        )
    if whole:
        click.echo(say("MicroPython and Pinlamp are on the board: pull its plug and put it back."))
    else:
        tell(say(f"MicroPython is on the board. Next: pinlamp deploy --board {as_typed()}"))


@click.command()
@_board_option
@click.option(
    "--image",
    "stock",
    type=click.Path(path_type=Path),
    required=True,
    help="MicroPython for the board, a .bin file; for a Pico W a .uf2.",
)
@_link_option
@_strip_option
@_out_option
@force_option
def image(
    board: Board, stock: Path, link: str | None, strip: str | None, out: Path, force: bool
) -> None:
    """Make one file of MicroPython and Pinlamp, to flash in one go."""
    from . import uf2
    from .image import build

    shown = _chosen(board, link, strip)
    drive = board.chip == "rp2040"
    try:
        data = uf2.build(shown, stock) if drive else build(shown, stock)
        if out.exists() and out.samefile(stock):
            raise FlashError(f"{out} is the image itself: give the new file another name with -o")
        refuse(out, force)
        out.write_bytes(data)
    except FlashError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(error.filename or out, error) from error
    tell(f"{out}: {len(data)} bytes, SHA-256 {sha256(data)}")
    if drive:
        tell(
            f"hold BOOTSEL while plugging the {board.title} in, let go, and copy {out} onto the"
            " drive that appears"
        )
        return
    tell(
        f"flash it at {chip_of(board.chip).offset:#x}: pinlamp flash --board {as_typed()} --image"
        f" {quoted(str(out))}"
    )


@click.command("zip")
@_board_option
@_link_option
@_strip_option
@_out_option
@force_option
def zip_(board: Board, link: str | None, strip: str | None, out: Path, force: bool) -> None:
    """Make a zip of Pinlamp's files, to copy onto a board with Thonny or the like."""
    from .archive import archive

    try:
        data = archive(_chosen(board, link, strip))
        refuse(out, force)
        out.write_bytes(data)
    except CompileError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(out, error) from error
    tell(say(f"{out}: {len(data)} bytes; README.txt in it says what to do."))


def _chosen(board: Board, link: str | None, strip: str | None) -> Board:
    """Return the board with a link and a strip in use; what it lacks is wrong use."""
    try:
        return checked(choose(board, None, link, strip).data())
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error


@click.command()
@click.argument("images", metavar="BOARD=STOCK.bin...", nargs=-1, required=True)
@click.option(
    "--tools",
    type=click.Path(path_type=Path),
    required=True,
    help="The file that `npm pack esp-web-tools@10.4.0` makes.",
)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="Its folder.")
@force_option
def page(images: tuple[str, ...], tools: Path, out: Path, force: bool) -> None:
    """Make the web page that puts Pinlamp onto boards from Chrome or Edge."""
    from .page import files, write

    boards = []
    for each in images:
        name, stock = _halves(each)
        boards.append((BoardParam().convert(name, None, None), Path(stock)))
    try:
        for path in files(out, boards):
            refuse(path, force)
        write(out, boards, tools)
    except FlashError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(error.filename or out, error) from error
    tell(say(f"{out}/index.html is made for {len(boards)} boards."))


def _halves(each: str) -> tuple[str, str]:
    """Return the board and the image of BOARD=IMAGE; both may be paths that contain a =."""
    parts = each.split("=")
    halves = [("=".join(parts[:n]), "=".join(parts[n:])) for n in range(1, len(parts))]
    if not halves:
        raise click.UsageError(
            f"{each} is not BOARD=IMAGE: give a board's name, =, and its MicroPython"
        )
    for board, stock in halves:
        # As of Path they would raise for a name that is too long.
        if (board in names() or os.path.exists(board)) and os.path.isfile(stock):
            return board, stock
    return halves[0]

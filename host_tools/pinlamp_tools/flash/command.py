"""`pinlamp flash` and `pinlamp image`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from ..boards.board import Board, names
from ..boards.command import BoardParam, as_typed
from ..deploy.payload import sha256
from ..deploy.port import DeviceError, find_port
from ..show.options import quoted
from ..show.output import cannot, force_option, refuse
from ..show.say import say
from .chips import FlashError, chip_of, read
from .download import fetch

_board_option = click.option(
    "--board", type=BoardParam(), metavar="NAME|PATH", required=True, help="The board."
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
    try:
        chip = chip_of(board.chip)
        if image is None:
            port = find_port(port)  # first: a useless download would take time
            image = fetch(board.image)
        data = read(image, chip)
        port = find_port(port)
    except (FlashError, DeviceError) as error:
        raise click.ClickException(str(error)) from error
    arguments = ["--chip", chip.esptool, "--port", port, "--baud", _BAUD]
    arguments += ["write-flash", "--erase-all", f"{chip.offset:#x}", str(image)]
    if dry_run:
        click.echo(f"{image.name}: {len(data)} bytes, SHA-256 {sha256(data)}")
        click.echo("esptool " + " ".join(arguments))
        return
    # A process of its own: esptool draws its progress itself, and Ctrl-C ends it.
    done = subprocess.run([sys.executable, "-m", "esptool", *arguments])
    if done.returncode:
        raise click.ClickException(
            "MicroPython was not written: is it the right port and board? Hold the BOOT button"
            " while plugging it in, then repeat the command"
        )
    from .image import pinlamp_in

    if pinlamp_in(data, chip.offset):
        click.echo(say("MicroPython and Pinlamp are on the board: pull its plug and put it back."))
    else:
        click.echo(say(f"MicroPython is on the board. Next: pinlamp deploy --board {as_typed()}"))


@click.command()
@_board_option
@click.option(
    "--image",
    "stock",
    type=click.Path(path_type=Path),
    required=True,
    help="MicroPython for the board, a .bin file.",
)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="The new file.")
@force_option
def image(board: Board, stock: Path, out: Path, force: bool) -> None:
    """Make one file of MicroPython and Pinlamp, to flash in one go."""
    from .image import build

    try:
        data = build(board, stock)
        if out.exists() and out.samefile(stock):
            raise FlashError(f"{out} is the image itself: give the new file another name with -o")
        refuse(out, force)
        out.write_bytes(data)
    except FlashError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(error.filename or out, error) from error
    chip = chip_of(board.chip)
    click.echo(f"{out}: {len(data)} bytes, SHA-256 {sha256(data)}")
    click.echo(
        f"flash it at {chip.offset:#x}: pinlamp flash --board {as_typed()} --image"
        f" {quoted(str(out))}"
    )


@click.command()
@click.argument("images", metavar="BOARD=STOCK.bin...", nargs=-1, required=True)
@click.option(
    "--tools",
    type=click.Path(path_type=Path),
    required=True,
    help="dist/web of the npm package esp-web-tools.",
)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="Its folder.")
@force_option
def page(images: tuple[str, ...], tools: Path, out: Path, force: bool) -> None:
    """Make the web page that puts Pinlamp onto boards from Chrome or Edge."""
    from .page import write

    boards = []
    for each in images:
        name, stock = _halves(each)
        boards.append((BoardParam().convert(name, None, None), Path(stock)))
    refuse(out / "index.html", force)
    try:
        write(out, boards, tools)
    except FlashError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise cannot(error.filename or out, error) from error
    click.echo(say(f"{out}/index.html is made for {len(boards)} boards."))


def _halves(each: str) -> tuple[str, str]:
    """Return the board and the image of BOARD=IMAGE; both may be paths that contain a =."""
    parts = each.split("=")
    halves = [("=".join(parts[:n]), "=".join(parts[n:])) for n in range(1, len(parts))]
    if not halves:
        raise click.UsageError(
            f"{each} is not BOARD=IMAGE: give a board's name, =, and its MicroPython"
        )
    for board, stock in halves:
        if (board in names() or Path(board).exists()) and Path(stock).is_file():
            return board, stock
    return halves[0]

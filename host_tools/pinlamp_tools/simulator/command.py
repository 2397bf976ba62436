"""`pinlamp run` and `pinlamp cards`: the simulator, and the cards for it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len

from mynacard import default_keys
from pinlamp.layout import LAYOUTS, hidden, lamps
from pinlamp.settings import PROFILES

from .. import paths
from ..boards.board import Board, ChoiceError
from ..boards.command import BoardParam
from ..emulator.card.catalogue import CARDS
from ..exits import NOT_READ
from ..show import table
from ..show.names import Names
from ..show.options import OneOf, lang_option
from ..show.output import cannot
from ..show.strange import tell
from ..show.terminal import console, lines
from .arguments import CARD, FaultAt, in_words
from .headless import Headless

_LICENCE_CARDS = tuple(card.name for card in CARDS if "licence" in card.differs)
LINKS = ("hsu", "i2c", "spi")


@click.command()
@click.option("--card", type=CARD, metavar="NAME", help="The virtual card to tap.")
@click.option(
    "--board",
    type=BoardParam(),
    metavar="NAME|PATH",
    default="esp32_devkitc",
    show_default=True,
    help="The board whose firmware runs.",
)
@click.option("--layout", type=OneOf("layout", LAYOUTS), metavar="N", help="Lamps: 12, 8, 5 or 1.")
@click.option(
    "--profile", type=OneOf("profile", tuple(PROFILES)), metavar="NAME", help="pocket or counter."
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="A settings.json for the device; the other options win over it.",
)
@click.option(
    "--link",
    type=OneOf("link", LINKS),
    metavar="NAME",
    help="How the PN532 is connected: hsu, i2c or spi; else the board's own way.",
)
@click.option(
    "--fault",
    type=FaultAt(),
    metavar="NAME[@BYTE]",
    help="Let this go wrong in the first exchange with the card, at that byte.",
)
@click.option("--once", is_flag=True, help="Tap one card, say what it told, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the device's event lines, only them.")
@click.option(
    "--port", metavar="TTY", help="The serial line of a real PN532 (or of another emulator)."
)
@lang_option
@click.pass_obj
def run(
    debug: bool,
    card: str | None,
    board: Board,
    layout: int | None,
    profile: str | None,
    settings_file: Path | None,
    link: str | None,
    fault: tuple[str, int | None] | None,
    once: bool,
    as_json: bool,
    port: str | None,
    lang: str,
) -> int:
    """Run the device: its firmware in MicroPython, on a virtual reader or on a real one.

    With a terminal it is interactive. Without one, or with --once, one card is tapped.
    """
    paths.need_ptys("run")
    from .simulator import Simulator

    if port:
        _refuse_what_is_virtual(card, fault, link)
    interactive = not once and not as_json and sys.stdout.isatty() and sys.stdin.isatty()
    if card is None and port is None and not interactive:
        card = "fresh"
    try:
        board = board.with_link("hsu" if port else link or board.link)
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error
    settings = _settings(settings_file, layout, profile)
    shown = settings.get("layout")
    if shown not in LAYOUTS:  # the firmware will replace it by the board's own
        shown = board.strip.layout
    _check_lamps(shown)
    if not hidden(shown, ["licence"]) and (interactive or card in _LICENCE_CARDS):
        settings.setdefault("licence", True)
    simulator = Simulator(board, settings, port)
    if fault:
        if fault[0] not in simulator.faults:
            raise click.UsageError(f"{fault[0]} is not possible on {board.link}")
        simulator.arm(*fault)
    if interactive:
        from .screen import Screen

        return Screen(simulator, board, lamps(shown), card, lang, port).run()
    headless = Headless(simulator, card, _print_line if as_json else None, debug, lang)
    if as_json and not once:
        asyncio.run(headless.stream())  # until Ctrl-C, or an error
        return NOT_READ
    status = asyncio.run(headless.tap(virtual=port is None))
    if not as_json:
        names = Names(lang)
        table.show(headless.reading, shown, names)
        if port is None:
            tell(names.screen("presented", count=simulator.presented))
        if fault:
            tell(names.screen("struck", name=fault[0], count=simulator.struck))
            tell(f"  {in_words(fault[0], lang)}")
    return status


def _refuse_what_is_virtual(card: str | None, fault: object, link: str | None) -> None:
    """Raise UsageError for options that a real reader on a serial line does not have."""
    for option, value in (("--card", card), ("--fault", fault)):
        if value:
            raise click.UsageError(f"{option} is for the virtual reader, --port has none")
    if link not in (None, "hsu"):
        raise click.UsageError(f"--port is a serial line, so --link is hsu and not {link}")


def _settings(file: Path | None, layout: int | None, profile: str | None) -> dict[str, Any]:
    """Return the device's settings: those of a file, and the options that win over it."""
    settings = _read_settings(file)
    settings["events"] = True  # a profile without them would leave nothing to see here
    if layout is not None:
        settings["layout"] = layout
    if profile is not None:
        settings["profile"] = profile
    return settings


@click.command()
@lang_option
def cards(lang: str) -> int:
    """List the virtual cards, one line each."""
    out = console()
    width = max(len(card.name) for card in CARDS) + 2
    for card in CARDS:
        about = card.ja if lang == "ja" else card.en
        if out.is_terminal and width + cell_len(about) > out.width:
            out.print(card.name, lines(about, out.width, 2), sep="\n", markup=False)
        else:
            tell(f"{card.name:<{width}}{about}")
    return 0


def _check_lamps(shown: int) -> None:
    """Refuse to start a firmware that would hide a key: no setting can mend its table of lamps."""
    lacking = hidden(shown, [key.id for key in default_keys()])
    if lacking:
        raise click.ClickException(
            f"firmware/pinlamp/layout.py: no lamp for the key {' and '.join(lacking)} in layout"
            f" {shown}: add it to LAMPS"
        )


def _print_line(line: str) -> None:
    print(line, flush=True)


def _read_settings(path: Path | None) -> dict[str, Any]:
    """Return what is in a settings file; the firmware judges it, if it is a JSON object at all."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise cannot(path, error) from None
    except (ValueError, RecursionError):
        raise click.ClickException(f"{path}: not a JSON object") from None
    if not isinstance(found, dict):
        raise click.ClickException(f"{path}: not a JSON object")
    return found

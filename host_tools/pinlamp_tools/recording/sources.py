"""The sources of a recorded tap: a PC/SC reader, a PN532 on a serial line, or a device.

Each function fills a `Tape` with one tap and returns (the reader's model, whether it asked for the
licence). It raises click's errors for all failures below it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from pinlamp import files

from .. import paths
from ..boards.board import Board
from ..pcsc.command import tap
from ..show.heard import parse
from ..show.names import Names
from ..show.say import say
from ..show.strange import tell
from .tape import Tape, model

if TYPE_CHECKING:
    from ..deploy.repl import Repl

_T = TypeVar("_T")

_PN532 = "PN532"
_BACK_S = 20.0
_NO_CARD = "no card was recorded: repeat the command, and lay one down within two minutes"
_WAIT_S = 120.0  # for a card; the firmware forgets after 150 s that it was asked for a recording


def from_pcsc(tape: Tape, part: str | None, licence: bool, lang: str) -> tuple[str, bool]:
    """Record a card on a PC/SC reader with `part` in its name."""
    return model(tap(part, licence, lang, tape.take, record=True)), licence


def from_pn532(tape: Tape, tty: str, licence: bool, lang: str) -> tuple[str, bool]:
    """Record a card on the PN532 at the serial line `tty`; the firmware runs on this PC."""
    if not paths.has_ptys():
        raise click.UsageError(
            "--pn532 wants Linux or macOS: on Windows take a PC/SC reader, or a Pinlamp device"
            " (--port)"
        )
    from ..simulator.headless import Headless
    from ..simulator.simulator import Simulator

    def take(line: str) -> None:
        event = parse(line)
        if event is not None:
            if event.get("type") == "ready":
                tell(Names(lang).device("ready"), err=True)
            tape.take(event)

    board = Board.named("esp32_devkitc").with_link("hsu")
    settings = {"events": True, "licence": licence, "layout": 12}
    simulator = Simulator(board, settings, tty, record=True)
    tapped = Headless(simulator, None, take).tap(virtual=False)
    try:
        asyncio.run(asyncio.wait_for(tapped, _WAIT_S))
    except asyncio.TimeoutError:
        raise click.ClickException(_NO_CARD) from None
    return _PN532, licence


def from_device(tape: Tape, port: str, lang: str) -> tuple[str, bool]:
    """Record the next tap on the device at `port`; afterwards the device works as before."""
    from ..deploy.port import DeviceError, find_port
    from ..deploy.repl import Repl

    asked = False
    try:
        repl = Repl(find_port(port))
        try:
            licence = _licence(repl)
            asked = True
            repl.write(f"{repl.home()}/{files.RECORD}", b"")
            repl.reset()
        finally:
            repl.abandon()
        _listen(tape, port, lang)
    except DeviceError as error:
        raise click.ClickException(str(error)) from error
    finally:
        if asked and not tape.done:  # Ctrl-C: else it would record the next card, anybody's
            _take_back(port)
    return f"{_PN532}, Pinlamp device", licence


def _licence(repl: Repl) -> bool:
    """Return whether the device asks for the licence; DeviceError for one that cannot record."""
    from ..deploy.port import DeviceError
    from ..deploy.settings import OfDevice

    effective = OfDevice(repl).effective()
    if effective.profile == "counter":
        raise DeviceError("profile counter records nothing: pinlamp settings set profile pocket")
    if not getattr(effective, "events"):  # noqa: B009
        raise DeviceError("the device's events are off: pinlamp settings set events true")
    return effective.licence


def _listen(tape: Tape, port: str, lang: str) -> None:
    """Fill the tape with what the device tells once its port is there again."""
    from ..deploy.port import DeviceError
    from ..watch.console import Console

    stopped = threading.Event()
    too_late = threading.Timer(_WAIT_S, stopped.set)
    too_late.daemon = True

    def take(event: dict[str, object]) -> None:
        if event["type"] == "ready":
            tell(Names(lang).device("ready"), err=True)
        tape.take(event)
        if tape.done or event["type"] == "result":  # which was no recording's any more
            stopped.set()

    console = _once_there(lambda: Console(port))
    too_late.start()
    try:
        console.listen(take, lambda link, port: None, stopped)
    finally:
        too_late.cancel()
    if not tape.done:
        raise DeviceError(_NO_CARD)


def _take_back(port: str) -> None:
    """Have the device forget that it was asked for a recording."""
    from ..deploy.port import DeviceError
    from ..deploy.repl import Repl

    tell(say("Taking the wish for a recording back …"), err=True)
    try:
        repl = _once_there(lambda: Repl(port))
        try:
            # It takes the file only after its lamp test.
            repl.clear(f"{repl.home()}/{files.RECORD}")
            repl.reset()
        finally:
            repl.abandon()
    except DeviceError:
        tell(say("The device may still record the next card: unplug it for a moment"), err=True)


def _once_there(open_: Callable[[], _T]) -> _T:
    """Return what opens the port of a device, which vanishes briefly while it restarts."""
    from ..deploy.port import DeviceError

    until = time.monotonic() + _BACK_S
    while True:
        try:
            return open_()
        except DeviceError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)

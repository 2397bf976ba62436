"""`pinlamp deploy`, `pinlamp settings`, `pinlamp doctor`: a real device on a serial line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from pinlamp import __version__

from ..boards.board import Board, ChoiceError
from ..boards.command import STRIP_HELP, BoardParam, checked
from ..show.options import lang_option, no_such
from ..show.say import say, spoken
from ..show.strange import tell, visible

# The functions import what talks to a device, so that `pinlamp --help` need not wait for it.
if TYPE_CHECKING:
    from .repl import Repl
    from .update import Plan

_port_option = click.option(
    "--port", metavar="P", help="The device's serial port; not needed when there is just one."
)

# For all that a device does for one command: a slow one needs a minute, and five for a deployment.
_SHORT_S, _DEPLOY_S = 120.0, 900.0


@contextmanager
def _device(port: str | None, seconds: float) -> Iterator[Repl]:
    """The device, which may take so many `seconds`; it always starts again at the end."""
    from .port import DeviceError, find_port, told
    from .repl import Repl
    from .settings import SettingError

    try:
        repl = Repl(find_port(port), seconds)
    except DeviceError as error:
        raise click.ClickException(told(error, spoken())) from error
    try:
        yield repl
        repl.reset()
    except (DeviceError, SettingError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        repl.abandon()


@click.command()
@click.option("--board", type=BoardParam(), metavar="NAME|PATH", required=True, help="The board.")
@_port_option
@click.option("--link", metavar="LINK", help="How the PN532 is connected: hsu, i2c or spi.")
@click.option("--strip", metavar="NAME", help=STRIP_HELP)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--sealed", is_flag=True, help="Seal it: nobody gets at it by USB any more.")
@click.option(
    "--force", is_flag=True, help="Do not ask: an older version, another board, or sealing."
)
def deploy(
    board: Board,
    port: str | None,
    link: str | None,
    strip: str | None,
    dry_run: bool,
    sealed: bool,
    force: bool,
) -> None:
    """Put Pinlamp onto a device, or update it; your settings stay.

    You may pull the cable at any moment: the device then starts with the whole old version or the
    whole new one.

    A sealed device is updated by flashing it anew.
    """
    from . import payload, strangers, trust, update

    try:
        checked(update.choose(board, None, link, strip).data())
        payload.compiled()
    except ChoiceError as error:
        raise click.UsageError(str(error)) from error
    except payload.CompileError as error:
        raise click.ClickException(str(error)) from error
    if sealed:
        _sealing(board, dry_run, force)
    with _device(port, _DEPLOY_S) as repl:
        todo = update.plan(repl, board, link, strip, sealed)
        # Nobody could look at the rest of mip's after it is sealed: then it is foreign, too.
        mip = board if todo.old == "" and not sealed else None
        foreign = strangers.beside(repl, mip)
        if foreign:
            tell(trust.words(trust.foreign(foreign), spoken()), err=True)
            if sealed:
                raise click.ClickException(update.NOT_SEALED)
        newer = update.newer(repl, todo)
        if newer is not None and not force:
            _ask(f"the device has Pinlamp {newer}, this is {__version__}, an older one", dry_run)
        if todo.other is not None and not force:
            boards = f"for {todo.other}, this is for {board.name}, another board"
            _ask(f"the device has Pinlamp {boards}", dry_run)
        if todo.replaced:
            names = ", ".join(todo.replaced)
            told = f"this board.json differs from the release in {names}: it is replaced"
            tell(say(told), err=True)
        if todo.nothing:
            click.echo(say("The device has this already; nothing to do."))
        elif dry_run:
            _tell(todo)
        else:
            with click.progressbar(
                length=len(todo.wanted), label="Deploying", file=sys.stderr, show_eta=False
            ) as bar:
                update.run(repl, todo, bar.update)
    if not todo.nothing and not dry_run:
        tell(say(f"Deployed: {len(todo.send)} files sent, {len(todo.wanted)} verified."))
        if todo.sealed:
            click.echo(say("Sealed from this start on."))


def _sealing(board: Board, dry_run: bool, force: bool) -> None:
    """Say what sealing does to the board, and ask; ClickException if it cannot or shall not be."""
    from . import seal

    told = seal.words(board, spoken())
    if not seal.can(board):
        raise click.ClickException(told)
    for line in told.splitlines():
        tell(line, err=True)
    if dry_run or force:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is here to ask whether to seal it: --force does")
    if not click.confirm(say("Seal it?"), err=True):
        raise click.ClickException("nothing was changed")


def _ask(doubt: str, dry_run: bool) -> None:
    """Ask whether to go on in spite of a doubt; ClickException if not."""
    if dry_run:
        tell(say(doubt), err=True)
    elif not sys.stdin.isatty():
        raise click.UsageError(f"{doubt}: --force puts it there")
    elif not click.confirm(visible(say(f"{doubt}. Put it there?")), err=True):
        raise click.ClickException("nothing was changed")


def _tell(todo: Plan) -> None:
    for path in todo.remove:
        tell(f"drop  {path}")
    for verb, names in (("send", todo.send), ("copy", todo.copy), ("keep", todo.keep)):
        for name in names:
            tell(f"{verb}  {todo.new}/{name}")
    tell(f"then start {todo.new} by /main.py")
    if todo.boot is not None:
        tell("send  /boot.py" if todo.boot else "drop  /boot.py")


@click.group()
def settings() -> None:
    """Look at the settings of a device, change them, forget them."""


@settings.command("get")
@click.argument("name", required=False)
@_port_option
def get_settings(name: str | None, port: str | None) -> None:
    """Show one setting, or all of them."""
    from .settings import TAKES, OfDevice

    _known(name)
    with _device(port, _SHORT_S) as repl:
        device = OfDevice(repl)
    used = device.effective()
    for each in [name] if name else TAKES:
        value = _plain(getattr(used, each))
        given = each in device.given and each not in used.replaced
        tell(value if name else f"{each:<11}{value}{'' if given else '  (default)'}")
    if device.damaged:
        _tell_damage()
    for each in used.replaced:
        if each in device.given:
            what = f"not usable: {each}" if each in TAKES else f"no setting, ignored: {each}"
            tell(say(what), err=True)


# A negative number is a wrong value, no option.
@settings.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@_port_option
def set_setting(name: str, value: str, port: str | None) -> None:
    """Change a setting, for instance: brightness 40."""
    from .settings import OfDevice

    _known(name)
    with _device(port, _SHORT_S) as repl:
        device = OfDevice(repl)
        taken = device.set(name, value)
    if device.damaged:
        _tell_damage()
    tell(say(f"{name} is {_plain(taken)} from now on."))
    for each, kept in device.own(taken).items() if name == "profile" else ():
        tell(say(f"{each} stays {_plain(kept)}, which this profile alone has not."))


@settings.command("reset")
@_port_option
def reset_settings(port: str | None) -> None:
    """Forget all settings and use the defaults."""
    from .settings import reset

    with _device(port, _SHORT_S) as repl:
        reset(repl)
    click.echo(say("All settings are at their defaults."))


def _tell_damage() -> None:
    click.echo(say("settings.json is damaged: no results told, defaults otherwise"), err=True)


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).strip('"')


def _known(name: str | None) -> None:
    from .settings import TAKES

    if name is not None and name not in TAKES:
        raise click.UsageError(no_such("setting", name, tuple(TAKES)))


@click.command()
@_port_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON lines.")
@click.option("--trust", is_flag=True, help="Compare what runs on it with this release, instead.")
@click.option(
    "--board",
    type=BoardParam(),
    metavar="PATH",
    help="With --trust: the board, if it is your own.",
)
@lang_option
def doctor(port: str | None, as_json: bool, trust: bool, board: Board | None, lang: str) -> int:
    """Check a device: chip, lamps, button, buzzer, memory, files, settings; say what to do.

    Exit status: 0 nothing wrong, 1 something is.
    """
    from . import doctor as own
    from . import payload
    from . import trust as compared

    if board is not None and not trust:
        raise click.UsageError("--board is for --trust")
    words = compared.words if trust else own.words
    bad = False

    def take(finding: dict[str, Any]) -> None:
        nonlocal bad
        bad = bad or finding.get("ok") is False
        if as_json:
            click.echo(json.dumps(finding))
        else:
            sign = {True: "✓", False: "✗", None: "·"}[finding.get("ok")]
            for line in f"{sign} {words(finding, lang)}".split("\n"):
                tell(line)

    try:
        if trust:
            payload.compiled()
    except payload.CompileError as error:
        raise click.ClickException(str(error)) from error
    with _device(port, _SHORT_S) as repl:
        if trust:
            for finding in compared.compare(repl, board):
                take(finding)
        else:
            own.examine(repl, take)
            take(own.results(repl))
    if not as_json:
        tell(compared.end(lang) if trust else own.end(bad, lang))
    return 1 if bad else 0

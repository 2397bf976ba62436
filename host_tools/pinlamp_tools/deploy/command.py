"""`pinlamp deploy`, `pinlamp settings`, `pinlamp doctor`: a real device on a serial line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from ..boards.command import BoardParam, checked
from ..names import LANGUAGES, language
from .doctor import _TEXTS, examine, words
from .repl import DeviceError, Repl, find_port
from .settings import NAMES, OfDevice, SettingError
from .update import Plan, plan, run

_port_option = click.option(
    "--port", metavar="P", help="The device's serial port; not needed when there is just one."
)


@contextmanager
def _repl(port: str | None) -> Iterator[Repl]:
    try:
        repl = Repl(find_port(port))
    except DeviceError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield repl
    except (DeviceError, SettingError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        repl.close()


@click.command()
@click.option("--board", type=BoardParam(), metavar="NAME|PATH", required=True, help="The board.")
@_port_option
@click.option("--link", metavar="LINK", help="How the PN532 is connected: hsu, i2c or spi.")
@click.option("--strip", metavar="NAME", help="Which lamps: internal or strip.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def deploy(
    board: dict[str, Any], port: str | None, link: str | None, strip: str | None, dry_run: bool
) -> None:
    """Put Pinlamp onto a device, or update it; your settings stay.

    The cable may be pulled at any moment: the device starts with the old version or the new one,
    whole.
    """
    checked(board)
    with _repl(port) as repl:
        todo = plan(repl, board, link, strip)
        if dry_run:
            _tell(todo)
            repl.reset(come_back=False)
            return
        if todo.nothing:
            click.echo("The device has this already; nothing to do.")
            repl.reset(come_back=False)
            return
        with click.progressbar(
            length=len(todo.wanted), label="Deploying", file=sys.stderr, show_eta=False
        ) as bar:
            run(repl, todo, bar.update)
        click.echo(f"Deployed: {len(todo.send)} files sent, {len(todo.wanted)} verified.")


def _tell(todo: Plan) -> None:
    if todo.nothing:
        click.echo("The device has this already; nothing to do.")
        return
    for verb, names in (("send", todo.send), ("copy", todo.copy), ("keep", todo.keep)):
        for name in names:
            click.echo(f"{verb}  /{todo.new}/{name}")
    click.echo(f"then start /{todo.new} by /main.py")


@click.group()
def settings() -> None:
    """Look at the settings of a device, change them, forget them."""


@settings.command("get")
@click.argument("name", required=False)
@_port_option
def get_settings(name: str | None, port: str | None) -> None:
    """Show one setting, or all of them."""
    _known(name)
    with _repl(port) as repl:
        device = OfDevice(repl)
        effective = device.effective()
        for each in [name] if name else NAMES:
            value = json.dumps(getattr(effective, each), ensure_ascii=False).strip('"')
            bad = each in effective.replaced
            mark = "" if each in device.given and not bad else "  (default)"
            click.echo(value if name else f"{each:<11}{value}{mark}")
        repl.reset(come_back=False)


@settings.command("set")
@click.argument("name")
@click.argument("value")
@_port_option
def set_setting(name: str, value: str, port: str | None) -> None:
    """Change a setting, for instance: brightness 40."""
    _known(name)
    with _repl(port) as repl:
        OfDevice(repl).set(name, value)
        repl.reset(come_back=False)
    click.echo(f"{name} is {value} from now on.")


@settings.command("reset")
@_port_option
def reset_settings(port: str | None) -> None:
    """Forget all settings: the defaults are used."""
    with _repl(port) as repl:
        OfDevice(repl).reset()
        repl.reset(come_back=False)
    click.echo("All settings are at their defaults.")


def _known(name: str | None) -> None:
    if name is not None and name not in NAMES:
        raise click.UsageError(f"there is no setting {name}: there are {', '.join(NAMES)}")


@click.command()
@_port_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON lines.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=language, help="ja or en; else the locale's."
)
def doctor(port: str | None, as_json: bool, lang: str) -> int:
    """Check a device: chip, lamps, button, buzzer, memory, files, settings; say what to do.

    Exit status: 0 nothing wrong, 1 something is.
    """
    bad = False

    def take(finding: dict[str, Any]) -> None:
        nonlocal bad
        bad = bad or finding.get("ok") is False
        if as_json:
            click.echo(json.dumps(finding))
        else:
            sign = {True: "✓", False: "✗", None: "?"}[finding.get("ok")]
            click.echo(f"{sign} {words(finding, lang)}")

    with _repl(port) as repl:
        examine(repl, take)
        repl.reset(come_back=False)
    if not as_json:
        click.echo(_TEXTS[lang]["end"]["bad" if bad else "good"])
    return 1 if bad else 0

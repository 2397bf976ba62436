"""`pinlamp watch`: the events of a device on a serial line, live."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import click

from ..show.cable import LIVE
from ..show.names import Names
from ..show.options import lang_option
from ..show.reading import Reading
from ..show.strange import tell


@click.command()
@click.argument("port", required=False)
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print the device's event lines, only them.")
@click.option("--bell", is_flag=True, help="Ring the terminal's bell for every result.")
def watch(port: str | None, lang: str, as_json: bool, bell: bool) -> int:
    """Watch a device: its lamps, what they mean, and what to do next. Nothing is kept.

    PORT is its serial port; not needed when there is just one. It may be unplugged and come back.
    """
    from ..deploy.port import DeviceError, words
    from .console import Console

    try:
        console = Console(port, lang)
    except DeviceError as error:
        raise click.ClickException(str(error)) from error

    def connected(state: str, port: str) -> None:
        if state != LIVE:  # that is what it was told to wait for
            tell(f"{port}: {words(state, port, lang)}".removeprefix(": "), err=True)

    if as_json:
        console.listen(_print_event, connected, threading.Event())
    elif sys.stdout.isatty() and sys.stdin.isatty():
        from .screen import Watch

        return Watch(console, lang, bell).run() or 0
    else:
        console.listen(_Printer(lang, bell).take, connected, threading.Event())
    return 0


def _print_event(event: dict[str, Any]) -> None:
    told = {name: value for name, value in event.items() if name != "more"}
    print(json.dumps(told), flush=True)


class _Printer:
    """Prints each card as a table with its guidance, unless the output is a terminal."""

    def __init__(self, lang: str, bell: bool) -> None:
        self._lang = lang
        self._bell = bell
        self._reading = Reading()

    def take(self, event: dict[str, Any]) -> None:
        """Follow one event; one that this version cannot show forgets the card."""
        try:
            self._follow(event)
        except OSError:  # nobody reads the output any more
            raise
        except Exception:
            self._reading = Reading()

    def _follow(self, event: dict[str, Any]) -> None:
        from ..guidance.render import show
        from ..show import table

        news = self._reading.news(event)
        if news is None:
            return
        event = news
        self._reading.take(event)
        names = Names(self._lang)
        if event["type"] == "fault":
            about = (str(event.get(name, "")) for name in ("field", "reader"))
            tell(names.fault(str(event["code"]), *about))
        elif event["type"] == "result" or (
            event["type"] == "card" and self._reading.phase in ("other", "several")
        ):
            table.show(self._reading, self._reading.lamps, names)
            show(self._reading, self._lang)
            print("\a" if self._bell else "", flush=True)

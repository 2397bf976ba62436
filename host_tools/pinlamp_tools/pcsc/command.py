"""`pinlamp read`: the PINs of a card on any PC/SC reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from ..show.options import ask_option, lang_option, slip_option, sources_option
from ..show.reading import Reading
from ..show.strange import visible

TEXTS = json.loads(Path(__file__).with_name("texts.json").read_text("utf-8"))

reader_option = click.option(
    "--reader", "part", metavar="NAME", help="A reader with this in its name; else any."
)


def tap(
    part: str | None,
    licence: bool,
    lang: str,
    tell: Callable[[dict[str, Any]], None],
    record: bool = False,
) -> str:
    """Run `read.tap_card`; turn every error of PC/SC into one line in `lang`."""
    texts = TEXTS[lang]

    def waiting(names: list[str], passed: Mapping[str, str]) -> None:
        free = [name for name in names if name not in passed] or names
        line = texts["put"].format(readers=", ".join(free))
        if passed:
            why = [f"{name} ({texts['passed_' + reason]})" for name, reason in passed.items()]
            line += texts["passed"].format(readers=", ".join(why))
        click.echo(visible(line), err=True)

    try:
        from .calls import PcscError
        from .read import tap_card
        from .service import NoSuchReaderError, Service
    except ImportError as error:
        raise click.ClickException(texts["no_pyscard"]) from error
    try:
        with Service() as service:
            return tap_card(service, part, licence, waiting, tell, record)
    except NoSuchReaderError as error:
        text = texts["no_such_reader"].format(part=part, names=", ".join(error.names))
        raise click.UsageError(text) from error
    except PcscError as error:
        code = error.code & 0xFFFFFFFF
        raise click.ClickException(texts[error.reason].format(code=code)) from error


@click.command()
@reader_option
@click.option("--licence", is_flag=True, help="Ask for the driving licence's PIN as well.")
@click.option("--json", "as_json", is_flag=True, help="Print event lines instead of a table.")
@slip_option
@ask_option
@sources_option
@lang_option
def read(
    part: str | None,
    licence: bool,
    as_json: bool,
    slip: bool,
    questions: bool,
    sources: bool,
    lang: str,
) -> int:
    """Read the PINs' tries left of a card on a PC/SC reader. No PIN is presented.

    Waits for a card. What fails, who unlocks it and what to bring stands below the table.
    """
    from ..guidance.ask import ask_of
    from ..guidance.render import outcome

    reading = Reading()

    def tell(event: dict[str, Any]) -> None:
        reading.take(event)
        if as_json:
            print(json.dumps(event), flush=True)

    tap(part, licence, lang, tell)
    status = outcome(reading, lang, slip, as_json, sources)
    if questions:
        ask_of(reading, lang)
    return status

"""`pinlamp read`: the PINs of a card on any PC/SC reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..names import Names
from ..once import NOT_READ
from ..params import lang_option, slip_option
from ..reading import Reading

if TYPE_CHECKING:
    from .reader import Reader

_TEXTS = json.loads(Path(__file__).with_name("texts.json").read_text("utf-8"))

reader_option = click.option(
    "--reader", "part", metavar="NAME", help="A reader with this in its name; else any."
)


@contextmanager
def card_on(part: str | None, lang: str) -> Iterator[Reader]:
    """Wait for a card on a reader with `part` in its name, and give the reader, card activated.

    All that PC/SC may say becomes one line in `lang`.
    """
    texts = _TEXTS[lang]

    def waiting(names: list[str]) -> None:
        click.echo(texts["put"].format(readers=", ".join(names)), err=True)

    try:
        from .read import activate
        from .reader import NoSuchReaderError, PcscError, Service
    except ImportError as error:
        raise click.ClickException(texts["no_pyscard"]) from error
    try:
        with Service() as service:
            reader = activate(service, part, waiting)
            try:
                yield reader
            finally:
                reader.leave()
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
@lang_option
def read(part: str | None, licence: bool, as_json: bool, slip: bool, lang: str) -> int:
    """Read the PINs' tries left of a card on a PC/SC reader. No PIN is presented.

    Waits for a card. What fails, who unlocks it and what to bring stands below the table.
    """
    from .. import table
    from ..guidance.show import show, slip_of

    reading = Reading()

    def tell(event: dict[str, Any]) -> None:
        reading.take(event)
        if as_json:
            print(json.dumps(event), flush=True)

    with card_on(part, lang) as reader:
        from .read import read as tap

        tap(reader, licence, tell)
    if slip:
        slip_of(reading, lang)
    elif not as_json:
        table.show(reading, 12, Names(lang))
        show(reading, lang)
    return NOT_READ if reading.phase == "again" else 0

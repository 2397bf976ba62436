"""`pinlamp record`, `pinlamp export`, `pinlamp report`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..once import NOT_READ
from ..params import lang_option
from ..pcsc.command import reader_option
from ..trace import Trace, TraceError, load

_PROVENANCE = "a real card, recorded with pinlamp"


def _sources(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        lang_option,
        click.option("--licence", is_flag=True, help="Ask for the driving licence's PIN as well."),
        click.option("--port", metavar="P", help="A Pinlamp device's serial port, instead."),
        click.option("--pn532", metavar="TTY", help="A PN532's serial line, instead of PC/SC."),
        reader_option,
        click.option(
            "--provenance",
            default=_PROVENANCE,
            show_default=True,
            help="What the card is; name nobody.",
        ),
        _out_option,
    ):
        command = option(command)
    return command


_out_option = click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="The file to write; one that is there is left alone.",
)


def _free(out: Path) -> Path:
    if out.exists():
        raise click.UsageError(f"{out} is there already: give another name")
    if not out.parent.is_dir():
        raise click.UsageError(f"{out}: there is no folder {out.parent}")
    return out


def _tap(
    part: str | None, pn532: str | None, port: str | None, licence: bool, lang: str
) -> tuple[Any, str, bool]:
    from . import sources
    from .tape import Tape

    if sum(value is not None for value in (part, pn532, port)) > 1:
        raise click.UsageError("--reader, --pn532 and --port are three ways: give one of them")
    if port is not None and licence:
        raise click.UsageError("a device asks what its settings say: pinlamp settings set licence")
    tape = Tape()
    if port is not None:
        return (tape, *sources.from_device(tape, port, lang))
    if pn532 is not None:
        return (tape, *sources.from_pn532(tape, pn532, licence, lang))
    return (tape, *sources.from_pcsc(tape, part, licence, lang))


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error


def _ended(tape: Any, out: Path) -> int:
    if tape.complete:
        click.echo(f"{out} is written.")
        return 0
    click.echo(f"{out} is written, but the card was not read to the end: tap it again.", err=True)
    return NOT_READ


@click.command()
@_sources
def record(
    out: Path,
    provenance: str,
    part: str | None,
    pn532: str | None,
    port: str | None,
    licence: bool,
    lang: str,
) -> int:
    """Record one tap of a card as a trace, for `pinlamp replay`; nothing in it names the card.

    From a PC/SC reader, or a PN532 on a serial line, or a Pinlamp device with profile pocket.
    """
    _free(out)
    tape, reader, asked = _tap(part, pn532, port, licence, lang)
    trace = tape.trace(provenance, reader, asked)
    _write(out, "".join(line + "\n" for line in trace.lines()))
    return _ended(tape, out)


@click.command()
@_sources
def report(
    out: Path,
    provenance: str,
    part: str | None,
    pn532: str | None,
    port: str | None,
    licence: bool,
    lang: str,
) -> int:
    """Answer the open questions on these cards from one tap, in a small file that names nobody."""
    from .report import report as of

    _free(out)
    tape, reader, asked = _tap(part, pn532, port, licence, lang)
    found = of(tape.trace(provenance, reader, asked), tape.fwi)
    _write(out, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return _ended(tape, out)


@click.command()
@click.argument("trace", type=click.Path(path_type=Path))
@_out_option
def export(trace: Path, out: Path) -> int:
    """Write a recorded TRACE for Wireshark, as ISO 14443 in pcapng."""
    from .export import export as to

    found = loaded(trace)
    to_file = _free(out)
    try:
        to(found, to_file)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out} is written.")
    return 0


def loaded(path: Path) -> Trace:
    """Return the trace in a file, or fail in one line."""
    try:
        return load(path)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    except TraceError as error:
        raise click.ClickException(f"{path}: {error}") from None

"""`pinlamp record`, `pinlamp export`, `pinlamp replay`, `pinlamp report`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..exits import NOT_READ
from ..pcsc.command import reader_option
from ..show.options import ask_option, lang_option, slip_option, sources_option
from ..show.output import cannot, force_option, refuse
from ..show.say import say
from ..show.strange import tell
from .trace import A_TEXT, Trace, TraceError, events, is_text, load, parse
from .trace import replay as answers

_PROVENANCE = "a real card, recorded with pinlamp"


def _provenance(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not is_text(value):
        raise click.UsageError(f"--provenance has to be {A_TEXT}")
    return value


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
            callback=_provenance,
            help="What the card is; name nobody.",
        ),
        force_option,
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
    help="The file to write.",
)


@contextmanager
def _created(out: Path, force: bool) -> Iterator[Callable[[bytes], None]]:
    """Create a file before the tap, and yield a function that fills it.

    The file is removed again unless the function fills it. With `force` one that is there already
    stays as it was until then.
    """
    refuse(out, force)
    old = os.path.exists(out)
    new = out.with_name(out.name + ".new") if old else out
    try:
        file = new.open("xb", buffering=0)
    except OSError as error:
        raise cannot(new, error) from None

    def fill(data: bytes) -> None:
        try:
            while data:
                data = data[file.write(data) :]
        except OSError as error:
            raise cannot(out, error) from error

    try:
        with file:
            yield fill
        if old:
            new.replace(out)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _tap(
    part: str | None, pn532: str | None, port: str | None, licence: bool, lang: str
) -> tuple[Any, str, bool]:
    from . import sources
    from .tape import Tape

    if sum(value is not None for value in (part, pn532, port)) > 1:
        raise click.UsageError("--reader, --pn532 and --port do not go together: give one of them")
    if port is not None and licence:
        raise click.UsageError(
            "--licence does not go with --port: pinlamp settings set licence true"
        )
    tape = Tape()
    if port is not None:
        return (tape, *sources.from_device(tape, port, lang))
    if pn532 is not None:
        return (tape, *sources.from_pn532(tape, pn532, licence, lang))
    return (tape, *sources.from_pcsc(tape, part, licence, lang))


def _trace(tape: Any, provenance: str, reader: str, asked: bool) -> Trace:
    """Return the tape's trace; a device's lines may arrive damaged."""
    trace: Trace = tape.trace(provenance, reader, asked)
    if not trace.exchanges:
        raise click.ClickException("nothing was asked, so nothing is recorded: tap one card")
    try:
        parse(trace.lines())
        list(answers(trace))
    except TraceError as error:
        raise click.ClickException(f"the recording has a gap ({error}): tap it again") from None
    return trace


def _ended(tape: Any, out: Path) -> int:
    name = click.format_filename(out)
    if tape.complete:
        tell(say(f"{name} is written."))
        return 0
    said = f"{name} is written, but the card was not read to the end: tap it again."
    tell(say(said), err=True)
    return NOT_READ


@click.command()
@_sources
def record(
    out: Path,
    force: bool,
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
    with _created(out, force) as fill:
        tape, reader, asked = _tap(part, pn532, port, licence, lang)
        lines = _trace(tape, provenance, reader, asked).lines()
        fill("".join(line + "\n" for line in lines).encode())
    return _ended(tape, out)


@click.command()
@_sources
def report(
    out: Path,
    force: bool,
    provenance: str,
    part: str | None,
    pn532: str | None,
    port: str | None,
    licence: bool,
    lang: str,
) -> int:
    """Answer the open questions on these cards from one tap, in a small file that names nobody."""
    from .report import report as of

    with _created(out, force) as fill:
        tape, reader, asked = _tap(part, pn532, port, licence, lang)
        found = of(_trace(tape, provenance, reader, asked), tape.fwi)
        fill(json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n")
    return _ended(tape, out)


@click.command()
@click.argument("trace", type=click.Path(path_type=Path))
@_out_option
@force_option
def export(trace: Path, out: Path, force: bool) -> int:
    """Write a recorded TRACE for Wireshark, as ISO 14443 in pcapng."""
    from .export import export as to

    found = _loaded(trace)
    with _created(out, force) as fill:
        fill(to(found))
    tell(say(f"{click.format_filename(out)} is written."))
    return 0


@click.command()
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print event lines instead of a table.")
@slip_option
@ask_option
@sources_option
@lang_option
def replay(
    trace: Path, as_json: bool, slip: bool, questions: bool, sources: bool, lang: str
) -> int:
    """Survey the card of a recorded TRACE, and say what it told."""
    from ..guidance.ask import ask_of
    from ..guidance.render import outcome
    from ..show.reading import Reading

    reading = Reading()
    try:
        found = list(events(_loaded(trace)))
    except TraceError as error:
        raise click.ClickException(f"{trace}: {error}") from None
    for event in found:
        reading.take(event)
        if as_json:
            print(json.dumps(event), flush=True)
    status = outcome(reading, lang, slip, as_json, sources)
    if questions:
        ask_of(reading, lang)
    return status


def _loaded(path: Path) -> Trace:
    """Return the trace in a file; fail with one line for a bad one."""
    try:
        return load(path)
    except OSError as error:
        raise cannot(path, error) from None
    except TraceError as error:
        raise click.ClickException(f"{path}: {error}") from None

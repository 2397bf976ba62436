"""`pinlamp slip` and `pinlamp sheet`: what goes to the counter, and what lies there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mynacard.keys import KEYS

from ..guidance.place import load, place_option
from ..guidance.render import on_label, show_slip
from ..guidance.slip import slip as parts_of
from ..guidance.texts import guidance, today
from ..show.heard import heard, parse
from ..show.options import lang_option, no_such
from ..show.output import cannot, force_option
from ..show.reading import Reading
from .command import write

_CARD = "my_number_card"
_IDS = [key.id for key in KEYS]


@click.command()
@click.argument("keys", metavar="[KEY]…", nargs=-1)
@click.option(
    "--events",
    metavar="FILE",
    help="Events of a reading, as `pinlamp read --json` prints them; - for the standard input.",
)
@click.option(
    "-o", "out", type=click.Path(path_type=Path), help="The file to write (.pdf or .svg), A5."
)
@place_option
@lang_option
@force_option
def slip(
    keys: Sequence[str],
    events: str | None,
    out: Path | None,
    place_file: Path | None,
    lang: str,
    force: bool,
) -> None:
    """Make the slip to take along: a part for the clerk, a part for you.

    KEY: what is locked, by its id (`pinlamp guide` lists them). Without -o: print it here.
    """
    place = load(place_file)
    if bool(keys) == bool(events):
        raise click.UsageError("say what is locked: a KEY or several, or --events FILE")
    for key in keys:
        if key not in _IDS:
            raise click.UsageError(no_such("key", key, _IDS))
    lamps = None
    if events:
        reading = _read(events)
        lamps = reading.lamps
        kind, findings, complete = reading.result()
    else:
        kind, complete = _CARD, True
        findings = [{"id": key, "state": "locked"} for key in _IDS if key in keys]
    if out is None:
        show_slip(kind, findings, complete, lang, place=place, lamps=lamps)
        return
    from . import slip as page

    parts = parts_of(guidance(lang), kind, findings, complete, today(), on_label(lamps), place)
    write(lambda: page.draw(parts).write(out), out, force)


def _read(name: str) -> Reading:
    """Return the last reading in a file of events; UsageError if none has ended in it."""
    reading = Reading()
    lamps: int | None = None  # of the device that speaks
    of_reading: int | None = None  # of the one that has read the card
    same = True  # they are one
    try:
        with click.open_file(name, encoding="utf-8") as file:
            lines = list(file)
    except OSError as error:
        raise cannot(name, error) from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{name}: no events of a reading are in it") from error
    for line in lines:
        event: Any = parse(line)
        event = heard(event) if event is not None else None
        if event is None:
            continue
        kind = event["type"]
        if kind in ("ready", "alive"):
            same = same and kind == "alive"
            lamps = event.get("lamps", lamps if kind == "alive" else None)
        same = same or kind in ("card", "key", "result")
        of_reading = lamps if same else of_reading
        # A reading stays when its device goes on, unless that says that another card lies there.
        of_card = "tap" in event or event.get("taps", 0) != 0  # 0: it has just started
        if kind == "ready" or (kind == "alive" and not of_card):
            continue
        event = reading.news(event)  # without keys that the kind of card has not
        if event is not None:
            reading.take(event)
    if not reading.over:
        raise click.UsageError(f"{name}: no events of a reading are in it")
    reading.lamps = of_reading
    return reading


@click.command()
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write (.pdf or .svg), A4.",
)
@place_option
@lang_option
@force_option
def sheet(out: Path, place_file: Path | None, lang: str, force: bool) -> None:
    """Make the sheet for the counter: what each lamp means, and what to do."""
    from . import sheet as page

    place = load(place_file)
    write(lambda: page.draw("counter", lang, place).write(out), out, force)

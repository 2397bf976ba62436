"""`pinlamp bench`: the speed of driver and survey, compared with the ideal and with others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import paths
from ..show.output import cannot, force_option, refuse
from . import chip as measured_chip
from . import measure, model, tables
from .measure import Virtual

if TYPE_CHECKING:
    from . import race


@click.command()
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    is_flag=False,
    flag_value="-",
    metavar="[FILE]",
    help="Write the figures as one JSON object too; without FILE print it, and no tables.",
)
@click.option("--check", is_flag=True, help="Exit with status 1 if a bar is missed.")
@click.option("--virtual", is_flag=True, help="The virtual clock alone: exact, and repeatable.")
@click.option(
    "--card-ms",
    type=click.IntRange(0, 4000),
    default=measure.CARD_US // 1000,
    show_default=True,
    help="The card's own time for one command; the bars are made for 10.",
)
@force_option
def bench(file: Path | None, check: bool, virtual: bool, card_ms: int, force: bool) -> int:
    """Measure a survey: on a chip, on every link on a virtual clock, and beside other programs.

    First come the figures of an emulated Pico W, which `make test-pico` measured. A model gives
    those of each board: they are modelled, and modelled once more with a processor that takes 1.5
    times as long.

    The virtual clock counts the time on the link and on the air, and the chip's and the card's
    own. The ideal is the same without any waste. In real time, on the same emulated PN532, our
    driver, libnfc, nfcpy and Adafruit's driver send the same commands. Then the device idles
    for a while.
    """
    paths.need_ptys("bench")
    from . import idle as idling
    from . import race

    if file is not None and file != Path("-"):
        refuse(file, force)  # before minutes are spent
    try:
        figures = measure.measure(card_ms * 1000)
    except measure.BenchmarkError as error:
        raise click.ClickException(str(error)) from error
    chip = measured_chip.figures()
    boards = model.of_boards(model.measured_constants(), model.Survey.of(figures))
    found = None if virtual else race.run(figures.links[0].exchanges, card_ms * 1000)
    idle = None if virtual else idling.share()
    missed = measured_chip.missed(chip) + measure.missed(figures)
    if found is not None:
        missed += race.missed(found)
    if idle is not None and idle > idling.MOST:
        missed.append(f"the idle device uses {idle:.1%} of a core, {idling.MOST:.0%} allowed")
    told = _object(figures, chip, boards, found, idle, missed)
    if file == Path("-"):
        click.echo(json.dumps(told, indent=2))
        return 1 if check and missed else 0
    tables.show(figures, chip, boards, found, idle, missed)
    if check and not missed:
        click.echo("Every bar is held.")
    if file is not None:
        try:
            file.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise cannot(file, error) from error
    return 1 if check and missed else 0


def _ms(us: float) -> float:
    return round(us / 1000, 3)


def _object(
    figures: Virtual,
    chip: measured_chip.Chip,
    boards: list[model.Row],
    found: list[race.Program] | None,
    idle: float | None,
    missed: list[str],
) -> dict[str, Any]:
    links = [
        {
            "link": one.arrangement.link,
            "hz": one.arrangement.hz,
            "irq": one.arrangement.irq,
            "name": one.arrangement.name,
            "exchanges": len(one.exchanges),
            "ideal_ms": _ms(one.ideal.total),
            "ideal_parts_ms": {
                name: _ms(us) for name, us in one.ideal._asdict().items() if name != "total"
            },
            "ours_ms": _ms(one.ours),
            "ratio": round(one.ratio, 4),
            "ratio_bar": one.arrangement.ratio_bar,
            "first_lamp_ms": _ms(one.first_lamp),
            "last_lamp_ms": _ms(one.last_lamp),
            "find_ms": _ms(one.find),
        }
        for one in figures.links
    ]
    keys = [
        {
            "keys": one.keys,
            "exchanges": one.exchanges,
            "ours_ms": _ms(one.ours),
            "heap_bytes": one.allocated,
        }
        for one in figures.keys
    ]
    made: dict[str, Any] = {
        "card_ms": figures.card_us / 1000,
        "emulated_pico_w": chip.data(),
        "modelled": [row.data() for row in boards],
        "links": links,
        "keys": keys,
        "key_costs_ms": [_ms(us) for us in measure.key_costs(figures.keys)],
    }
    if found is not None:
        made["real_time"] = [
            {
                "program": one.name,
                "baudrate": one.baudrate,
                "runs_ms": [_ms(us) for us in one.runs],
                "median_ms": _ms(one.median) if one.runs else None,
                "missing": one.missing,
            }
            for one in found
        ]
    if idle is not None:
        made["idle_core_share"] = round(idle, 4)
    made["missed"] = missed
    return made

"""`pinlamp bench`: the speed of driver and survey, compared with the ideal and with others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from .. import paths
from . import measure
from .measure import Virtual

if TYPE_CHECKING:
    from . import race

_COLUMNS = 80


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
def bench(file: Path | None, check: bool, virtual: bool, card_ms: int) -> int:
    """Measure a survey: on every link on a virtual clock, and over HSU beside other programs.

    The virtual clock counts the time on the link and on the air, and the chip's and the card's
    own. The ideal is the same without any waste. In real time, on the same emulated PN532, our
    driver, libnfc, nfcpy and Adafruit's driver send the same commands. Then the device idles
    for a while.
    """
    paths.need_ptys("bench")
    from . import idle as idling
    from . import race

    try:
        figures = measure.measure(card_ms * 1000)
    except measure.BenchmarkError as error:
        raise click.ClickException(str(error)) from error
    found = None if virtual else race.run(figures.links[0].exchanges, card_ms * 1000)
    idle = None if virtual else idling.share()
    missed = measure.missed(figures)
    if found is not None:
        missed += race.missed(found)
    if idle is not None and idle > idling.MOST:
        missed.append(f"the idle device uses {idle:.1%} of a core, {idling.MOST:.0%} allowed")
    text = json.dumps(_object(figures, found, idle, missed), indent=2)
    if file == Path("-"):
        click.echo(text)
        return 1 if check and missed else 0
    _show(figures, found, idle, missed, check)
    if file is not None:
        try:
            file.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror}") from error
    return 1 if check and missed else 0


def _ms(us: float) -> float:
    return round(us / 1000, 3)


def _object(
    figures: Virtual, found: list[race.Program] | None, idle: float | None, missed: list[str]
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


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if i else "left", no_wrap=True)
    return table


def _show(
    figures: Virtual,
    found: list[race.Program] | None,
    idle: float | None,
    missed: list[str],
    check: bool,
) -> None:
    console = Console(width=_COLUMNS, highlight=False)
    _show_links(console, figures)
    _show_keys(console, figures)
    if found is not None:
        _show_race(console, found)
    if idle is not None:
        console.print(f"\nThe idle device uses {idle:.1%} of a core, its start included")
    for sentence in missed:
        console.print("Missed: " + sentence)
    if check and not missed:
        console.print("Every bar is held.")


def _show_links(console: Console, figures: Virtual) -> None:
    console.print(
        f"A survey on the virtual clock, in ms; {figures.card_us / 1000:g} a card command"
    )
    table = _table(
        *("link", "exchanges", "ideal", "ours", "ratio", "first lamp", "last lamp", "found after")
    )
    for one in figures.links:
        table.add_row(
            one.arrangement.name,
            str(len(one.exchanges)),
            f"{one.ideal.total / 1000:.1f}",
            f"{one.ours / 1000:.1f}",
            f"{one.ratio:.3f}",
            f"{one.first_lamp / 1000:.1f}",
            f"{one.last_lamp / 1000:.1f}",
            f"{one.find / 1000:.1f}",
        )
    console.print(table)
    console.print(
        f"Bars: ratio {measure.RATIO_WITH_IRQ}, polled {measure.RATIO_POLLED}; found after"
        f" {measure.FIND_MS} on average;\nfirst lamp {measure.FIRST_LAMP_MS}, last lamp"
        f" {measure.LAST_LAMP_MS}, but for HSU 115200 and I2C 100k\n"
    )


def _show_keys(console: Console, figures: Virtual) -> None:
    console.print("What a key costs: synthetic keys, eleven an applet, over HSU 921600")
    table = _table("keys", "exchanges", "ms", "ms a key more", "kB asked of the heap")
    before = None
    for one in figures.keys:
        more = (one.ours - before.ours) / (one.keys - before.keys) / 1000 if before else None
        table.add_row(
            str(one.keys),
            str(one.exchanges),
            f"{one.ours / 1000:.1f}",
            "" if more is None else f"{more:.3f}",
            f"{one.allocated / 1000:.0f}",
        )
        before = one
    console.print(table)
    console.print()


def _show_race(console: Console, found: list[race.Program]) -> None:
    from . import race

    console.print(f"In real time over HSU, in ms; the same commands, medians of {race.RUNS} runs")
    table = _table("program", "baud", "median", "fastest", "slowest")
    for one in found:
        if one.runs:
            times = (one.median, min(one.runs), max(one.runs))
            table.add_row(one.name, str(one.baudrate), *[f"{us / 1000:.1f}" for us in times])
    console.print(table)
    for one in found:
        if one.missing:
            console.print(f"{one.name}: {one.missing}")

"""The tables of `pinlamp bench`: the chip first, then links on free processors, then the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from . import chip, measure, model

if TYPE_CHECKING:
    from .measure import Virtual
    from .race import Program

_COLUMNS = 80


def show(
    figures: Virtual,
    measured: chip.Chip,
    boards: list[model.Row],
    found: list[Program] | None,
    idle: float | None,
    missed: list[str],
) -> None:
    """Print all tables, and the missed bars; None: that was not measured."""
    console = Console(width=_COLUMNS, highlight=False)
    _show_chip(console, measured)
    _show_boards(console, boards, figures.card_us)
    _show_links(console, figures)
    _show_keys(console, figures)
    if found is not None:
        _show_race(console, found)
    if idle is not None:
        console.print(f"\nThe idle device uses {idle:.1%} of a core, its start included")
    for sentence in missed:
        console.print("Missed: " + sentence)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if i else "left", no_wrap=True)
    return table


def _show_chip(console: Console, measured: chip.Chip) -> None:
    count = measured.taps[0].exchanges
    console.print(f"A tap on an {chip.LABEL}, 125 MHz, {count} exchanges; emulated time, in ms")
    table = _table("link", "card", "ideal", "survey", "ratio", "until result", "processor")
    for tap in measured.taps:
        if not tap.esp32_clock:
            _add(table, tap, f"{tap.busy_ms:.0f}")
    console.print(table)
    console.print("\nWith the clock of an ESP32, whose asyncio waits in ticks of 10 ms")
    # Its patch is Python on the board: so it says nothing of the processor's time.
    table = _table("link", "card", "ideal", "survey", "ratio", "until result")
    for tap in measured.taps:
        if tap.esp32_clock:
            _add(table, tap)
    console.print(table)
    console.print(
        f"Waiting for a card its processor is busy {measured.waiting_share:.0%} of the time."
        f"\nHeap: {measured.free_when_ready} bytes free when ready,"
        f" {measured.free_after_more} after five taps"
    )
    console.print(
        f"Bars: HSU {chip.RATIO:.2f} × ideal, {chip.AT_ONCE_MS} with a card of 0 ms, processor"
        f" {chip.BUSY_MS}; waiting {chip.WAITING_SHARE:.0%};\nheap that taps keep 0; an ESP32's"
        f" clock {chip.ESP32_WOKEN:.2f} × ideal, polled {chip.ESP32_POLLED:.2f}\n"
    )


def _add(table: Table, tap: chip.Tap, *more: str) -> None:
    table.add_row(
        tap.name,
        str(tap.card_ms),
        f"{tap.ideal_ms:.0f}",
        f"{tap.survey_ms:.0f}",
        f"{tap.ratio:.3f}",
        f"{tap.result_ms:.0f}",
        *more,
    )


def _show_boards(console: Console, boards: list[model.Row], card_us: int) -> None:
    console.print(
        f"A survey on each board, modelled, in ms; {card_us / 1000:g} a card command.\nIn"
        f" brackets: modelled with {model.SLOWER:g} times the processor's time"
    )
    table = _table("board", "link", "MHz", "ideal", "modelled", "ratio", "processor")
    for row in boards:
        usual, slower = row.usual, row.slower
        table.add_row(
            row.board,
            row.link,
            f"{row.host.clock_hz // 1_000_000}",
            f"{usual.ideal.total / 1000:.0f}",
            f"{usual.survey / 1000:.0f} ({slower.survey / 1000:.0f})",
            f"{usual.ratio:.2f} ({slower.ratio:.2f})",
            f"{usual.busy / 1000:.0f} ({slower.busy / 1000:.0f})",
        )
    console.print(table)
    console.print()


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


def _show_race(console: Console, found: list[Program]) -> None:
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

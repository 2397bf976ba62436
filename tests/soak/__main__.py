"""`make soak`: many thousand taps with random cards, faults and pulls, all of them checked.

    PYTHONPATH=tests python -m soak --taps 100000 --seed 1

All arrangements of link and layout share the taps. Each arrangement is one MicroPython process; in
it chip, card, driver and the whole application run on a virtual clock (`device`). Each processor
runs one at a time. The same seed and number of taps give the same soak.
"""

from __future__ import annotations

import os
import sys
import time

import click

from pinlamp_tools import paths

from .report import text_of
from .runner import SoakError, run

_STEPS = 20  # progress lines, where standard error is not a terminal


class _Progress:
    """One line with the soak's progress; without a terminal, a line now and then."""

    def __init__(self, taps: int) -> None:
        self._taps = taps
        self._told = 0

    def __call__(self, done: int) -> None:
        text = f"{done} of {self._taps} taps"
        if sys.stderr.isatty():
            click.echo(f"\r{text}", err=True, nl=done >= self._taps)
        elif done * _STEPS // self._taps > self._told:
            self._told = done * _STEPS // self._taps
            click.echo(text, err=True)


@click.command()
@click.option("--taps", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--seed", type=click.IntRange(1, 1_000_000), help="Repeat the soak of that number.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes at a time."
)
def main(taps: int, seed: int | None, jobs: int) -> None:
    """Tap a device many times with random cards, faults and pulls; exit with 1 if it ever lied."""
    if seed is None:
        seed = int.from_bytes(os.urandom(2), "big") + 1
    click.echo(f"{taps} taps, seed {seed}", err=True)
    start = time.monotonic()
    try:
        report = run(taps, seed, jobs, progress=_Progress(taps))
    except (SoakError, paths.MissingError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(text_of(report, seed, time.monotonic() - start))
    for sentence in report.why:
        click.echo("Wrong: " + sentence)
    failures = report.failures()
    for sentence in failures:
        click.echo("Failed: " + sentence)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

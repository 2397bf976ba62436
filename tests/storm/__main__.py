"""`make storm`: some 24 million random cases, on all processors.

    PYTHONPATH=tests python -m storm --share 1 --seed 1

Where the property tests (`make fuzz`) choose their cases and shrink those that fail, this only
runs very many. The same seed gives the same cases.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

import click

from . import PARTS, STORMS, Part, run


@click.command()
@click.option("--share", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--seed", type=click.IntRange(1), help="Repeat the storm of that number.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes at a time."
)
def main(share: float, seed: int | None, jobs: int) -> None:
    """Run all storms; exit with 1 if one of them found anything."""
    seed = seed or int.from_bytes(os.urandom(2), "big") + 1
    click.echo(f"seed {seed}", err=True)
    begin = time.monotonic()
    cases, failed = dict.fromkeys(STORMS, 0), 0
    parts = [Part(name, seed, number, share) for number in range(PARTS) for name in STORMS]
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(run, part) for part in parts]):
            part, count, error = future.result()
            cases[part.name] += count
            if error:
                failed += 1
                click.echo(f"Failed: {part.name}, seed {seed}, part {part.number}\n{error}")
    for name, count in cases.items():
        click.echo(f"{count:10} {name}")
    click.echo(f"{sum(cases.values()):10} cases, {failed} failures, {seconds(begin)} s")
    sys.exit(1 if failed else 0)


def seconds(begin: float) -> int:
    """Return the whole seconds since `begin`."""
    return round(time.monotonic() - begin)


if __name__ == "__main__":
    main()

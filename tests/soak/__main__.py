"""`make soak`: many thousand taps with random cards, faults and pulls, and nothing may be wrong.

    python -m pinlamp_tools.soak --taps 100000 --seed 1

The taps are dealt out to all arrangements of link and layout. Each is one MicroPython process in
which chip, card, driver and the whole application run on a virtual clock (`soak_device`); as many
run at a time as there are processors. Same seed and same number of taps: same soak.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import click

from . import house

_DEVICE_SIDE = Path(__file__).with_name("soak_device.py")
_HEAP = "4M"
# MicroPython's collector takes what looks like a pointer for one: a dead object or two may stay,
# which differs by where the files lie. What grows with the taps is far beyond this, in bytes.
_STRAY = 256
_STEPS = 20  # progress lines, where standard error is not a terminal


class SoakError(Exception):
    """A soak broke off; the message says what the interpreter said."""


class Arrangement(NamedTuple):
    """What a device is made of. `irq`: whether that line is wired, which a UART has no use for."""

    link: str
    irq: bool
    layout: int
    licence: bool

    def __str__(self) -> str:
        """Name it as the report does."""
        wires = " with IRQ" if self.irq else " polled" if self.link != "hsu" else ""
        licence = " with the licence" if self.licence else ""
        return f"{self.link.upper()}{wires}, layout {self.layout}{licence}"


# Those that poll first: they take longest.
ARRANGEMENTS = (
    Arrangement("spi", False, 12, False),
    Arrangement("i2c", False, 8, False),
    Arrangement("hsu", False, 1, True),
    Arrangement("i2c", True, 5, False),
    Arrangement("spi", True, 5, False),
    Arrangement("hsu", False, 12, True),
    Arrangement("i2c", True, 12, True),
    Arrangement("hsu", False, 8, False),
)


class Report(NamedTuple):
    """What came of one soak: the devices' reports added up (see `soak_device`)."""

    totals: Counter[str]
    faults: Counter[str]
    longest_ms: int
    why: list[str]
    heaps: dict[Arrangement, tuple[int, int]]

    def failures(self) -> list[str]:
        """Say in sentences what must not have happened, and did."""
        forbidden = {
            "wrong": "lamps or events were wrong",
            "tries_spent": "tries were spent",
            "missed": "cards were not read though nothing was the matter",
            "stuck": "times the device did not get any further",
            "watchdog": "times the watchdog would have reset the device",
        }
        found = [f"{self.totals[k]} {text}" for k, text in forbidden.items() if self.totals[k]]
        for arrangement, (before, after) in self.heaps.items():
            if abs(after - before) > _STRAY:
                found.append(f"the heap went from {before} to {after} bytes: {arrangement}")
        return found


def run(
    taps: int,
    seed: int,
    jobs: int = 1,
    arrangements: Sequence[Arrangement] = ARRANGEMENTS,
    progress: Callable[[int], None] = lambda done: None,
    before_path: str = "",
) -> Report:
    """Do `taps` taps and return the Report. `progress` hears how many are done in all.

    `before_path`: a folder that the interpreter searches for modules before all others, so that a
    test can give it a firmware with a fault in it. Raises SoakError, HouseError.
    """
    done = [0] * len(arrangements)

    def one(index: int) -> dict[str, Any]:
        share = taps * (index + 1) // len(arrangements) - taps * index // len(arrangements)
        given = {**arrangements[index]._asdict(), "taps": share, "seed": seed * 1000 + index + 1}

        def tell(count: int) -> None:
            done[index] = count
            progress(sum(done))

        return _process(given, tell, before_path)

    with ThreadPoolExecutor(jobs) as pool:
        reports = list(pool.map(one, range(len(arrangements))))
    return _added_up(arrangements, reports)


def _process(
    given: dict[str, Any], tell: Callable[[int], None], before_path: str
) -> dict[str, Any]:
    """Run one device to its end and return what it reports."""
    with (
        tempfile.TemporaryDirectory(prefix="pinlamp-") as folder,
        tempfile.TemporaryFile() as said,
    ):
        process = subprocess.Popen(
            [
                str(house.micropython()),
                *("-X", f"heapsize={_HEAP}", str(_DEVICE_SIDE)),
                json.dumps(given),
                folder,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, "MICROPYPATH": _python_path(before_path)},
        )
        report = None
        lines = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                told = _object(line)
                if "taps" in told:
                    tell(told["taps"])
                elif "report" in told:
                    report = told["report"]
                else:
                    lines.append(line)
            process.wait()
        finally:
            process.kill()
            process.wait()
        if report is None:
            said.seek(0)
            text = "".join(lines[-20:]) + said.read().decode("utf-8", "replace")
            raise SoakError(f"the soak of {given} broke off: {text.strip()}")
        return dict(report)


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _python_path(before: str) -> str:
    """Return MICROPYPATH: the frozen modules, ours, and what runs on a device."""
    folders = [str(house.package_dir(name).parent) for name in house.DEVICE_PACKAGES]
    ours = str(Path(__file__).parents[1])
    return ":".join([".frozen", *([before] if before else []), ours, *dict.fromkeys(folders)])


def _added_up(arrangements: Sequence[Arrangement], reports: list[dict[str, Any]]) -> Report:
    totals: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    why = []
    for arrangement, report in zip(arrangements, reports, strict=True):
        faults.update(report.pop("faults"))
        why += [f"{arrangement}: {sentence}" for sentence in report.pop("why")]
    heaps = {
        arrangement: (report["heap"][0], report.pop("heap")[1])
        for arrangement, report in zip(arrangements, reports, strict=True)
    }
    longest_ms = max(report.pop("longest_ms") for report in reports)
    for report in reports:
        totals.update(report)
    return Report(totals, faults, longest_ms, why, heaps)


def text_of(report: Report, seed: int, took_s: float) -> str:
    """Return what `make soak` prints at the end."""
    totals = report.totals
    lines = [
        f"seed                   {seed}",
        f"taps                   {totals['taps']}",
        f"  cards pulled         {totals['pulls']}",
        f"  read to the end      {totals['read']}",
        f"  given up, and so said {totals['not_read']}",
        f"faults that struck     {sum(report.faults.values())}",
        *(f"  {name:20} {count}" for name, count in sorted(report.faults.items())),
        f"recoveries             {totals['recoveries']}",
        f"  from a lost reader   {totals['reader_lost']}",
        f"wrong lamps            {totals['wrong']}",
        f"tries spent            {totals['tries_spent']}",
        f"longest time to ready  {report.longest_ms} ms (virtual)",
        "heap before and after, bytes",
        *(f"  {before} {after}  {name}" for name, (before, after) in report.heaps.items()),
        f"took                   {took_s:.0f} s for {totals['virtual_s']} s of virtual time",
    ]
    return "\n".join(lines)


class _Progress:
    """One line that tells how far the soak is; where there is no terminal, a line now and then."""

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
    except (SoakError, house.HouseError) as error:
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

"""The speed of driver and survey on every link, on the virtual clock: exact and repeatable.

`device_side` measures each arrangement (a link, its speed, with or without the IRQ line) in a
MicroPython process of its own; `ideal` gives the time to compare it with.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from .. import paths
from .ideal import Ideal, ideal

CARD_US = 10_000  # for one command: for real cards 5 to 20 ms are assumed, not published
PHASES = 32  # of the poll's cycle, at each of which a card arrives
KEYS = (11, 22, 44)

RATIO_WITH_IRQ = 1.05
RATIO_POLLED = 1.10
FIRST_LAMP_MS = 150
LAST_LAMP_MS = 500
FIND_MS = 100
KEY_COST = 0.01  # how much the cost of a key may differ between few keys and many

DEVICE_SIDE = Path(__file__).with_name("device_side.py")
_HEAP = "64M"  # large enough: no collection during the survey
_TIMEOUT_S = 120


class BenchmarkError(Exception):
    """A measurement failed; the message says which."""


class Arrangement(NamedTuple):
    """How the PN532 is connected. A UART needs no IRQ line: the chip sends by itself."""

    link: str
    hz: int
    irq: bool

    @property
    def name(self) -> str:
        """The name in tables: link, speed, and how the host learns of an answer."""
        if self.link == "hsu":
            return f"HSU {self.hz}"
        speed = f"{self.hz // 1_000_000}M" if self.hz >= 1_000_000 else f"{self.hz // 1000}k"
        return f"{self.link.upper()} {speed}, {'IRQ' if self.irq else 'polled'}"

    @property
    def fast(self) -> bool:
        """Whether the bars on the lamps apply to it: all but the two slowest links."""
        return (self.link, self.hz) not in (("hsu", 115_200), ("i2c", 100_000))

    @property
    def ratio_bar(self) -> float:
        """The bar: the most that a survey may take, as a multiple of the ideal."""
        return RATIO_WITH_IRQ if self.irq else RATIO_POLLED


ARRANGEMENTS = (
    Arrangement("hsu", 115_200, True),
    Arrangement("hsu", 921_600, True),
    Arrangement("i2c", 100_000, False),
    Arrangement("i2c", 100_000, True),
    Arrangement("i2c", 400_000, False),
    Arrangement("i2c", 400_000, True),
    Arrangement("spi", 1_000_000, False),
    Arrangement("spi", 1_000_000, True),
    Arrangement("spi", 5_000_000, False),
    Arrangement("spi", 5_000_000, True),
)
_FOR_KEYS = Arrangement("hsu", 921_600, True)


class Figures(NamedTuple):
    """The figures of one arrangement; times in µs."""

    arrangement: Arrangement
    exchanges: tuple[tuple[str, str], ...]  # commands and answers, in hex
    ideal: Ideal
    ours: int
    first_lamp: int  # from the moment the reader finds the card
    last_lamp: int
    find: float  # to find a card in an idle field, on average

    @property
    def ratio(self) -> float:
        """The time as a multiple of the ideal."""
        return self.ours / self.ideal.total


class KeyFigures(NamedTuple):
    """The cost of a survey of `keys` synthetic keys: exchanges, µs, bytes of heap."""

    keys: int
    exchanges: int
    ours: int
    allocated: int


class Virtual(NamedTuple):
    """All figures of the virtual clock."""

    card_us: int
    links: tuple[Figures, ...]
    keys: tuple[KeyFigures, ...]


def measure(card_us: int = CARD_US, arrangements: Sequence[Arrangement] = ARRANGEMENTS) -> Virtual:
    """Measure everything; raises BenchmarkError, or MissingError without an interpreter."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # threads: each waits for a process
        links = pool.map(lambda a: _figures(a, card_us), arrangements)
        keys = pool.map(lambda count: _key_figures(count, card_us), KEYS)
        return Virtual(card_us, tuple(links), tuple(keys))


def missed(figures: Virtual) -> list[str]:
    """Return a sentence for each missed bar."""
    found = []
    for one in figures.links:
        name, bar = one.arrangement.name, one.arrangement.ratio_bar
        if one.ratio > bar:
            found.append(f"{name}: {one.ratio:.3f} times the ideal, {bar} allowed")
        times = [("finding a card", one.find, FIND_MS)]
        if one.arrangement.fast:
            times.append(("the first lamp", one.first_lamp, FIRST_LAMP_MS))
            times.append(("the last lamp", one.last_lamp, LAST_LAMP_MS))
        for what, us, most_ms in times:
            if us > most_ms * 1000:
                found.append(f"{name}: {what} took {us / 1000:.1f} ms, {most_ms} allowed")
    few, many = key_costs(figures.keys)
    if abs(many - few) > KEY_COST * few:
        found.append(f"a key costs {few:.0f} µs among few and {many:.0f} µs among many")
    return found


def key_costs(keys: Sequence[KeyFigures]) -> tuple[float, float]:
    """Return the cost of one more key, in µs: between 11 and 22 keys, and between 22 and 44."""
    few, some, many = keys
    return (
        (some.ours - few.ours) / (some.keys - few.keys),
        (many.ours - some.ours) / (many.keys - some.keys),
    )


def _figures(arrangement: Arrangement, card_us: int) -> Figures:
    found = _run(arrangement, card_us=card_us, keys=0, phases=PHASES)
    exchanges = tuple((command, answer) for command, answer in found["exchanges"])
    lengths = [(len(command) // 2, len(answer) // 2) for command, answer in exchanges]
    return Figures(
        arrangement,
        exchanges,
        ideal(arrangement.link, arrangement.hz, lengths, card_us),
        found["survey_us"],
        found["lamps_us"][0],
        found["lamps_us"][-1],
        fmean(found["find_us"]),
    )


def _key_figures(count: int, card_us: int) -> KeyFigures:
    found = _run(_FOR_KEYS, card_us=card_us, keys=count, phases=0)
    return KeyFigures(count, len(found["exchanges"]), found["survey_us"], found["allocated"])


def _run(arrangement: Arrangement, **options: int) -> dict[str, Any]:
    """Run `device_side` and return its JSON object."""
    try:
        done = subprocess.run(
            [
                str(paths.micropython()),
                *("-X", f"heapsize={_HEAP}", str(DEVICE_SIDE)),
                json.dumps({**arrangement._asdict(), **options}),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env={**os.environ, "MICROPYPATH": _python_path()},
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"{arrangement.name}: it did not come to an end") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "it ended").splitlines()[-1]
        raise BenchmarkError(f"{arrangement.name}: {said}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _python_path() -> str:
    # .frozen, MicroPython's own asyncio, comes first: in a wheel the rest is all of site-packages.
    packages = [paths.package_dir(name).parent for name in paths.DEVICE_PACKAGES]
    folders = dict.fromkeys([*packages, DEVICE_SIDE.parents[2]])
    return ":".join([".frozen", *map(str, folders)])

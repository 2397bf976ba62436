"""The result of a soak: the sum of the devices' reports, and its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from .arrangement import Arrangement

# MicroPython's collector takes anything like a pointer for one: a few dead objects may survive,
# depending on where things lie (up to 320 bytes were seen). What is kept of every tap, and be it
# one block of 16 bytes, is more than this within 64 taps.
_STRAY = 1024


class Report(NamedTuple):
    """The result of one soak: the sum of the devices' reports (see `device.Soak`)."""

    totals: Counter[str]
    faults: Counter[str]
    longest_ms: int
    why: list[str]
    heaps: dict[Arrangement, tuple[int, int]]

    def failures(self) -> list[str]:
        """Return a sentence for each thing that must not happen, but did."""
        forbidden = {
            "wrong": "lamps or events were wrong",
            "tries_spent": "tries were spent",
            "missed": "cards were not read though nothing was the matter",
            "stuck": "times the device did not get any further",
            "watchdog": "times the watchdog would have reset the device",
        }
        found = [f"{self.totals[k]} {text}" for k, text in forbidden.items() if self.totals[k]]
        for arrangement, (before, after) in self.heaps.items():
            if after - before > _STRAY:
                found.append(f"the heap went from {before} to {after} bytes: {arrangement}")
        return found


def added_up(arrangements: Sequence[Arrangement], reports: list[dict[str, Any]]) -> Report:
    """Return the sum of these devices' reports, one for each arrangement."""
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
    """Return the last lines of `make soak`."""
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

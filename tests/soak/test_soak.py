"""A short soak is clean, repeats, and notices a firmware that lies, spends tries or leaks."""

import os
import shutil

import pytest

from pinlamp_tools import paths
from soak.arrangement import ARRANGEMENTS, Arrangement
from soak.report import text_of
from soak.runner import run

JOBS = os.cpu_count() or 1
PLAIN = Arrangement("hsu", False, 12, True)
FEW = 12

# package, file, what stands there, what a mutant has instead, what must be noticed
MUTANTS = {
    "lamps of the card before stay": (
        ("pinlamp", "app.py"),
        "        self._show(self._lamps.reading, [key.id for key in self._keys])\n",
        "",
        "wrong",
    ),
    "two lamps are swapped": (
        ("pinlamp", "layout.py"),
        '("visual_b", 5, 5, 5),\n    ("text_b", 6, 6, 5),\n',
        '("visual_b", 6, 6, 5),\n    ("text_b", 5, 5, 5),\n',
        "wrong",
    ),
    "a locked key looks like the last try": (
        ("mynacard", "state.py"),
        "        if left == 0:\n            return LOCKED,",
        "        if left == 0:\n            return LAST,",
        "wrong",
    ),
    "answers of two activations meet": (
        ("pinlamp", "tap.py"),
        "        tap.clear()\n        listener.started()\n",
        "        listener.started()\n",
        "wrong",
    ),
    "the query has a fifth byte": (
        ("mynacard", "apdu.py"),
        r'QUERY = b"\x00\x20\x00\x80"',
        r'QUERY = b"\x00\x20\x00\x80\x00"',
        "tries_spent",
    ),
    "every result is kept": (
        ("pinlamp", "tap.py"),
        "    tap = Tap()\n",
        "    tap = Tap()\n    KEPT.append(tap)\n",
        "heap",
    ),
}

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("micropython")]


def test_a_short_soak_is_clean():
    told = []
    report = run(60, 1, JOBS, ARRANGEMENTS[1:5], progress=told.append)
    assert report.failures() == [] and report.why == []
    assert report.totals["taps"] > 60 and max(told) > 0
    assert report.totals["read"] and report.totals["pulls"] and report.totals["recoveries"]
    assert sum(1 for count in report.faults.values() if count) > 10
    text = text_of(report, 1, 0)
    assert "wrong lamps            0" in text and "tries spent            0" in text


def test_the_same_seed_is_the_same_soak():
    # The taps at the end, which measure the heap, are as many as it takes: MicroPython's collector
    # takes anything like a pointer for one, and those differ from process to process.
    measuring = ("virtual_s", "taps", "read")
    first, second = [run(5, 7, 1, [PLAIN]).totals for _ in range(2)]
    for totals in (first, second):
        assert totals["taps"] > totals["read"], "a seed whose taps are all read shows little"
        for name in measuring:
            del totals[name]
    assert first == second


@pytest.mark.parametrize("name", MUTANTS)
def test_a_soak_notices(name, tmp_path):
    (package, file), good, bad, noticed = MUTANTS[name]
    shutil.copytree(paths.package_dir(package), tmp_path / package)
    path = tmp_path / package / file
    source = path.read_text("utf-8")
    assert source.count(good) == 1
    bad_source = source.replace(good, bad)
    path.write_text(("KEPT = []\n" if "KEPT" in bad else "") + bad_source, "utf-8")
    report = run(FEW, 1, 1, [PLAIN], before_path=str(tmp_path))
    assert report.failures()
    if noticed == "heap":
        ((before, after),) = report.heaps.values()
        assert after > before
    else:
        assert report.totals[noticed]

"""The application for weeks without a restart: device/long_life.py, under MicroPython."""

import json
import os
import subprocess

import pytest

from places import ROOT, TESTS

FOLDERS = ("lib/mynacard", "lib/pn532", "firmware", "host_tools", "tests", "tests/device")
HOLD_MS = 5000  # its `hold_s`
LATE_MS = 200
BEAT_MS = 2000


def _taps(micropython, *words):
    done = subprocess.run(
        [micropython, str(TESTS / "device" / "long_life.py"), *words],
        env={
            **os.environ,
            "MICROPYPATH": ":".join([".frozen", *(str(ROOT / name) for name in FOLDERS)]),
        },
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_tap_after_days_is_like_the_first(micropython):
    taps = _taps(micropython)
    assert [(tap["days"], tap["lying"]) for tap in taps] == [
        (days, lying) for days in (0, 7, 13) for lying in (False, True)
    ]
    for tap in taps:
        assert tap["complete"] and tap["ms"] == taps[0]["ms"], tap
        assert tap["lit"] == taps[0]["lit"] != "000000", tap
        assert tap["alive_ms"] is not None and tap["alive_ms"] <= BEAT_MS + LATE_MS, tap
        assert HOLD_MS <= tap["dark_ms"] <= HOLD_MS + LATE_MS, tap
    assert taps[0]["heard"] > 20 and not any(tap["heard"] for tap in taps[1:])


@pytest.mark.parametrize(("wait_s", "is_heard"), [(100, True), (170, False)])
def test_a_recording_that_was_asked_for_waits_no_longer_than_whoever_asked(
    micropython, wait_s, is_heard
):
    (tap,) = _taps(micropython, str(wait_s))
    assert tap["complete"] and (tap["heard"] > 20) is is_heard

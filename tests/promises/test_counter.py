"""A counter's device: a press shows the last result again, and never to the next holder.

Seen on the pixels, on a virtual clock (device/counter.py).
"""

import json
import os
import subprocess

import pytest

from lamps import colour_name
from places import ROOT, TESTS

FOLDERS = ("lib/mynacard", "lib/pn532", "firmware", "host_tools")
COUNTER = {"profile": "counter"}
SIGN = 0


@pytest.fixture
def played(micropython):
    """A function: settings, steps -> for each step what each pixel showed, as colours' names."""

    def play(settings, *steps):
        script = str(TESTS / "device" / "counter.py")
        path = ":".join([".frozen", *(str(ROOT / name) for name in FOLDERS)])
        done = subprocess.run(
            [micropython, script, json.dumps(settings), json.dumps(steps)],
            env={**os.environ, "MICROPYPATH": path},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [_names(json.loads(line)["colours"]) for line in done.stdout.splitlines()]

    return play


def _names(pixels):
    names = [
        {colour_name(tuple(bytes.fromhex(one))).split()[-1] for one in seen} for seen in pixels
    ]
    return [seen - {"off", "white"} for seen in names]


def test_a_press_shows_the_result_that_has_gone_dark_for_ten_seconds_more(played):
    *_, lit, _, dark, pressed, again, _, gone, _, nothing = played(
        COUNTER,
        *("card sign_locked", "lift", "wait 2500", "wait 700", "wait 4000", "press"),
        *("wait 9500", "wait 700", "wait 4000", "press", "wait 4000"),
    )
    assert lit[SIGN] == {"red"}
    assert dark == [set()] * 12
    assert pressed[SIGN] <= {"red"} and again == lit
    assert gone == [set()] * 12
    assert nothing == [set()] * 12  # once: the time since the card is bounded


def test_what_was_not_asked_for_within_ten_seconds_is_forgotten(played):
    *_, nothing = played(
        COUNTER, "card sign_locked", "lift", "wait 3200", "wait 10200", "press", "wait 4000"
    )
    assert nothing == [set()] * 12


@pytest.mark.parametrize("dark", [True, False])
def test_the_next_card_takes_it_away_whether_it_is_read_or_not(played, dark):
    wait = "wait 4000" if dark else "wait 1000"
    steps = ("card sign_locked", "lift", wait, "press" if dark else "wait 100")
    _, _, _, _, pulled, *later = played(
        COUNTER, *steps, "pull fresh", "press", "wait 4000", "press", "wait 4000"
    )
    assert all("red" not in seen[SIGN] for seen in later)
    _, _, _, _, _, lifted, *later = played(
        COUNTER, *steps, "card fresh", "lift", "wait 4000", "press", "wait 4000", "wait 9000"
    )
    assert all("red" not in pixel for seen in (lifted, *later) for pixel in seen)
    assert later[2][SIGN] == {"green"}  # its own


def test_a_press_on_a_result_darkens_it_for_good(played):
    *_, dark, _, nothing = played(
        COUNTER,
        "card sign_locked",
        "lift",
        "wait 1000",
        "press",
        "wait 3000",
        "press",
        "wait 4000",
    )
    assert dark == [set()] * 12 and nothing == [set()] * 12


def test_a_reading_that_failed_comes_back_as_one(played):
    *_, dark, _, again = played(
        COUNTER, "pull sign_locked", "wait 3200", "wait 3000", "press", "wait 4000"
    )
    assert dark == [set()] * 12 and again[11] == {"violet"}


def test_in_layout_1_it_comes_back_and_steps_on(played):
    *_, dark, _, again, _, stepped = played(
        {**COUNTER, "layout": 1},
        *("card sign_locked", "lift", "wait 3200", "wait 2000", "press", "wait 3000"),
        *("press", "wait 4000"),
    )
    assert dark[0] == set() and again[0] == {"red"} and stepped[0] == {"red"}


def test_a_result_that_stays_a_minute_does_not_come_back(played):
    *_, lit, _, nothing = played(
        {},
        "card sign_locked",
        "lift",
        "wait 59000",
        "wait 1500",
        "wait 2000",
        "press",
        "wait 4000",
    )[:8]
    assert nothing == [set()] * 12

"""Every virtual card in every layout: kind, findings, lamps and sound of the whole application.

Through a PN532 and through each PaSoRi: RC-S660/S, and RC-S300 and RC-S380 over USB.

On a virtual clock (device/virtual_device.py), so the film of the lamps is exact to the
millisecond. Kind and findings are compared with truth/cards.json, which was written by hand, and
the lamps with truth/looks.json. test_whole_path has the same in real time.
"""

import json
import os
import subprocess

import pytest

from film import alike, looks, of_card
from lamps import colour_name
from oracle import LAYOUTS, WORST_FIRST
from pinlamp_tools.emulator.card.catalogue import CARDS
from places import ROOT, TESTS

FRAME_MS = 40  # as smooth as the lamps are meant to be
LATE_MS = 10  # a look for a card, which comes first

FOLDERS = (
    *("lib/mynacard", "lib/pn532", "lib/pasori", "lib/isodep"),
    *("firmware", "host_tools", "tests/device"),
)
RUNS = [(reader, layout) for reader in ("pn532", "rcs660s") for layout in LAYOUTS]
RUNS += [(reader, max(LAYOUTS)) for reader in ("rcs300", "rcs380")]
NEXT = "bank_app_lockout"  # as in virtual_device.py
AT_ONCE_MS = 100  # more than the same card takes otherwise
# What a reader cannot tell, and what the device then shows: as much as without a card.
CANNOT_TELL = {
    name: {"two_cards": "two cards of Type B: what the reader says is unknown"}
    for name in ("rcs660s", "rcs300")
}


@pytest.fixture(scope="module")
def told(micropython):
    """For each layout what every card did: lines of virtual_device.py."""
    path = ":".join([".frozen", *(str(ROOT / folder) for folder in FOLDERS)])
    script = str(TESTS / "device" / "virtual_device.py")

    def run(reader, layout):
        licence = ["licence"] if layout in (12, 1) else []
        done = subprocess.run(
            [micropython, script, str(layout), *licence, reader],
            env={**os.environ, "MICROPYPATH": path},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:] + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {
            line["card"] if "card" in line else "pulled " + line["pulled"]: line for line in lines
        }

    return {(reader, layout): run(reader, layout) for reader, layout in RUNS}


def _findings(events):
    """Return what its last `card` event and the result behind it say: (kind, keys or None)."""
    kind = [event["kind"] for event in events if event["type"] == "card"][-1]
    if events[-1]["type"] == "card":
        return kind, None
    assert events[-1]["complete"] is True
    keys = events[-1]["keys"]
    return kind, {key.pop("id"): key for key in map(dict, keys)}


def _frames(line):
    for at, pixels in line["film"]:
        rgb = bytes.fromhex(pixels)
        yield at / 1000, [tuple(rgb[i : i + 3]) for i in range(0, len(rgb), 3)]


@pytest.mark.parametrize(("reader", "layout"), RUNS)
@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_every_virtual_card(told, truth, reader, layout, name):
    line = told[reader, layout][name]
    assert line["presented"] == 0
    if name in CANNOT_TELL.get(reader, {}):
        assert (line["events"], line["tones"]) == ([], 0)
        lit = {colour_name(pixel) for _, pixels in _frames(line) for pixel in pixels}
        assert {name.split()[-1] for name in lit} <= {"off", "white"}
        return
    wanted = of_card(truth[name], layout, licence=layout in (12, 1))
    kind, findings = _findings(line["events"])
    assert (kind, findings) == (truth[name]["kind"], wanted.keys)
    seen = looks(list(_frames(line)), line["start"] / 1000)
    assert alike(seen, wanted.looks, share=0.005), (seen, wanted.looks)
    assert line["tones"] == wanted.tones


@pytest.mark.parametrize("run", RUNS)
def test_after_the_last_card_the_lamp_breathes_at_its_own_pace(told, run):
    at = told[run][None]["frames_at"]
    gaps = [later - earlier for earlier, later in zip(at, at[1:])]
    assert gaps and max(gaps) <= FRAME_MS + LATE_MS, gaps


def test_every_state_was_among_them(told):
    findings = [_findings(told["pn532", 12][card.name]["events"])[1] for card in CARDS]
    states = {key["state"] for keys in findings if keys for key in keys.values()}
    assert states == set(WORST_FIRST)


@pytest.mark.parametrize(("reader", "layout"), RUNS)
@pytest.mark.parametrize("name", ["fresh", "slow", "worn"])
def test_after_a_card_that_was_pulled_the_next_one_is_read_at_once(
    told, truth, reader, layout, name
):
    line = told[reader, layout]["pulled " + name]
    assert line["complete"] is False
    assert line["next_ms"] < told[reader, layout][NEXT]["ms"] + AT_ONCE_MS
    assert line["next"]["complete"] is True
    found = {key["id"]: key["state"] for key in line["next"]["keys"] if key["id"] != "licence"}
    wanted = truth[NEXT]["keys"]
    assert found == {key: one["state"] for key, one in wanted.items()}

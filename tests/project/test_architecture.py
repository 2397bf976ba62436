"""How many rooms and arrows the imports make, that none is a circle, and the picture of it."""

import subprocess
import sys

import pytest

import architecture
from places import ROOT, TESTS

HOUSE = architecture.rooms()


def test_rooms_and_arrows_are_few_and_make_no_circle():
    assert architecture.circles(HOUSE) == []
    arrows = sum(len(others) for others in HOUSE.values())
    assert 15 < len(HOUSE) <= 25 and 50 < arrows <= 100, (len(HOUSE), arrows)


def test_the_root_of_the_host_tools_has_few_modules():
    root = ROOT / "host_tools" / "pinlamp_tools"
    assert len(list(root.glob("*.py"))) <= 5


def test_what_runs_on_the_device_knows_nothing_above_it():
    assert HOUSE["pn532"] == HOUSE["mynacard"] == HOUSE["isodep"] == HOUSE["pasori"] == set()
    assert HOUSE["pinlamp"] <= {"pn532", "mynacard", "isodep", "pasori"}


def test_a_circle_is_found():
    arrows_of = {"cli": {"show"}, "show": {"boards"}, "boards": {"show"}, "paths": set()}
    assert architecture.circles(arrows_of) == ["boards", "show"]


def test_floors_stand_above_what_they_import():
    floors = architecture.floors(HOUSE)
    assert all(floors[room] > floors[other] for room in HOUSE for other in HOUSE[room])
    assert floors["pn532"] == 0


@pytest.mark.parametrize("change", [None, "arrow", "room"])
def test_the_picture_is_checked(tmp_path, change):
    graph = architecture.graph(HOUSE)
    if change == "arrow":
        graph = graph.replace("  web -> guidance;\n", "")
    elif change == "room":
        graph = graph.replace("  cli [", "  clj [")
    picture = tmp_path / "architecture.svg"
    picture.write_text(architecture.comment(graph), "utf-8")
    done = subprocess.run(
        [sys.executable, TESTS / "architecture.py", picture, "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == (1 if change else 0)
    assert ("make architecture" in done.stderr) is bool(change)

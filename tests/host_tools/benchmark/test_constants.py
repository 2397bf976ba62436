"""The program that measures the model's constants, on MicroPython's Unix port with the fakes."""

import json
import os
import shutil
import subprocess

import pytest

from pinlamp_tools import paths
from pinlamp_tools.benchmark import constants


@pytest.fixture(scope="module")
def output(tmp_path_factory, micropython):
    """What the program printed, in a folder with a board.json."""
    folder = tmp_path_factory.mktemp("device")
    shutil.copy(paths.BOARDS / "pico_w" / "board.json", folder)
    packages = [paths.package_dir(name).parent for name in paths.DEVICE_PACKAGES]
    path = ":".join([".frozen", *map(str, packages), str(paths.FAKES)])
    done = subprocess.run(
        [str(paths.micropython()), str(constants.PROGRAM)],
        cwd=folder,
        env={**os.environ, "MICROPYPATH": path, "PINLAMP_CHIP": "rp2040"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_part_takes_some_time(output):
    found = constants.of(output)
    assert list(found) == list(constants.NAMES)
    assert found["hz"] == 160_000_000  # of the fakes
    # Of a busy machine no more can be said of times.
    assert all(found[name] > 0 for name in ("exchange_us", "wait_us", "render_us", "event_us"))


def test_the_lines_before_the_last_are_the_events_that_it_told(output):
    *events, last = [json.loads(line) for line in output.splitlines() if line]
    assert {event["type"] for event in events} == {"key"} and "hz" in last


@pytest.mark.parametrize("output", ["", "Traceback\nMemoryError:\n", '{"hz": 1}\n[]\n3\n'])
def test_what_is_no_constants_is_refused(output):
    with pytest.raises(ValueError, match="no constants"):
        constants.of(output)

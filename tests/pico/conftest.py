"""The emulated board that these tests share, and the figures they print at the end."""

import json
import os
from pathlib import Path

import pytest

from . import quick

# Only `make test-pico` runs these: they take minutes.
_ASKED_FOR = os.environ.get("PINLAMP_PICO") == "1"
collect_ignore_glob = [] if _ASKED_FOR else ["test_*.py"]

if _ASKED_FOR:
    quick.use()

_lines = []
_figures = {}


def pytest_addoption(parser):
    parser.addoption("--json", type=Path, metavar="FILE", help="Write the figures as JSON too.")


@pytest.fixture(scope="session")
def figure():
    """A function: takes a line to print after the tests, and its figures for --json."""

    def tell(line, **figures):
        _lines.append(line)
        _figures.update(figures)

    return tell


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """A board with a chip on each of its links, once installed; it has not started."""
    from .bench import Bench

    return Bench(tmp_path_factory.mktemp("root"))


def pytest_terminal_summary(terminalreporter, config):
    if _lines:
        terminalreporter.section("emulated Raspberry Pi Pico W, 125 MHz, in emulated time")
    for line in _lines:
        terminalreporter.write_line(line)
    path = config.getoption("--json")
    if path is not None:
        path.write_text(json.dumps(_figures, indent=2) + "\n", "utf-8")

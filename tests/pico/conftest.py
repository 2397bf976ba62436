"""The emulated board that these tests share, and the figures they print at the end."""

import os
import sys

import pytest

import stock

from . import quick

# Only `make test-pico` runs these: they take minutes.
_ASKED_FOR = os.environ.get("PINLAMP_PICO") == "1"
collect_ignore_glob = [] if _ASKED_FOR else ["test_*.py"]

if _ASKED_FOR:
    _faster = quick.folder(stock.CACHE)
    if _faster is not None:
        sys.path.insert(0, str(_faster))

_figures = []


@pytest.fixture(scope="session")
def figure():
    """A function: a line that is printed when the tests have run."""
    return _figures.append


def pytest_terminal_summary(terminalreporter):
    if _figures:
        terminalreporter.section("emulated Raspberry Pi Pico W, 125 MHz, in emulated time")
        for line in _figures:
            terminalreporter.write_line(line)

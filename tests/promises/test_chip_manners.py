"""Manners of the chip that people have met, with the real driver and reader, on every link.

The work is done by device/chip_manners.py under MicroPython, on a virtual clock: it has the cases.
"""

import os
import subprocess

import pytest

from places import ROOT, TESTS

SCRIPT = TESTS / "device" / "chip_manners.py"


@pytest.mark.parametrize("link", ["hsu", "i2c", "i2c_irq", "spi", "spi_irq"])
def test_the_reader_gets_along_with_the_chip(link, micropython):
    folders = [TESTS, *(ROOT / f for f in ("lib/mynacard", "lib/pn532", "firmware", "host_tools"))]
    done = subprocess.run(
        [str(micropython), str(SCRIPT), link],
        env=dict(os.environ, MICROPYPATH=":".join([".frozen", *map(str, folders)])),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    cases = SCRIPT.read_text("utf-8").count("\nasync def a_")
    assert done.stdout.count("ok a_") == cases > 0

"""Every fault on every link and reader, at every byte of every exchange, with the real driver.

The work is done by device/fault_matrix.py under MicroPython, on a virtual clock. Here each link
takes a share of the bytes; `make fault-matrix` (PINLAMP_STRIDE=1) takes them all.
"""

import json
import os
import subprocess

import pytest

from pinlamp_tools.emulator.chip.faults import FAULTS
from pinlamp_tools.emulator.pasori.faults import NAMES
from places import ROOT, TESTS

LIBRARIES = ("lib/mynacard", "lib/pn532", "lib/pasori", "firmware", "host_tools")
STRIDE = int(os.environ.get("PINLAMP_STRIDE", "53"))


@pytest.mark.long
@pytest.mark.parametrize("link", ["hsu", "i2c", "i2c_irq", "spi", "spi_irq", "rcs660s"])
def test_no_fault_costs_a_try_shows_a_lie_or_stays(link, micropython):
    folders = [TESTS, *(ROOT / folder for folder in LIBRARIES)]
    done = subprocess.run(
        [str(micropython), str(TESTS / "device" / "fault_matrix.py"), link, str(STRIDE)],
        env=dict(os.environ, MICROPYPATH=":".join([".frozen", *map(str, folders)])),
        capture_output=True,
        text=True,
        timeout=300 if STRIDE > 20 else 2400,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    print(link, told)
    assert told["failed"] == 0
    # Every fault there is on this link has been tried, and has struck.
    names = {name for name, links, _ in FAULTS if link[:3] in links.split()}
    if link == "rcs660s":
        names = set(NAMES)
    assert {name for name, (_, struck) in told["faults"].items() if struck} == names

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
from pinlamp_tools.emulator.pasori.usb_faults import FAULTS as USB_FAULTS
from places import ROOT, TESTS

LIBRARIES = ("lib/mynacard", "lib/pn532", "lib/pasori", "lib/isodep", "firmware", "host_tools")
LINKS = ("hsu", "i2c", "i2c_irq", "spi", "spi_irq", "rcs660s", "rcs300", "rcs380")
SPARSE = 53  # the stride over a reader on USB in `make test`
STRIDE = int(os.environ.get("PINLAMP_STRIDE", "53"))


@pytest.mark.long
@pytest.mark.parametrize("link", LINKS)
def test_no_fault_costs_a_try_shows_a_lie_or_stays(link, micropython):
    _go_through(link, micropython, STRIDE)


@pytest.mark.parametrize("link", ["rcs300", "rcs380"])
def test_nor_does_one_on_usb_at_a_few_bytes(link, micropython):
    _go_through(link, micropython, SPARSE)


def _go_through(link, micropython, stride):
    folders = [TESTS, *(ROOT / folder for folder in LIBRARIES)]
    done = subprocess.run(
        [str(micropython), str(TESTS / "device" / "fault_matrix.py"), link, str(stride)],
        env=dict(os.environ, MICROPYPATH=":".join([".frozen", *map(str, folders)])),
        capture_output=True,
        text=True,
        timeout=300 if stride > 20 else 2400,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    print(link, told)
    assert told["failed"] == 0
    # Every fault there is on this link has been tried, and has struck.
    names = {name for name, links, _ in FAULTS if link[:3] in links.split()}
    if link == "rcs660s":
        names = set(NAMES)
    elif link in ("rcs300", "rcs380"):
        names = {name for name, links, _ in USB_FAULTS if link in links.split()}
    assert {name for name, (_, struck) in told["faults"].items() if struck} == names

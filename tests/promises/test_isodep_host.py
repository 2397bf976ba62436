"""`isodep` over the PN532's InCommunicateThru: chip, driver and card, and an air that fails.

The work is done by device/isodep_host.py under MicroPython, on a virtual clock.
"""

import os
import subprocess

from places import ROOT, TESTS

SCRIPT = TESTS / "device" / "isodep_host.py"
FOLDERS = ("lib/isodep", "lib/mynacard", "lib/pn532", "firmware", "host_tools")


def test_a_pn532_s_host_does_the_blocks_itself(micropython):
    folders = [TESTS, *(ROOT / folder for folder in FOLDERS)]
    done = subprocess.run(
        [str(micropython), str(SCRIPT)],
        env=dict(os.environ, MICROPYPATH=":".join([".frozen", *map(str, folders)])),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    # Card, blocks of the host, cases: one undisturbed, and four of each block.
    assert done.stdout.splitlines() == ["ok fresh 22 89", "ok fresh 22 89", "ok slow 29 117"]

"""On an RP2040 no strip is written while a long answer is due: the write costs it bytes."""

import json
import os
import subprocess

from places import ROOT, TESTS

FOLDERS = ("lib/mynacard", "lib/pn532", "firmware", "host_tools")


def test_no_strip_write_while_the_answer_to_read_binary_is_due(micropython):
    done = subprocess.run(
        [micropython, str(TESTS / "device" / "strip_and_uart.py")],
        env={
            **os.environ,
            "MICROPYPATH": ":".join([".frozen", *(str(ROOT / name) for name in FOLDERS)]),
        },
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"lost": 0, "writes": 0}

"""The emulator is plain enough for MicroPython: one whole exchange there, and every card."""

import os
import subprocess

from places import TESTS


def test_the_emulator_runs_under_micropython(micropython):
    root = TESTS.parent
    path = f".frozen:{TESTS}:{root / 'host_tools'}:{root / 'lib' / 'mynacard'}"
    done = subprocess.run(
        [str(micropython), str(TESTS / "device" / "emulator_smoke.py")],
        env=dict(os.environ, MICROPYPATH=path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ok"), done.stdout + done.stderr

"""The tests of card and driver once more, under the real MicroPython."""

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLAIN = sorted([*HERE.glob("test_mynacard_*.py"), *HERE.glob("test_pn532_*.py")])


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_the_same_tests_pass_under_micropython(path, micropython):
    lib = HERE.parent / "lib"
    env = dict(os.environ, MICROPYPATH=f".frozen:{HERE}:{lib / 'mynacard'}:{lib / 'pn532'}")
    command = [str(micropython), str(HERE / "device" / "plain.py"), path.stem]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = path.read_text().count("\ndef test_")
    assert done.stdout.count("ok " + path.stem) == tests > 0

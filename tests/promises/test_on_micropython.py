"""The tests of the libraries once more, under the real MicroPython."""

import os
import subprocess

import pytest

from places import TESTS

PLAIN = sorted((TESTS / "lib").rglob("test_*.py"))


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_same_tests_pass_under_micropython(path, micropython):
    libraries = [TESTS.parent / "lib" / name for name in ("mynacard", "pn532", "isodep", "pasori")]
    folders = [".frozen", *map(str, (path.parent, TESTS, *libraries))]
    env = dict(os.environ, MICROPYPATH=":".join(folders))
    command = [str(micropython), str(TESTS / "device" / "plain.py"), path.stem]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = path.read_text().count("\ndef test_")
    assert done.stdout.count("ok " + path.stem) == tests > 0

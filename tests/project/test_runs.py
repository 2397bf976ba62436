"""How the tests run: whatever starts them, nothing left outside, none forgotten."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from order import ALL_ITEMS
from places import TESTS


def test_a_child_can_be_interrupted():
    child = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    assert subprocess.check_output([sys.executable, "-c", child]) == b"True\n"


@pytest.mark.skipif(os.name == "nt", reason="no system but POSIX hands down ignored signals")
def test_also_if_whoever_started_the_tests_ignores_sigint(tmp_path):
    """As with `nohup make test &`, or from cron."""
    test = f"{Path(__file__).relative_to(TESTS)}::{test_a_child_can_be_interrupted.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS / test)],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
        env={**os.environ, "CI": "", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout


@pytest.fixture
def checkout(tmp_path):
    """A function: what a test in a small checkout does -> (exit status, what pytest says)."""
    home, tests = tmp_path / "home", tmp_path / "checkout" / "tests"
    home.mkdir()
    tests.mkdir(parents=True)
    shutil.copy(TESTS / "outside.py", tests)
    (tests / "conftest.py").write_text(
        "from outside import pytest_sessionfinish, pytest_sessionstart\n", "utf-8"
    )
    (tests.parent / "README").write_text("as it was", "utf-8")

    def run(does, ci=""):
        test = f"import os, pathlib\n\ndef test_it(tmp_path):\n    {does}\n"
        (tests / "test_it.py").write_text(test, "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"],
            capture_output=True,
            text=True,
            cwd=tests.parent,
            env={**os.environ, "HOME": str(home), "USERPROFILE": str(home), "CI": ci},
        )
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize(
    ("does", "named"),
    [
        ("pathlib.Path('left').touch()", "left"),
        ("pathlib.Path('tests', 'new', 'deep').mkdir(parents=True)", None),  # an empty folder
        ("pathlib.Path('tests', 'left.py').touch()", "left.py"),
        ("(pathlib.Path.home() / '.left').touch()", ".left"),
        ("(tmp_path / 'kept').touch()", None),
        ("pathlib.Path('README').write_text('changed')", None),  # somebody may be working there
    ],
)
def test_what_is_left_outside_is_found_and_named(checkout, does, named):
    status, said = checkout(does)
    assert "1 passed" in said
    assert status == (1 if named else 0), said
    if named:
        assert re.search(rf"written outside.*\n+.*/{re.escape(named)}$", said, re.M), said


def test_in_ci_a_changed_file_is_found_too(checkout):
    status, said = checkout("pathlib.Path('README').write_text('changed')", ci="true")
    assert status == 1 and "/README\n" in said


def test_every_long_test_is_on_the_list_and_only_those(request):
    listed = set(
        re.findall(r"^- `([\w/.]+::\w+)`", (TESTS / "README.md").read_text("utf-8"), re.M)
    )
    items = request.config.stash[ALL_ITEMS]
    collected = {item.path.relative_to(TESTS).as_posix() for item in items}
    long = {
        f"{item.path.relative_to(TESTS).as_posix()}::{item.originalname}"
        for item in items
        if item.get_closest_marker("long")
    }
    assert long == {name for name in listed if name.split("::")[0] in collected}

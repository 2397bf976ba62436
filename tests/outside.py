"""Fails a test run that leaves anything outside the test folders, and names it.

It checks the places where a test could write by mistake: the root of the file system (a device's
paths lead there on this machine), the home folder, the checkout. A new name there is a fault. In
CI, where nobody else works, two more are faults: a changed file of the checkout, and a file of
ours in the folder for temporary files.
"""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Names that make, git, pytest and the checkers create.
MADE = {
    *(".git", ".venv", ".bare", ".typings", ".cache", "dist", "__pycache__"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"),
}
# Names under which the tested programs keep downloads and settings.
_THEIRS = {".cache", ".config", ".local", ".npm", ".pki"}
_IN_CI = os.environ.get("CI") == "true"
_BEFORE = pytest.StashKey()


def _names(folder, part=""):
    """Return the names in a folder; in a shared folder only those with `part` in them."""
    try:
        names = [name for name in os.listdir(folder) if part in name and name not in _THEIRS]
    except OSError:
        return {}
    return {folder / name: None for name in names}


def _checkout():
    """Return each file of the checkout with the time of its last change."""
    found = {}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE]
        for path in (Path(folder, name) for name in files):
            try:
                found[path] = path.stat().st_mtime_ns
            except OSError:
                continue  # removed meanwhile, or a broken link
    return found


def _look():
    found = {**_names(Path("/")), **_names(Path.home()), **_checkout()}
    if _IN_CI:
        found |= _names(Path(tempfile.gettempdir()), "pinlamp")
    return found


def _is_worker(config):
    return hasattr(config, "workerinput")


def pytest_sessionstart(session):
    """Note the names at the start."""
    if not _is_worker(session.config):
        session.config.stash[_BEFORE] = _look()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail the run if there are new ones."""
    before = session.config.stash.get(_BEFORE, None)
    if before is None:
        return
    now = _look()
    left = [path for path in now if path not in before or (_IN_CI and now[path] != before[path])]
    if left:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.ensure_newline()
        reporter.section("written outside of the test folders", red=True)
        for path in sorted(left):
            reporter.write_line(str(path))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

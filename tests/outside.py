"""A run of the tests that leaves anything outside of the test folders fails, and says what.

Looked at are the places where a test would by mistake: the root of the file system (where the
paths of a device lead on this machine), the home folder, the checkout. A new name there is a
fault. In CI, where nobody else works, so is a changed file of the checkout, and what is ours in
the folder for temporary files.
"""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What make, git, pytest and the checkers make for themselves.
MADE = {
    *(".git", ".venv", ".bare", ".typings", ".cache", "dist", "__pycache__"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"),
}
# Where programs that tests start keep what they fetched, and their settings.
_THEIRS = {".cache", ".config", ".local", ".npm", ".pki"}
_IN_CI = os.environ.get("CI") == "true"
_BEFORE = pytest.StashKey()


def _names(folder, part=""):
    """Return what lies in a folder: of what others share, only names with `part` in them."""
    try:
        names = [name for name in os.listdir(folder) if part in name and name not in _THEIRS]
    except OSError:
        return {}
    return {folder / name: None for name in names}


def _checkout():
    """Return each file of the checkout, with when it was changed."""
    found = {}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE]
        for path in (Path(folder, name) for name in files):
            try:
                found[path] = path.stat().st_mtime_ns
            except OSError:
                continue  # removed meanwhile, or a link to nowhere
    return found


def _look():
    found = {**_names(Path("/")), **_names(Path.home()), **_checkout()}
    if _IN_CI:
        found |= _names(Path(tempfile.gettempdir()), "pinlamp")
    return found


def _is_worker(config):
    return hasattr(config, "workerinput")


def pytest_sessionstart(session):
    """Note what is there."""
    if not _is_worker(session.config):
        session.config.stash[_BEFORE] = _look()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail the run if there is more."""
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

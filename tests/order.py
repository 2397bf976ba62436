"""Which tests run in one process, and which first, when pytest-xdist runs them side by side.

pytest-xdist's own groups (3.8) have no effect under pytest 9.2, and it begins with the files of
the most tests. What counts here is time: nothing long may be left for the end.
"""

import os
from pathlib import Path

import pytest

ALL_ITEMS = pytest.StashKey()  # in the configuration: what was collected, before any is left out

# Files that take long, longest first. TOGETHER: their tests share a browser or a service.
TOGETHER = (
    "test_web.py",
    "test_web_looks.py",
    "test_web_serial.py",
    "test_pcsc_read.py",
    "test_opensc.py",
)
# APART: their tests wait a lot and share nothing, so each goes where there is room.
APART = (
    "test_whole_path.py",
    "test_deploy_cable.py",
    "test_deploy_update.py",
    "test_deploy_interrupted.py",
    "test_recording.py",
    "test_recording_export.py",
    "test_watch.py",
    "test_deploy_command.py",
    "test_no_identity_pn532.py",
    "test_device_button.py",
    "test_device_states.py",
    "test_cli.py",
    "test_cli_ends.py",
)
FIRST = (*TOGETHER, *APART)


def rank(path):
    """Return a number by which test files are sorted: the smaller, the earlier."""
    return FIRST.index(path.name) if path.name in FIRST else len(FIRST)


def scope_of(nodeid):
    """Return the name of the group that a test belongs to; a group runs in one process."""
    file = nodeid.partition("::")[0]
    name = Path(file).name
    if name.startswith("test_fuzz_"):
        return "fuzz"  # the last of the property tests counts what the others did
    return nodeid if name in APART else file


def scheduler(config, log):
    """Return pytest-xdist's scheduler with these groups, in the order of collection."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def workers():
    """Return how many processes run tests: most tests wait rather than compute.

    None: PYTEST_XDIST_AUTO_NUM_WORKERS says how many.
    """
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return min(16, 4 * (os.cpu_count() or 1))

"""Groups and orders the tests for pytest-xdist: which share a process, and which run first.

pytest-xdist's own groups (3.8) have no effect under pytest 9.2, and it begins with the files with
the most tests. But only time counts: no long file may come at the end.
"""

import os

import pytest

from places import TESTS

ALL_ITEMS = pytest.StashKey()  # in the configuration: all collected tests, before any is left out

# Files that take long, longest first. TOGETHER: their tests share a browser or a service.
TOGETHER = (
    "host_tools/web/test_web.py",
    "host_tools/web/test_pasori_faults.py",
    "host_tools/web/test_pasori.py",
    "host_tools/web/test_looks.py",
    "host_tools/web/test_serial.py",
    "host_tools/pcsc/test_read.py",
    "peers/test_opensc.py",
)
# APART: their tests wait a lot and share nothing, so each runs where there is room.
APART = (
    "promises/test_whole_path.py",
    "host_tools/first_light/test_session.py",
    "host_tools/deploy/test_cable.py",
    "host_tools/deploy/test_update.py",
    "host_tools/deploy/test_interrupted.py",
    "host_tools/recording/test_recording.py",
    "host_tools/recording/test_export.py",
    "host_tools/watch/test_watch.py",
    "host_tools/deploy/test_command.py",
    "promises/test_no_identity_pn532.py",
    "host_tools/simulator/test_button.py",
    "host_tools/simulator/test_device_states.py",
    "host_tools/test_cli.py",
    "host_tools/test_cli_exits.py",
)
FIRST = (*TOGETHER, *APART)


def rank(path):
    """Return the sort key of a test file: the smaller, the earlier."""
    name = path.relative_to(TESTS).as_posix()
    return FIRST.index(name) if name in FIRST else len(FIRST)


def scope_of(nodeid):
    """Return the name of the group that a test belongs to; a group runs in one process."""
    file = nodeid.partition("::")[0]
    name = file.removeprefix("tests/")
    if name.startswith("fuzz/"):
        return "fuzz"  # the last of the property tests counts the others' cases
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

"""What a release is installed with: each library in one version, with its hashes."""

import re

import pytest
from packaging.requirements import Requirement

from places import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
LOCK = (ROOT / "host_tools" / "requirements.txt").read_text("utf-8")
# Each begins at the start of a line; its hashes follow on lines of their own.
LOCKED = re.findall(r"^(\S+)==(\S+)([^\n]*(?:\n    [^\n]*)*)", LOCK, re.MULTILINE)


def _needed():
    """Return the requirements that the lock is for: the program's, and its readers' and case's."""
    parts = [re.search(r"^dependencies = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1]]
    for extra in ("pcsc", "case"):
        parts.append(re.search(rf"^{extra} = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1])
    texts = re.findall(r'^ *"([^"]+)"', "".join(parts), re.MULTILINE)
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("needed", _needed(), ids=lambda needed: needed.name)
def test_what_the_program_needs_is_locked_within_its_bounds(needed):
    versions = [version for name, version, _ in LOCKED if name == needed.name.lower()]
    assert versions and all(needed.specifier.contains(version) for version in versions)


def test_every_line_has_its_hashes_and_none_names_a_server():
    assert len(LOCKED) == len(re.findall(r"^\S", LOCK, re.MULTILINE))
    for name, _, rest in LOCKED:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", rest), name
    assert "://" not in LOCK and "--index" not in LOCK

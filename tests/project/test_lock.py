"""What a release is installed with: each library in one version, with its hashes."""

import re

import pytest
from packaging.requirements import Requirement

from places import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
USERS, RELEASE = "requirements.txt", "requirements-release.txt"
BUILD = "requirements-build.txt"  # what pip builds with, where there is no wheel
LOCKS = {name: (ROOT / "host_tools" / name).read_text("utf-8") for name in (USERS, RELEASE, BUILD)}
# Each begins at the start of a line; its hashes follow on lines of their own.
LOCKED = {
    name: re.findall(r"^(\S+)==(\S+)([^\n]*(?:\n    [^\n]*)*)", lock, re.MULTILINE)
    for name, lock in LOCKS.items()
}


def _needed(*extras):
    """Return the requirements that a lock is for: the program's, and those of `extras`."""
    parts = [re.search(r"^dependencies = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1]]
    for extra in extras:
        parts.append(re.search(rf"^{extra} = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1])
    texts = re.findall(r'^ *"([^"]+)"', "".join(parts), re.MULTILINE)
    return [Requirement(text) for text in texts]


NEEDED = [(USERS, needed) for needed in _needed("pcsc", "case")]
NEEDED += [(RELEASE, needed) for needed in _needed("pcsc", "case", "dev")]
BUILT = re.search(r"^build = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1]
NEEDED += [(BUILD, Requirement(text)) for text in re.findall(r'^ *"([^"]+)"', BUILT, re.MULTILINE)]


@pytest.mark.parametrize(
    ("lock", "needed"), NEEDED, ids=lambda value: getattr(value, "name", value)
)
def test_what_is_needed_is_locked_within_its_bounds(lock, needed):
    versions = [version for name, version, _ in LOCKED[lock] if name == needed.name.lower()]
    assert versions and all(needed.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_has_its_hashes_and_none_names_a_server(lock):
    assert len(LOCKED[lock]) == len(re.findall(r"^\S", LOCKS[lock], re.MULTILINE))
    for name, _, rest in LOCKED[lock]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", rest), name
    assert "://" not in LOCKS[lock] and "--index" not in LOCKS[lock]

"""A clone of what is committed installs by itself, in the ways that README and install.md name.

Slow, and wants a network: a part of `make test-long`. Unlike the copy of test_readme.py a clone
lacks what nobody has committed, and unlike a developer's environment it has nothing.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from places import ROOT
from readme import (
    COMMANDS,
    FRESH,
    OF_BUILDS,
    READMES,
    WAIT,
    commands,
    how_of_build,
    last_lines,
    shown,
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not os.environ.get("CI") and not (shutil.which("git") and shutil.which("swig")),
        reason="needs git and what builds pyscard:"
        " apt install git libpcsclite-dev swig gcc python3-dev",
    ),
]


# What would lead back to the environment that these tests run in.
_OURS = re.compile(r"PYTHONPATH|VIRTUAL_ENV|PINLAMP_|PIPX_|PYTEST_|LC_|MAKE|MFLAGS")


@pytest.fixture
def sh(tmp_path):
    """A function that runs a line of sh in a fresh clone, as somebody with an empty home."""
    clone = tmp_path / "pinlamp"
    config = tmp_path / "gitconfig"  # the checkout may be somebody else's
    config.write_text("[safe]\n\tdirectory = *\n", "utf-8")
    git = {**os.environ, "GIT_CONFIG_GLOBAL": str(config)}
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True, env=git)
    tools = tmp_path / "tools"
    subprocess.run([sys.executable, "-m", "venv", tools], check=True)
    home = tmp_path / "home"
    home.mkdir()
    path = [home / ".local" / "bin", tools / "bin", os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
    environment = {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join(map(str, path)),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
        # Kept from one run to the next; a newcomer's first time only takes longer.
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip"),
    }

    def run(line):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=clone,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=900,
            env=environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_make_run_shows_the_device_and_leaves_pinlamp(sh, micropython):
    (line,) = (line for line in COMMANDS if line.startswith("make run"))
    expected = shown(READMES["en"])
    assert last_lines(sh(line), len(expected)) == expected
    assert "bank_app_lockout" in sh(".venv/bin/pinlamp cards")


def test_the_commands_of_the_builds_pages(sh):
    """With no device and no image: each says so, and how it ends; a label is made."""
    sh("make run CARD=fresh")
    alone = "from serial.tools import list_ports; list_ports.comports = lambda *_, **__: []"
    pinlamp = f"{alone}; import sys; from pinlamp_tools.__main__ import main; sys.exit(main())"
    solids = ""
    for line in OF_BUILDS:
        how, status, words = how_of_build(line)
        if how != WAIT:
            ours = line.replace("pinlamp", f".venv/bin/python -c '{pinlamp}'", 1)
            if line.startswith("pinlamp case ") and "--template" not in line and not solids:
                # It says what it lacks, and how to get it; as it says, so it is done.
                said = sh(f"{ours} 2>&1; test $? = 1")
                solids = sh(f"{said.partition('manifold3d: ')[2].partition(' (')[0]} && echo done")
            said = sh(f"{ours} 2>&1; test $? = {status}")
            assert re.search(words, said, re.M), said


def test_make_check_and_the_page(sh):
    assert " passed" in sh("make check")
    if os.environ.get("CI") or shutil.which("npm"):
        sh("make web")
        assert "Pinlamp" in sh("cat dist/web/index.html")


def test_pipx_puts_it_on_the_path(sh):
    sh("pip install --quiet --disable-pip-version-check pipx")
    for line in [line for line, row in COMMANDS.items() if row[0] == FRESH]:
        sh(line)
    assert "esp32_devkitc" in sh("pinlamp board list")
    sh("~/.local/share/pipx/venvs/pinlamp/bin/python -c 'import smartcard'")


def test_three_lines_do_without_pipx(sh):
    page = ROOT / "docs" / "install.md"
    ours = r"python3 -m venv ~/pinlamp-env|~/pinlamp-env/bin/"
    lines = [line for line in commands(page) if re.match(ours, line)]
    assert len(lines) == 3
    assert "bank_app_lockout" in [sh(line) for line in lines][-1]

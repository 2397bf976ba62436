"""Where things lie, in a checkout and in a wheel."""

import subprocess
import sys
import venv

import pytest

from pinlamp_tools import paths
from places import ROOT


def test_no_interpreter_is_said_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.delenv("PINLAMP_MICROPYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(paths.MissingError, match="PINLAMP_MICROPYTHON"):
        paths.micropython()


def test_a_named_interpreter_wins(monkeypatch, micropython, tmp_path):
    mine = tmp_path / "mine"
    mine.symlink_to(micropython)
    monkeypatch.setenv("PINLAMP_MICROPYTHON", str(mine))
    assert paths.micropython() == mine


def test_the_path_s_interpreter_is_taken_where_the_environment_has_none(
    monkeypatch, micropython, tmp_path
):
    monkeypatch.delenv("PINLAMP_MICROPYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "micropython").symlink_to(micropython)
    assert paths.micropython() == tmp_path / "micropython"


@pytest.mark.parametrize("version", ["1 19", "1 23"])
def test_an_interpreter_that_is_too_old_says_what_is_needed_and_why(
    pinlamp, one_line, tmp_path, version
):
    old = tmp_path / "micropython"
    old.write_text(f"#!/bin/sh\necho micropython {version}\n", "utf-8")
    old.chmod(0o755)
    line = one_line(pinlamp("run", "--once", PINLAMP_MICROPYTHON=str(old)), 1)
    for words in (version.replace(" ", "."), "1.24 or newer", "921600 baud", "Debian 13"):
        assert words in line


def test_a_named_program_that_is_no_micropython_is_refused(monkeypatch):
    monkeypatch.setenv("PINLAMP_MICROPYTHON", sys.executable)
    with pytest.raises(paths.MissingError, match="is no MicroPython"):
        paths.micropython()


def test_the_wheel_works_without_the_checkout(tmp_path, micropython):
    """Build the wheel, put it into an environment of its own, and tap a card there."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "place"
    # The libraries come from this environment, Pinlamp itself from the wheel alone.
    venv.create(place, with_pip=False, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--target", site, wheel],
        check=True,
        capture_output=True,
    )
    here = [entry for entry in sys.path if entry.endswith("site-packages")]
    script = (
        f"import sys; sys.path.extend({here!r})\n"
        "import pinlamp_tools\n"
        f"assert pinlamp_tools.__file__.startswith({str(site)!r}), pinlamp_tools.__file__\n"
        "from pinlamp_tools.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [place / "bin" / "python", "-c", script, "run", "--once", "--json", "--card", "fresh"],
        cwd=tmp_path,
        env={"PATH": "", "PINLAMP_MICROPYTHON": str(micropython)},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    assert '"complete":true' in done.stdout

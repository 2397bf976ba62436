"""No program of ours runs what lies in the folder where the person happens to be.

A stranger's board comes as a folder, browsers put files into one, and others write into /tmp.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import stock
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.flash import download
from pinlamp_tools.flash.chips import FlashError

# All that is installed, the standard library, and what MicroPython has by the same names.
NAMES = {*packages_distributions(), *sys.stdlib_module_names, "sitecustomize", "usercustomize"}


@pytest.fixture
def planted(tmp_path):
    """A folder with a board, and a module of every name that tells that it ran."""
    folder = tmp_path / "from a stranger"
    folder.mkdir()
    (folder / "board.json").write_text(json.dumps(Board.named("esp32_devkitc").data()))
    ran = tmp_path / "ran"
    for name in NAMES:
        code = f"open({str(ran)!r}, 'a').write('{name} ')\nraise SystemExit\n"
        (folder / f"{name}.py").write_text(code)
    (folder / "esptool.cfg").write_text("[esptool]\ntimeout = abc\n")
    yield folder
    assert not ran.exists(), ran.read_text()


def _run(folder, *arguments, **env):
    # The script that pip installs: `python -m` would import from here before we have any say.
    command = [Path(sys.executable).with_name("pinlamp"), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compiling_takes_the_real_compiler(planted, tmp_path):
    made = tmp_path / "made.zip"
    _run(planted, "zip", "--board", ".", "-o", made)
    _run(tmp_path, "zip", "--board", planted, "-o", tmp_path / "elsewhere.zip")
    assert made.read_bytes() == (tmp_path / "elsewhere.zip").read_bytes()


def test_flashing_takes_the_real_esptool(planted, tmp_path):
    from esp32_mock_bootloader import mock_bootloader

    image = planted / "micropython.bin"
    image.write_bytes(stock.image("esp32").read_bytes())
    with mock_bootloader(chip="esp32") as mock:
        arguments = ("--board", ".", "--port", mock.url(), "--image", image.name)
        said = _run(planted, "flash", *arguments)
    assert "Hash of data verified" in said and "esptool.cfg" not in said


def test_fetching_takes_no_mpflash_from_here(planted, monkeypatch, tmp_path):
    monkeypatch.chdir(planted)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda _: "as if it were installed")
    with pytest.raises(FlashError):  # it is not, so nothing is fetched
        download.fetch("ESP32_GENERIC")


def test_a_device_without_hardware_runs_its_own_modules(planted):
    assert "result" in _run(planted, "run", "--card", "fresh", "--once", "--json")


def test_a_program_of_the_current_folder_is_none(monkeypatch):
    # What Python before 3.12 finds on Windows.
    monkeypatch.setattr(paths.shutil, "which", lambda name: f"./{name}.EXE")
    assert paths.program("dot") is None


def test_no_other_module_runs_packages_where_the_person_is():
    tools = Path(paths.__file__).parent
    found = [path.name for path in tools.rglob("*.py") if '"-m"' in path.read_text()]
    assert found == ["tool.py"]

"""Where things are: the files that go on a device, boards, fakes, and the interpreter.

They lie in a checkout (editable install) or inside the wheel; both look the same from here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from .exits import ExitError

# What stands under /lib or / of a device, by package name.
DEVICE_PACKAGES = ("mynacard", "pn532", "pinlamp")

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
_IN_WHEEL = _HERE / "device_files"

FAKES = _HERE / "fakes"
MAIN = _IN_WHEEL / "main.py" if _IN_WHEEL.is_dir() else _CHECKOUT / "firmware" / "main.py"
EVENTS = (_IN_WHEEL if _IN_WHEEL.is_dir() else _CHECKOUT / "docs") / "events.schema.json"
BOARDS = _IN_WHEEL / "boards" if _IN_WHEEL.is_dir() else _CHECKOUT / "boards"


# The first Unix port whose termios has a name for 921600 baud, at which a PN532 is spoken to.
_OLDEST = (1, 24)
_HOW = (
    "On Debian 13 and its like: apt install micropython. Elsewhere, in MicroPython's sources:"
    " make -C mpy-cross && make -C ports/unix submodules all, then name"
    " ports/unix/build-standard/micropython in PINLAMP_MICROPYTHON"
)


class MissingError(ExitError):
    """Something that is needed is missing, or not usable; says what, and what to do."""


def has_ptys() -> bool:
    """Tell whether this system has pseudo-terminals and the rest of POSIX: all but Windows.

    The device here, a MicroPython with an emulated reader, needs them. Its commands call
    `need_ptys` and only then import what imports termios and the like. In there, functions begin
    by refusing "win32": so mypy, which checks for Windows too, knows that they do not go on there.
    """
    return sys.platform != "win32"


def need_ptys(command: str) -> None:
    """Raise MissingError where a command cannot run, with the ways that are left."""
    if not has_ptys():
        raise MissingError(
            f"`pinlamp {command}` wants Linux or macOS: on Windows run it in WSL, or open the page"
            " in a browser, which has the same device (docs/simulator.md)"
        )


def package_dir(name: str) -> Path:
    """Return the folder of a package that runs on the device, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        again = "install Pinlamp again (docs/install.md)"
        raise MissingError(f"the package {name} is not installed: {again}")
    return Path(next(iter(spec.submodule_search_locations)))


def boards() -> tuple[str, ...]:
    """Return the names of the boards there are, sorted."""
    return tuple(sorted(path.parent.name for path in BOARDS.glob("*/board.json")))


def board(name: str) -> dict[str, Any]:
    """Return a board's `board.json`, by one of the names of `boards()` or by a path.

    A path is a folder with a board.json, or the file itself. Raises KeyError for what is neither,
    MissingError for a file that is not there, cannot be read or is no JSON object.
    """
    path = BOARDS / name / "board.json"
    if name not in boards():
        path = Path(name)
        if not path.exists():
            raise KeyError(name)
        path = path / "board.json" if path.is_dir() else path
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise MissingError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise MissingError(f"{path}: no JSON: {error}") from None
    if not isinstance(found, dict):
        raise MissingError(f"{path}: no JSON object")
    return found


def lit_pin(board: dict[str, Any]) -> int:
    """Return the data pin of the strip that is lit: the first, unless the link needs its pin."""
    strip = board["strips"][0]
    if strip["name"] == "internal":
        return int(strip["pin"])
    return int(board["links"][board["link"]].get("strip", strip["pin"]))


def micropython() -> Path:
    """Return MicroPython's Unix port: PINLAMP_MICROPYTHON, this environment's, or the PATH's.

    Raises MissingError where there is none, or none that this machine can run.
    """
    named = os.environ.get("PINLAMP_MICROPYTHON")
    beside = Path(sys.executable).parent / "micropython"
    if named:
        found = shutil.which(named)
        if found is None:
            raise MissingError(f"PINLAMP_MICROPYTHON is {named}, which is no program")
    else:
        found = str(beside) if beside.exists() else shutil.which("micropython")
    if found is None:
        raise MissingError(
            "no MicroPython for this machine: PyPI has it ready-made for Linux x86-64 and macOS,"
            f" Python 3.10 to 3.14. {_HOW}"
        )
    program = Path(found).absolute()
    version = _version(program)
    if version is None:
        raise MissingError(f"{program} is no MicroPython that this machine can run")
    if version < _OLDEST:
        raise MissingError(
            f"{program} is MicroPython {version[0]}.{version[1]}, whose serial lines are too slow:"
            f" {_OLDEST[0]}.{_OLDEST[1]} or newer has the 921600 baud of a PN532. {_HOW}"
        )
    return program


def _version(program: Path) -> tuple[int, int] | None:
    """Return the version of a MicroPython, None for a program that is none."""
    ask = "import sys; print(sys.implementation.name, *sys.implementation.version[:2])"
    try:
        done = subprocess.run([program, "-c", ask], check=True, capture_output=True)
        name, major, minor = done.stdout.split()
        return (int(major), int(minor)) if name == b"micropython" else None
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None

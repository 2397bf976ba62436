"""Where things lie: the files that go onto a device, boards, fakes, and the interpreter.

They are in a checkout (editable install) or inside the wheel. A caller sees no difference.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .exits import ExitError

# The packages under /lib or / of a device, and what a reader other than a PN532 wants beside them.
DEVICE_PACKAGES = ("mynacard", "pn532", "pinlamp")
_OF_READER = {"rcs660s": ("pasori",)}
_OF_USB = {"pasori": ("air", "port100", "rcs300", "rcs380", "usb")}  # what no device has

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
_IN_WHEEL = _HERE / "device_files"

FAKES = _HERE / "fakes"
_STARTING = _IN_WHEEL if _IN_WHEEL.is_dir() else _CHECKOUT / "firmware"
MAIN, SEALED_BOOT = _STARTING / "main.py", _STARTING / "boot.py"
_SCHEMAS = _IN_WHEEL if _IN_WHEEL.is_dir() else _CHECKOUT / "docs"
EVENTS = _SCHEMAS / "events.schema.json"
FIRST_LIGHT = _SCHEMAS / "first-light.schema.json"
REPORT = _SCHEMAS / "report.schema.json"
BOARDS = _IN_WHEEL / "boards" if _IN_WHEEL.is_dir() else _CHECKOUT / "boards"


# The first Unix port whose termios has a name for 921600 baud, at which a PN532 is spoken to.
_OLDEST = (1, 24)
_HOW = (
    "On Debian 13 and its like: apt install micropython. Elsewhere, in MicroPython's sources:"
    " make -C mpy-cross && make -C ports/unix submodules all, then name"
    " ports/unix/build-standard/micropython in PINLAMP_MICROPYTHON"
)


class MissingError(ExitError):
    """A file or a program is missing or unusable; the message says which, and what to do."""


def program(name: str) -> str | None:
    """Return the path of a program that is installed, or None.

    Never one of the current folder, where Windows looks first: a stranger may have put it there.
    `__main__` asks Windows not to, which Python heeds from 3.12 on; before, it is found, and
    refused here.
    """
    found = shutil.which(name)
    return found if found and Path(found).is_absolute() else None


def has_ptys() -> bool:
    """Tell whether this system has pseudo-terminals and the rest of POSIX: all but Windows.

    The simulator needs them. Its commands call `need_ptys` first and import termios and the like
    after that. Functions in those modules begin by refusing "win32": mypy, which checks for
    Windows too, then skips the rest of them.
    """
    return sys.platform != "win32"


def need_ptys(command: str) -> None:
    """Raise MissingError where a command cannot run; the message names the ways that are left."""
    if not has_ptys():
        raise MissingError(
            f"`pinlamp {command}` wants Linux or macOS: on Windows run it in WSL, or open the page"
            " in a browser, which has the same device (docs/simulator.md)"
        )


def device_packages(reader: str) -> tuple[str, ...]:
    """Return the packages of a device whose board.json names that reader."""
    return DEVICE_PACKAGES + _OF_READER.get(reader, ())


def is_for_a_device(package: str, module: str) -> bool:
    """Tell whether a device needs that module of a package: not if it is for readers on USB."""
    return module not in _OF_USB.get(package, ())


def package_dir(name: str) -> Path:
    """Return the folder of a package that runs on the device, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        again = "install Pinlamp again (docs/install.md)"
        raise MissingError(f"the package {name} is not installed: {again}")
    return Path(next(iter(spec.submodule_search_locations)))


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
    """Return the version of a MicroPython, None for any other program."""
    ask = "import sys; print(sys.implementation.name, *sys.implementation.version[:2])"
    try:
        done = subprocess.run([program, "-c", ask], check=True, capture_output=True)
        name, major, minor = done.stdout.split()
        return (int(major), int(minor)) if name == b"micropython" else None
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None

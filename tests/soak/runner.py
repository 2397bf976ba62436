"""Runs a soak: one MicroPython process for each arrangement, several at a time."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pinlamp_tools import paths

from .arrangement import ARRANGEMENTS, Arrangement
from .report import Report, added_up

_HERE = Path(__file__).resolve().parent
_DEVICE_SIDE = _HERE / "device.py"
_HEAP = "4M"


class SoakError(Exception):
    """A soak broke off; the message is the interpreter's."""


def run(
    taps: int,
    seed: int,
    jobs: int = 1,
    arrangements: Sequence[Arrangement] = ARRANGEMENTS,
    progress: Callable[[int], None] = lambda done: None,
    before_path: str = "",
) -> Report:
    """Do `taps` taps and return the Report. `progress` hears the total done so far.

    `before_path`: the first folder in which the interpreter looks for modules, so that a test can
    give it a faulty firmware. Raises SoakError, MissingError.
    """
    done = [0] * len(arrangements)

    def one(index: int) -> dict[str, Any]:
        share = taps * (index + 1) // len(arrangements) - taps * index // len(arrangements)
        given = {**arrangements[index]._asdict(), "taps": share, "seed": seed * 1000 + index + 1}

        def tell(count: int) -> None:
            done[index] = count
            progress(sum(done))

        return _process(given, tell, before_path)

    with ThreadPoolExecutor(jobs) as pool:
        reports = list(pool.map(one, range(len(arrangements))))
    return added_up(arrangements, reports)


def _process(
    given: dict[str, Any], tell: Callable[[int], None], before_path: str
) -> dict[str, Any]:
    """Run one device to its end and return what it reports."""
    with (
        tempfile.TemporaryDirectory(prefix="pinlamp-") as folder,
        tempfile.TemporaryFile() as said,
    ):
        process = subprocess.Popen(
            [
                str(paths.micropython()),
                *("-X", f"heapsize={_HEAP}", str(_DEVICE_SIDE)),
                json.dumps(given),
                folder,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, "MICROPYPATH": _python_path(before_path)},
        )
        report = None
        lines = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                told = _object(line)
                if "taps" in told:
                    tell(told["taps"])
                elif "report" in told:
                    report = told["report"]
                else:
                    lines.append(line)
            process.wait()
        finally:
            process.kill()
            process.wait()
        if report is None:
            said.seek(0)
            text = "".join(lines[-20:]) + said.read().decode("utf-8", "replace")
            raise SoakError(f"the soak of {given} broke off: {text.strip()}")
        return dict(report)


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _python_path(before: str) -> str:
    """Return MICROPYPATH: the frozen modules, the soak, the emulator, the device's packages."""
    folders = [str(paths.package_dir(name).parent) for name in paths.DEVICE_PACKAGES]
    ours = [str(_HERE.parent), str(Path(paths.__file__).parents[1])]
    return ":".join([".frozen", *([before] if before else []), *ours, *dict.fromkeys(folders)])

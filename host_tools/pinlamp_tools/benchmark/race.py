"""A race in real time: ours and other programs on the same emulated PN532, over HSU.

Each program runs in a process of its own. It lists a Type B card, then sends the APDUs of a
survey; commands and card are the same for all. The emulator paces line, air and card as real
ones. Each program chooses its own speed of the line; ours also runs at 115200 baud.

A program gets the tty's path and prints `{"ready": …}`, or `{"missing": "why"}` and ends. Then it
reads lines, each a JSON list of commands in hex. For each it finds the card, sends the commands
and prints `{"us": …, "answers": […]}`. It ends at the end of its input.

The other programs reach a card past our gate. They are therefore no part of this package, but of
the tests (tests/peers/programs).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from .. import paths
from ..emulator.air.field import Field
from ..emulator.card import cards
from ..simulator.serial_chip import SerialChip, speed_of

RUNS = 5
OURS = "pinlamp"

_SPEEDS_OF_OURS = (921_600, 115_200)
PEERS = ("libnfc", "nfcpy", "adafruit")
PROGRAMS = Path(__file__).resolve().parents[3] / "tests" / "peers" / "programs"
_DEVICE_SIDE = Path(__file__).with_name("race_side.py")
_TIMEOUT_S = 30
_SETTLE_S = 0.02  # the card lies in any field before the clock starts


class Program(NamedTuple):
    """One program: its speed in baud, and the time of each run in µs or the reason for none."""

    name: str
    baudrate: int | None
    runs: tuple[int, ...]
    missing: str | None

    @property
    def median(self) -> float:
        """The median time of a run, in µs."""
        return median(self.runs)


def run(exchanges: Sequence[tuple[str, str]], card_us: int, runs: int = RUNS) -> list[Program]:
    """Let all programs send the commands of `exchanges`; compare their answers with its own.

    Raises MissingError without an interpreter for ours; reports a failing peer as missing.
    """
    return asyncio.run(_run(exchanges, card_us, runs))


def missed(found: Sequence[Program]) -> list[str]:
    """Return a sentence for each program that is as fast as ours or faster."""
    ours = found[0]
    if not ours.runs:
        return [f"{ours.name} did not get through: {ours.missing}"]
    return [
        f"{one.name} took {one.median / 1000:.1f} ms, ours {ours.median / 1000:.1f}"
        for one in found
        if one.name != OURS and one.runs and one.median <= ours.median
    ]


async def _run(exchanges: Sequence[tuple[str, str]], card_us: int, runs: int) -> list[Program]:
    found = []
    for speed in _SPEEDS_OF_OURS:
        command = [str(paths.micropython()), str(_DEVICE_SIDE), str(speed)]
        found.append(await _measure(OURS, command, exchanges, card_us, runs))
    for name in PEERS:
        path = PROGRAMS / f"{name}.py"
        if path.exists():
            command = [sys.executable, str(path)]
            found.append(await _measure(name, command, exchanges, card_us, runs))
        else:
            found.append(Program(name, None, (), "only a checkout has it"))
    return found


async def _measure(
    name: str,
    command: list[str],
    exchanges: Sequence[tuple[str, str]],
    card_us: int,
    runs: int,
) -> Program:
    server = SerialChip(Field())
    await server.start()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PINLAMP_TTY": server.path, "MICROPYPATH": _python_path()},
    )
    times: list[int] = []
    baudrate = None
    try:
        said = await _said(process)
        if "missing" in said:
            return Program(name, None, (), said["missing"])
        baudrate = _speed(server.path)
        for _ in range(runs):
            server.field.put(cards.make("fresh", processing_us=card_us))
            await asyncio.sleep(_SETTLE_S)
            assert process.stdin
            process.stdin.write(json.dumps([sent for sent, _ in exchanges]).encode() + b"\n")
            said = await _said(process)
            server.field.lift()
            if said["answers"] != [answer for _, answer in exchanges]:
                return Program(name, baudrate, (), "it failed: other answers than ours")
            times.append(said["us"])
    except (_FailedError, asyncio.TimeoutError) as error:
        return Program(name, baudrate, (), f"it failed: {error or 'no answer in time'}")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await server.stop()
    return Program(name, baudrate, tuple(times), None)


class _FailedError(Exception):
    """The program ended too early."""


async def _said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return the program's next JSON object; skip all other lines."""
    assert process.stdout and process.stderr
    while True:
        line = await asyncio.wait_for(process.stdout.readline(), _TIMEOUT_S)
        if not line:
            complaint = (await process.stderr.read()).decode("utf-8", "replace").strip()
            raise _FailedError(complaint.splitlines()[-1] if complaint else "it ended")
        if line.startswith(b"{"):
            said: dict[str, Any] = json.loads(line)
            return said


def _speed(path: str) -> int | None:
    """Return the speed that the program has set on this tty, in baud."""
    if sys.platform == "win32":  # see paths.has_ptys
        raise NotImplementedError
    tty = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        return speed_of(tty)
    finally:
        os.close(tty)


def _python_path() -> str:
    packages = [paths.package_dir(name).parent for name in paths.DEVICE_PACKAGES]
    return ":".join([str(paths.FAKES), ".frozen", *dict.fromkeys(map(str, packages))])

"""The device: the firmware in a MicroPython process, with a flash, pins, lamps and a console.

The process talks through `fakes/`; the docstring of `fake_host.py` has the lines. When it resets
itself, or its watchdog does, it is started again with the same flash, as a chip boots.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from pinlamp import files

from .. import paths
from ..boards.board import Board

_WDT_RESET = "3"  # what `machine.reset_cause()` calls it
_HARD_RESET = "2"
_NOBODY_THERE = f"! {errno.ENODEV}"


def _ignore(*_: object) -> None:
    """Stand in for a callback that nobody has set."""


def _no_bus(request: list[str], answer: Callable[[str], None]) -> None:
    answer(_NOBODY_THERE)


class Device:
    """One simulated ESP32. Set the `on_…` callbacks before `start`; they run in the loop.

    `on_line(line)`         a line of the console, as it came, without its end
    `on_pixels(pin, rgb)`   a strip was written: three bytes a pixel, in pixel order
    `on_tone(hz)`           the buzzer changed; 0 is silence
    `on_pin(pin, level)`    an output changed: a chip select, a reset line
    `on_transfer(request, answer)`  a transfer on a bus, the words of its line; to be answered by
                            one call of `answer(line)`, for which the firmware waits
    `on_exit(status)`       the firmware ended by itself, which it never should
    """

    def __init__(
        self,
        board: Board,
        settings: dict[str, Any],
        tty: str | None,
        heapsize: str | None = None,
        main: Path = paths.MAIN,
        record: bool = False,
    ) -> None:
        """`settings` is the content of settings.json, `tty` the path of the UART's line.

        `record`: it is asked to record its first tap.

        `heapsize` limits the interpreter's heap ("128K"; its objects are twice the ESP32's).
        """
        self._board = board
        self._settings = settings
        self._tty = tty
        self._heapsize = heapsize
        self._main = main
        self.on_line: Callable[[str], None] = _ignore
        self.on_pixels: Callable[[int, bytes], None] = _ignore
        self.on_tone: Callable[[int], None] = _ignore
        self.on_pin: Callable[[int, int], None] = _ignore
        self.on_transfer: Callable[[list[str], Callable[[str], None]], None] = _no_bus
        self.on_exit: Callable[[int], None] = _ignore
        self.line_gone = False  # the serial line was taken away, an adapter pulled out
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._flash: tempfile.TemporaryDirectory[str] | None = None
        self._pins: dict[int, int] = {}
        self._pins_fd = -1
        self._record = record
        self._cause = ""  # of the last reset, as `machine.reset_cause()` has it
        self._watchdog: asyncio.TimerHandle | None = None
        self._stopping = False

    async def start(self) -> None:
        """Write the flash and start the firmware; MissingError if there is no interpreter."""
        program = paths.micropython()
        self._flash = tempfile.TemporaryDirectory(prefix="pinlamp-")
        root = Path(self._flash.name)
        (root / "lib").mkdir()
        for name in paths.device_packages(self._board.reader):
            (root / "lib" / name).symlink_to(paths.package_dir(name))
        (root / files.BOARD).write_text(json.dumps(self._board.data()), "utf-8")
        (root / files.SETTINGS).write_text(json.dumps(self._settings), "utf-8")
        if self._record:
            (root / files.RECORD).touch()
        self._task = asyncio.create_task(self._live(program, root))

    async def stop(self) -> None:
        """End the firmware, whatever it is doing, and throw its flash away."""
        self._stopping = True
        self._kill()
        if self._task:
            await self._task
            self._task = None
        if self._flash:
            self._flash.cleanup()
            self._flash = None

    def set_pin(self, number: int, level: int) -> None:
        """Set the level of an input pin; it stays through resets, as a finger does."""
        self._pins[number] = level
        self._tell_pin(number)

    async def _live(self, program: Path, root: Path) -> None:
        """Run from the first power-up until the firmware ends other than by a reset."""
        # A recording is asked for by a device that runs, and that then restarts itself.
        self._cause = _HARD_RESET if self._record else "power-up"
        status = 0
        environment = dict(os.environ)
        while self._cause and not self._stopping:
            environment["PINLAMP_RESET"] = self._cause if self._cause.isdigit() else ""
            self._cause = ""
            status = await self._run(program, root, environment)
        if not self._stopping:
            self.on_exit(status)

    async def _run(self, program: Path, root: Path, environment: dict[str, str]) -> int:
        """Run one process from its start to its end; return its exit status."""
        if sys.platform == "win32":  # see paths.has_ptys
            raise NotImplementedError
        hw_read, hw_out = os.pipe()
        hw_in, self._pins_fd = os.pipe()
        os.set_blocking(self._pins_fd, False)
        environment.update(
            PINLAMP_HW_OUT=str(hw_out),
            PINLAMP_HW_IN=str(hw_in),
            PINLAMP_TTY=self._tty or "",
            PINLAMP_CHIP=self._board.chip,
            # .frozen holds MicroPython's own asyncio.
            MICROPYPATH=f"{paths.FAKES}:{root}/lib:.frozen",
        )
        try:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    str(program),
                    *(("-X", f"heapsize={self._heapsize}") if self._heapsize else ()),
                    str(self._main),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                    cwd=root,
                    env=environment,
                    pass_fds=(hw_out, hw_in),
                    **_group_of_its_own(),
                )
            finally:
                os.close(hw_out)
                os.close(hw_in)
            if self._stopping:
                self._kill()
            for number in self._pins:
                self._tell_pin(number)
            await asyncio.gather(self._read_console(), self._read_hardware(hw_read))
        finally:
            # Also when cancelled: no process is ever left behind.
            self._kill()
            self._leave_watchdog()
            os.close(self._pins_fd)
            self._pins_fd = -1
            status = await self._process.wait() if self._process else 0
        return status

    def _kill(self) -> None:
        if sys.platform == "win32":  # see paths.has_ptys
            raise NotImplementedError
        if self._process and self._process.returncode is None:
            # Not Popen's own kill(): it would reap a process that asyncio is waiting for.
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    def _tell_pin(self, number: int) -> None:
        self._tell(self._pins_fd, f"pin {number} {self._pins[number]}")

    def _tell(self, fd: int, line: str) -> None:
        if fd >= 0 and fd == self._pins_fd:
            # A process that has just ended, or one that has not looked for very long.
            with suppress(BrokenPipeError, BlockingIOError):
                os.write(fd, line.encode() + b"\n")

    async def _read_console(self) -> None:
        assert self._process and self._process.stdout
        async for line in self._process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:  # the firmware begins each line with an end of line
                self.on_line(text)

    async def _read_hardware(self, fd: int) -> None:
        transport, lines = await asyncio.get_running_loop().connect_read_pipe(
            lambda: _Lines(self._take), os.fdopen(fd, "rb", 0)
        )
        try:
            await lines.ended
        finally:
            transport.close()

    def _take(self, words: list[str]) -> None:
        """Act on one line of the fakes."""
        match words:
            case ["np", pin, pixels]:
                self.on_pixels(int(pin), bytes.fromhex(pixels))
            case ["pwm", _, freq, duty]:
                self.on_tone(int(freq) if int(duty) else 0)
            case ["pin", pin, level]:
                self.on_pin(int(pin), int(level))
                self._tell(self._pins_fd, "=")
            case ["i2c" | "spi", *_]:
                self.on_transfer(words, partial(self._tell, self._pins_fd))
            case ["wdt", timeout_ms]:
                self._leave_watchdog()
                if timeout_ms == "0":
                    return
                self._watchdog = asyncio.get_running_loop().call_later(
                    int(timeout_ms) / 1000, self._bite
                )
            case ["reset", cause]:
                self._cause = cause
            case ["gone"]:
                self.lose_line()

    def lose_line(self) -> None:
        """End the firmware: its serial line was taken away."""
        self.line_gone = True
        self._kill()

    def _bite(self) -> None:
        """The watchdog was not fed in time."""
        self._cause = _WDT_RESET
        self._kill()

    def _leave_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog = None


class _Lines(asyncio.Protocol):
    """The fakes' lines, each taken as soon as it has come; `ended` when the process has.

    Not a stream, whose reader is woken only in the loop's next turn: a watchdog that was fed in
    the last moment, while this process slept, would bite in between.
    """

    def __init__(self, take: Callable[[list[str]], None]) -> None:
        """`take` gets the words of a line."""
        self._take = take
        self._rest = b""
        self.ended = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Take what is complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line.decode().split())

    def connection_lost(self, _: Exception | None) -> None:
        """Tell that nothing will come any more."""
        if not self.ended.done():
            self.ended.set_result(None)


def _group_of_its_own() -> dict[str, Any]:
    # The terminal's Ctrl-C is for the host, which then ends the firmware. A group, not a session:
    # a session's leader would take the reader's tty as its controlling terminal.
    if sys.platform == "win32":  # see paths.has_ptys
        raise NotImplementedError
    if sys.version_info >= (3, 11):
        return {"process_group": 0}
    return {"preexec_fn": os.setpgrp}

"""The raw REPL of the device on a serial line, through mpremote's transport."""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from mpremote.transport import TransportError, TransportExecError

from ..show import cable
from . import port, snippets
from .port import DeviceError, may_use
from .transport import Limit, TakeError, Transport

ATTEMPT_S = 2.0
_STOP_S = 3.0  # for its program to stop, after ATTEMPT_S of silence: its reader `drown`s first
_ANSWER_S = 30.0
_QUIET_S = 0.1  # a greeting takes 3 ms at 115200 baud
_LOOKS = 10  # for silence: a timer of a program may print on at the REPL
_RESET_S = 0.3  # the bytes must leave before the port closes, and a refusal come back

# pyserial raises these when a port vanishes, mpremote those when an answer breaks off.
_VANISHED: tuple[type[Exception], ...] = (OSError,)
if sys.platform != "win32":
    with contextlib.suppress(ImportError):
        import termios

        _VANISHED += (termios.error,)
_BROKEN_OFF = (TransportError, struct.error, ValueError)
_GONE = (*_VANISHED, *_BROKEN_OFF)
_NOT_WHOLE = "the device's answer did not arrive whole: try again, with a short cable"
# For a folder without room LittleFS reports a name that is too long (36).
_FULL = re.compile(r"OSError: (\[Errno )?-?(28|36)\b")


class RawRepl:
    """Runs code on the device at a port, and tells what it said. Errors are DeviceError."""

    def __init__(self, name: str, seconds: float) -> None:
        """`name`: of the port; `seconds`: how long all its answers together may take."""
        self._port = name
        self._limit = Limit(name, seconds)
        self._transport: Any = None
        self._helpers: set[str] = set()
        self._done = False  # it has been reset, or is gone

    def _connect(self, patience_s: float, was_there: bool = False) -> None:
        """Interrupt the program of the device (Ctrl-C), enter the raw REPL."""
        until = time.monotonic() + patience_s
        while True:
            try:
                self._limit.begin()
                self._transport = Transport(self._port, ATTEMPT_S, self._limit)
                was_there = True
                self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_STOP_S)
                self._quiet()
                break
            except DeviceError:
                self.close()
                self._done = True
                raise
            except _GONE as error:
                self.close()
                if not was_there and not may_use(self._port):
                    raise port.of_state(cable.DENIED, self._port) from error
                if not was_there:
                    raise DeviceError(
                        f"{self._port} cannot be opened: is the device plugged in, is that its"
                        " port, does another program use it?",
                        cable.BUSY,
                        self._port,
                    ) from error
                if time.monotonic() > until:
                    self._done = True
                    raise port.no_repl(self._port) from error
                time.sleep(0.2)
        self._limit.end()
        self._helpers.clear()

    def _quiet(self) -> None:
        """Drop the answers to what attempts before have typed; then have the prompt again.

        A device that is stopping reads all of it at once, and greets for each Ctrl-A. Raises
        TransportError without a prompt.
        """
        line = self._transport.serial
        for _ in range(_LOOKS):
            time.sleep(_QUIET_S)
            waiting = line.inWaiting()
            if not waiting:
                break
            line.read(waiting)
        line.write(b"\x01")
        end = b"CTRL-B to exit\r\n"  # mpremote reads the prompt itself before each command
        if not self._transport.read_until(1, end, timeout_overall=ATTEMPT_S).endswith(end):
            raise TransportError("no prompt")

    def close(self) -> None:
        """Let go of the port."""
        if self._transport is not None:
            with contextlib.suppress(*_GONE):
                self._transport.close()
            self._transport = None

    @contextlib.contextmanager
    def _errors(self, what: str, guarded: bool = False) -> Iterator[None]:
        self._limit.begin()
        try:
            yield
        except TransportExecError as error:
            said = str(error.error_output)
            reason = (said.strip().splitlines() or [""])[-1]
            if reason == snippets.LOST or (guarded and "in _run" not in said):  # a damaged call
                raise DeviceError(snippets.NOT_HEARD) from error
            if _FULL.match(reason):
                reason = (
                    "the device's file system is full: remove files of your own from it (mpremote"
                    " rm), then repeat the command; until then it works as before"
                )
            raise DeviceError(f"{what}: {reason}") from error
        except _BROKEN_OFF as error:
            raise DeviceError(_NOT_WHOLE) from error  # it is there; `abandon` starts it again
        except _VANISHED as error:
            self._done = True
            raise DeviceError(
                f"the device at {self._port} went away in the middle: plug it in again and repeat"
                " the command; until then it works as before",
                cable.NONE,
                self._port,
            ) from error
        finally:
            self._limit.end()

    def run(self, code: str, what: str) -> bytes:
        """Run MicroPython code and return its output; `what` tells errors what the code does."""
        with self._errors(what, guarded=True):
            return bytes(self._transport.exec(self._guarded(code)))

    def _guarded(self, code: str) -> str:
        """Return code that runs `code` only if all of it arrives."""
        if "guard" not in self._helpers:
            self._transport.exec(snippets.GUARD)
            self._helpers.add("guard")
        return snippets.guarded(code)

    def told(self, code: str, what: str) -> str:
        """Run code that tells one line of text by `_tell`; return that, whole for sure."""
        self._need("tell", snippets.TELL)
        text, _, digest = self.run(code, what).replace(b"\r", b"").partition(b"\n")
        if hashlib.sha256(text).hexdigest().encode() != digest.strip():
            raise DeviceError(_NOT_WHOLE)
        return text.decode("utf-8", "replace")

    def holds(self, code: str, what: str) -> bool:
        """Run code that prints True or False; return that."""
        said = self.run(code, what).strip()
        if said not in (b"True", b"False"):  # neither becomes the other by what gets lost
            raise DeviceError(_NOT_WHOLE)
        return said == b"True"

    def stream(
        self, code: str, take: Callable[[bytes], None], what: str, unread_s: float = 0
    ) -> None:
        """Run code that takes long; `take` gets its output at once.

        `unread_s`: for so many seconds nobody reads what the device says.
        An exception of `take` ends the code, and reaches the caller unchanged.
        """

        def taken(data: bytes) -> None:
            try:
                take(data)
            except Exception as error:
                # An OSError of standard output, for example, must not look like one of the device.
                raise TakeError(error) from error

        try:
            with self._errors(what):
                self._transport.exec_raw_no_follow(code)
                time.sleep(unread_s)
                _, error = self._transport.follow(_ANSWER_S, taken)
                if error:
                    raise TransportExecError("", error.decode("utf-8", "replace"))
        except TakeError as failed:
            raise failed.error from None

    def _need(self, name: str, code: str) -> None:
        if name not in self._helpers:
            self.run(code, "preparing")
            self._helpers.add(name)

    def _resets(self, hard: bool) -> bool:
        """Send a reset; tell whether no REPL answers to that. `hard`: by `machine.reset`."""
        try:
            if hard:
                code = self._guarded("import machine\nmachine.reset()")
                self._transport.exec_raw_no_follow(code)
            else:
                self._transport.exit_raw_repl()
                self._transport.serial.write(b"\x04")
            self._transport.serial.flush()
            time.sleep(_RESET_S)
            said = self._transport.serial.read(self._transport.serial.inWaiting())
            return b"\x04>" not in said  # the end of an error, and the prompt
        except _BROKEN_OFF:
            return False
        except _VANISHED:
            return True

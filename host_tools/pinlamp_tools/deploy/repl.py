"""A device's REPL on a serial line, through mpremote's transport."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from threading import Timer
from typing import Any

from mpremote.transport import TransportError, TransportExecError

from pinlamp import files

from ..show import cable
from ..show.say import say
from ..show.strange import tell
from . import payload, port, snippets
from .port import DeviceError, may_use
from .snippets import encoded, path_of
from .transport import Limit, TakeError, Transport

_CHUNK = 256  # bytes a write: a device has little memory
_LARGEST = 60_000  # bytes of a file to be read: twice as many are said, see `transport`
_PATIENCE_S = 8.0  # for a device just plugged in, or reset
_BACK_S = 20.0  # how long a device may take to come back after a reset
_ATTEMPT_S = 2.0
_STOP_S = 3.0  # for its program to stop, after _ATTEMPT_S of silence: its reader `drown`s first
_ANSWER_S = 30.0
_LONGEST_S = 900.0
_END_S = 30.0  # to let it start again
_WORD_S = 1.0  # until whoever waits gets a word

# mpremote and pyserial raise these when a device vanishes, or breaks off its answer.
_GONE: tuple[type[Exception], ...] = (TransportError, OSError, struct.error, ValueError)
if sys.platform != "win32":
    with contextlib.suppress(ImportError):
        import termios

        _GONE += (termios.error,)
_NOT_WHOLE = "the device's answer did not arrive whole: try again, with a short cable"
# For a folder without room LittleFS reports a name that is too long (36).
_FULL = re.compile(r"OSError: (\[Errno )?-?(28|36)\b")


class Repl:
    """The raw REPL of the device at a port. Paths are absolute. Errors are DeviceError."""

    def __init__(self, name: str, seconds: float = _LONGEST_S) -> None:
        """Interrupt the program of the device at port `name` (Ctrl-C), enter the raw REPL.

        `seconds`: how long all its answers together may take.
        """
        self._port = name
        self._limit = Limit(name, seconds)
        self._transport: Any = None
        self._helpers: set[str] = set()
        self._done = False  # it has been reset, or is gone
        try:
            self._connect(_PATIENCE_S)
        except (KeyboardInterrupt, SystemExit):
            self.abandon(_ATTEMPT_S)  # its program may have stopped by now
            raise

    def _connect(self, patience_s: float, was_there: bool = False) -> None:
        until = time.monotonic() + patience_s
        while True:
            try:
                self._limit.begin()
                # mpremote prints what it did not expect; the error says enough.
                with contextlib.redirect_stdout(io.StringIO()):
                    self._transport = Transport(self._port, _ATTEMPT_S, self._limit)
                    was_there = True
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_STOP_S)
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

    def close(self) -> None:
        """Let go of the port."""
        if self._transport is not None:
            with contextlib.suppress(*_GONE):
                self._transport.close()
            self._transport = None

    def abandon(self, patience_s: float = _BACK_S) -> None:
        """Let the device start again, if it is there within `patience_s` and has not been reset.

        It may be in the middle of a command or of a file, or restart: its port vanishes then. If
        that takes long, it is said, and so is that it failed.
        """
        self.close()
        if not self._done:
            self._limit = Limit(self._port, _END_S)
            slow = Timer(_WORD_S, tell, (say("Starting the device again …"), True))
            slow.start()
            try:
                self._connect(patience_s, was_there=True)
                self.clear(f"{self.home()}/{files.SAFE}")  # perhaps requested, no longer needed
                self.reset()
            except (DeviceError, KeyboardInterrupt, SystemExit) as error:
                if getattr(error, "state", "") != cable.SEALED:  # else it lives
                    tell(say("The device may have stopped: unplug it for a moment"), err=True)
                if not isinstance(error, DeviceError):
                    raise
            finally:
                slow.cancel()
        self.close()

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
        except _GONE as error:
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

    def read(self, path: str) -> bytes | None:
        """Return the contents of a file, None without one; a large one is an error."""
        self._need("read", snippets.READ)
        try:
            text = self.run(f"_read({path!r},{_LARGEST})", f"reading {path}").decode().split()
            if text[:1] == ["+"]:
                raise DeviceError(
                    f"{path} on the device is too large ({int(text[1])} bytes): save it if you"
                    " need it, then remove it (mpremote rm)"
                )
            if text == ["-", "none"]:
                return None
            *digits, equals, digest = text
            content = bytes.fromhex("".join(digits))
            if equals != "=" or hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(digest)  # something got lost on the way
            return content
        except (ValueError, IndexError):
            raise DeviceError(f"reading {path}: the device's answer cannot be read") from None

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        with self._errors(f"writing {path}"):
            self._transport.exec(self._guarded(f"f=open({path!r},'wb')\nw=f.write"))
            try:
                for at in range(0, len(data), _CHUNK):
                    self._transport.exec(f"w({data[at : at + _CHUNK]!r})")
            except TransportExecError:
                with contextlib.suppress(TransportExecError):
                    self._transport.exec("f.close()")
                raise
            self._transport.exec("f.close()")

    def rename(self, old: str, new: str) -> None:
        """Rename a file, over an existing one too; on LittleFS that is atomic."""
        self.run(f"import os\nos.rename({old!r},{new!r})", f"renaming {old}")

    def copy(self, old: str, new: str) -> None:
        """Copy a file on the device."""
        self._need("copy", snippets.COPY)
        self.run(f"_copy({old!r},{new!r})", f"copying {old}")

    def remove(self, path: str) -> None:
        """Remove a file, or an empty folder."""
        name = encoded(path)
        code = f"(os.rmdir if os.stat({name!r})[0]==0x4000 else os.remove)({name!r})"
        self.run(f"import os\n{code}", f"removing {path}")

    def clear(self, top: str) -> None:
        """Remove `top` and everything below it."""
        for path in sorted(self.tree(top), reverse=True):
            self.remove(path)

    def is_folder(self, path: str) -> bool:
        """Tell whether there is a folder at `path`."""
        code = f"import os\ntry:print(os.stat({path!r})[0]==0x4000)\nexcept OSError:print(False)"
        return self.holds(code, f"looking at {path}")

    def make_folder(self, path: str) -> None:
        """Make a folder, unless it is there."""
        # 17: EEXIST
        code = f"import os\ntry:os.mkdir({path!r})\nexcept OSError as e:\n if e.errno!=17:raise"
        self.run(code, f"making {path}")

    def tree(self, top: str) -> dict[str, str]:
        """Return `top` and everything below it, by path: a file's SHA-256, "" for a folder.

        A name's bytes that are no UTF-8 are surrogates, as in Python's own paths.
        """
        self._need("walk", snippets.LISTING)
        # A line that is lost on the way would be a file that is not there: all are counted.
        said = self.run(f"_walk({encoded(top)!r})", f"looking at {top}").splitlines()
        *lines, end = [line for line in said if line] or [b""]
        total = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
        try:
            if end != f"{len(lines)} {total}".encode():
                raise ValueError(end)
            rows = [line.decode().partition(" ") for line in lines]
            found = {path_of(path): digest for digest, _, path in rows}
            below = all(path == top or path.startswith(f"{top}/") for path in found)
            if not below or len(found) < len(lines):  # two of one name: one hides the other
                raise ValueError(top)
        except ValueError:
            raise DeviceError(f"looking at {top}: the device's answer cannot be read") from None
        return found

    def _need(self, name: str, code: str) -> None:
        if name not in self._helpers:
            self.run(code, "preparing")
            self._helpers.add(name)

    def home(self) -> str | None:
        """Return our firmware's folder: /a, /b or "" (the root); None without our firmware."""
        main = self.read("/main.py")
        return None if main is None else payload.home_of(main)

    def _has_reset(self) -> bool:
        return self.holds("import machine\nprint(hasattr(machine,'reset'))", "resetting")

    def safe_mode(self, home: str) -> None:
        """Restart the firmware in `home` without a watchdog, and enter the raw REPL again.

        A MicroPython without `machine.reset` has no watchdog either: this then does nothing.
        """
        if self._has_reset():
            mark = f"{home}/{files.SAFE}"
            self.clear(mark)
            if self.is_folder(home or "/"):  # otherwise nothing starts there, and no watchdog
                self.write(mark, b"")
            self.reset()
            self._done = False
            self._connect(_BACK_S, was_there=True)
            # Where the Ctrl-C came before the firmware took it, the next start would be one more.
            self.clear(mark)

    def reset(self) -> None:
        """Reset the device as its own reset does, and close the port.

        A MicroPython without `machine.reset` gets a soft reset.
        """
        home = self.home()
        if home is not None:
            # An RP2040 takes every reset for its watchdog's, and would otherwise count a crash.
            with contextlib.suppress(DeviceError):  # reset even with a full file system
                self.write(f"{home}/{files.RESTART}", b"")
        hard = self._has_reset()
        with contextlib.suppress(*_GONE):
            if hard:
                self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
            else:
                self._transport.exit_raw_repl()
                self._transport.serial.write(b"\x04")
            # The bytes must leave before the port closes.
            self._transport.serial.flush()
            time.sleep(0.3)
        self.close()
        self._done = True

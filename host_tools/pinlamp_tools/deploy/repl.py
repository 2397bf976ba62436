"""A device at its REPL: its files, and how it starts again."""

from __future__ import annotations

import contextlib
import hashlib
from threading import Timer

from mpremote.transport import TransportExecError

from pinlamp import files

from ..show import cable
from ..show.say import say
from ..show.strange import tell
from . import payload, snippets
from .port import DeviceError
from .raw_repl import ATTEMPT_S, RawRepl
from .snippets import encoded, path_of
from .transport import Limit

_CHUNK = 256  # bytes a write: a device has little memory
_LARGEST = 60_000  # bytes of a file to be read: twice as many are said, see `transport`
_PATIENCE_S = 8.0  # for a device just plugged in, or reset
_BACK_S = 20.0  # how long a device may take to come back after a reset
_LONGEST_S = 900.0
_END_S = 30.0  # to let it start again
_WORD_S = 1.0  # until whoever waits gets a word
_RESETS = 3


class Repl(RawRepl):
    """The device at a port. Paths are absolute. Errors are DeviceError."""

    def __init__(self, name: str, seconds: float = _LONGEST_S) -> None:
        """Interrupt the program of the device at port `name` (Ctrl-C), enter the raw REPL.

        `seconds`: how long all its answers together may take.
        """
        super().__init__(name, seconds)
        try:
            self._connect(_PATIENCE_S)
        except (KeyboardInterrupt, SystemExit):
            self.abandon(ATTEMPT_S)  # its program may have stopped by now
            raise

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

        A MicroPython without `machine.reset` gets a soft reset. DeviceError if it does not hear.
        """
        home = self.home()
        if home is not None:
            # An RP2040 takes every reset for its watchdog's, and would otherwise count a crash.
            with contextlib.suppress(DeviceError):  # reset even with a full file system
                self.write(f"{home}/{files.RESTART}", b"")
        hard = self._has_reset()
        for _ in range(_RESETS):
            if self._resets(hard):
                self.close()
                self._done = True
                return
            self.close()
            self._connect(_BACK_S, was_there=True)  # it did not hear all of that
        raise DeviceError("the device does not start again: unplug it for a moment")

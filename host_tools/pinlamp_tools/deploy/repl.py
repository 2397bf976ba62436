"""A device's REPL on a serial line, through mpremote's transport."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from . import payload

_CHUNK = 256  # bytes at a time: a device has little memory
_BACK_S = 20.0  # how long a device may take to come back after a reset
_ATTEMPT_S = 2.0
_ANSWER_S = 30.0

# Lists the files below a folder with their hashes, as JSON, and the folders.
_LISTING = """
def _walk(top):
 import os,hashlib,binascii
 files={};folders=[];todo=[top];buf=bytearray(256)
 while todo:
  at=todo.pop()
  for entry in os.ilistdir(at):
   path=at+'/'+entry[0]
   if entry[1]==0x4000:
    folders.append(path);todo.append(path)
   else:
    h=hashlib.sha256()
    with open(path,'rb') as f:
     while True:
      n=f.readinto(buf)
      if not n:break
      h.update(memoryview(buf)[:n])
    files[path]=binascii.hexlify(h.digest()).decode()
 return [files,folders]
"""
_COPY = """
def _copy(a,b):
 buf=bytearray(256)
 with open(a,'rb') as f,open(b,'wb') as g:
  while True:
   n=f.readinto(buf)
   if not n:break
   g.write(memoryview(buf)[:n])
"""


class DeviceError(Exception):
    """The device is not there, does not answer, or refuses; the message says what to do."""


def find_port(port: str | None) -> str:
    """Return `port`, or the only serial port with a USB device; DeviceError names the choice."""
    if port is not None:
        return port
    found = sorted(info.device for info in list_ports.comports() if info.vid is not None)
    if len(found) == 1:
        return str(found[0])
    if found:
        ports = " ".join(found)
        raise DeviceError(f"there are several serial ports: name one with --port: {ports}")
    raise DeviceError(
        "no serial port: plug the device in with a data cable, or name one: --port P"
    )


class Repl:
    """The raw REPL of the device at `port`. Paths are absolute. Errors are DeviceError."""

    def __init__(self, port: str) -> None:
        """Interrupt whatever runs there (Ctrl-C) and enter the raw REPL."""
        self._port = port
        self._transport: Any = None
        self._helpers: set[str] = set()
        self._connect(_ATTEMPT_S * 3)

    def _connect(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while True:
            try:
                # It prints what it did not expect; the error says enough.
                with contextlib.redirect_stdout(io.StringIO()):
                    self._transport = SerialTransport(self._port, timeout=_ATTEMPT_S)
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_ATTEMPT_S)
                    break
            except (TransportError, OSError) as error:
                self.close()
                if time.monotonic() > until:
                    raise DeviceError(
                        f"{self._port}: no MicroPython answers there: is it the right port, is"
                        " MicroPython on the device (pinlamp flash), does another program use it?"
                    ) from error
                time.sleep(0.2)
        self._helpers.clear()

    def close(self) -> None:
        """Let go of the port."""
        if self._transport is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                self._transport.close()
            self._transport = None

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except TransportExecError as error:
            lines = str(error.error_output).strip().splitlines() or [""]
            reason = "the device's file system is full" if "28" in lines[-1] else lines[-1]
            raise DeviceError(f"{what}: {reason}") from error
        except (TransportError, OSError, serial.SerialException) as error:
            raise DeviceError(
                f"the device at {self._port} went away in the middle: plug it in again and repeat"
                " the command; until then it works as before"
            ) from error

    def run(self, code: str, what: str) -> bytes:
        """Run MicroPython code and return what it printed; `what` says for errors what it does."""
        with self._errors(what):
            return bytes(self._transport.exec(code))

    def stream(self, code: str, take: Callable[[bytes], None], what: str) -> None:
        """Run code that takes its time; `take` gets what it prints as it comes."""
        with self._errors(what):
            self._transport.exec_raw_no_follow(code)
            _, error = self._transport.follow(_ANSWER_S, take)
            if error:
                raise TransportExecError("", error.decode("utf-8", "replace"))

    def read(self, path: str) -> bytes | None:
        """Return the contents of a file, None if there is none."""
        code = (
            f"try:\n with open({path!r},'rb') as f:\n  while True:\n   d=f.read({_CHUNK // 2})\n"
            "   if not d:break\n   print(''.join('%02x'%c for c in d))\nexcept OSError:print('-')"
        )
        text = self.run(code, f"reading {path}").decode().split()
        return None if text[-1:] == ["-"] else bytes.fromhex("".join(text))

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        with self._errors(f"writing {path}"):
            try:
                self._transport.exec(f"f=open({path!r},'wb')\nw=f.write")
                for at in range(0, len(data), _CHUNK):
                    self._transport.exec(f"w({data[at : at + _CHUNK]!r})")
            finally:
                self._transport.exec("f.close()")

    def rename(self, old: str, new: str) -> None:
        """Put a file in another's place; on LittleFS that happens whole or not at all."""
        self.run(f"import os\nos.rename({old!r},{new!r})", f"renaming {old}")

    def copy(self, old: str, new: str) -> None:
        """Copy a file on the device."""
        self._need("copy", _COPY)
        self.run(f"_copy({old!r},{new!r})", f"copying {old}")

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.run(f"import os\nos.remove({path!r})", f"removing {path}")

    def make_folder(self, path: str) -> None:
        """Make a folder."""
        self.run(f"import os\nos.mkdir({path!r})", f"making {path}")

    def listing(self, folder: str) -> tuple[dict[str, str], list[str]]:
        """Return (SHA-256 by path, folders) of all that is below `folder`; empty without it."""
        self._need("walk", _LISTING)
        code = (
            f"import json\ntry:\n print(json.dumps(_walk({folder!r})))\n"
            "except OSError:print('[{},[]]')"
        )
        files, folders = json.loads(self.run(code, f"looking at {folder}"))
        return files, folders

    def _need(self, name: str, code: str) -> None:
        if name not in self._helpers:
            self.run(code, "preparing")
            self._helpers.add(name)

    def slot(self) -> str | None:
        """Return the slot that starts, None for a device without our firmware."""
        main = self.read("/main.py")
        return None if main is None else payload.slot_of(main)

    def reset(self, come_back: bool) -> None:
        """Reset the device as its own reset does; with `come_back` enter its raw REPL again.

        Where MicroPython has no `machine.reset` it is a soft reset.
        """
        code = "import machine\nprint(hasattr(machine,'reset'))"
        hard = self.run(code, "resetting").strip() == b"True"
        with contextlib.suppress(TransportError, OSError, serial.SerialException):
            if hard:
                self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
            elif not come_back:
                self._transport.exit_raw_repl()
                self._transport.serial.write(b"\x04")
            # What was sent has to leave before the port is closed.
            self._transport.serial.flush()
            time.sleep(0.3)
        if hard or not come_back:
            self.close()
        if hard and come_back:
            self._connect(_BACK_S)

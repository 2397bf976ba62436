"""The console of a device on a serial line: its events, through every unplugging.

Whatever else comes there (a traceback, a boot message, half a line, garbage) is passed over: an
event is a line that docs/events.schema.json describes.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import serial
from jsonschema import Draft202012Validator
from serial.tools import list_ports

from .. import house
from ..deploy.repl import DeviceError, find_port
from ..reading import parse

_BAUDRATE = 115200  # of MicroPython's console; a USB device of its own does not care
_POLL_S = 0.1
_AGAIN_S = 0.5  # between two looks for a port
_LONGEST_LINE = 16384  # a result of 11 keys has some 700 bytes


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(house.EVENTS.read_text("utf-8")))


def event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event in a line of the console, or None if it is none."""
    event = parse(line.decode("utf-8", "replace"))
    return event if event is not None and _schema().is_valid(event) else None


class Console:
    """Listens at `port`, or where that is None at the only port with a USB device."""

    def __init__(self, port: str | None) -> None:
        """Raise DeviceError for a port that is not there, and where there are several."""
        self._port = port
        if port is not None and not Path(port).exists():
            raise DeviceError(f"{port} is not there: is the device plugged in?")
        if port is None and len(self._found()) > 1:
            find_port(None)

    def listen(
        self,
        take: Callable[[dict[str, Any]], None],
        connected: Callable[[str | None], None],
        stopped: threading.Event,
    ) -> None:
        """Give each event to `take`, until `stopped` is set.

        `connected` gets the port's name when it is open, and None when it is there no more.
        """
        told: str | None = ""
        while not stopped.is_set():
            port = self._port
            if port is None:
                found = self._found()
                port = found[0] if len(found) == 1 else None
            line = self._open(port)
            if line is None:
                if told is not None:
                    connected(None)
                told = None
                stopped.wait(_AGAIN_S)
                continue
            told = port
            connected(port)
            with line, contextlib.suppress(serial.SerialException, OSError):
                _read(line, take, stopped)

    @staticmethod
    def _found() -> list[str]:
        return sorted(str(info.device) for info in list_ports.comports() if info.vid is not None)

    @staticmethod
    def _open(port: str | None) -> serial.Serial | None:
        if port is None:
            return None
        try:
            return serial.Serial(port, _BAUDRATE, timeout=_POLL_S, exclusive=True)
        except (serial.SerialException, OSError):
            return None


def _read(
    line: serial.Serial, take: Callable[[dict[str, Any]], None], stopped: threading.Event
) -> None:
    rest = b""
    while not stopped.is_set():
        *lines, rest = (rest + line.read(max(1, line.in_waiting))).split(b"\n")
        for one in lines:
            event = event_of(one)
            if event is not None:
                take(event)
        if len(rest) > _LONGEST_LINE:
            rest = b""

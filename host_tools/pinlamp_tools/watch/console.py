"""The console of a device on a serial line: its events, through every unplugging.

It skips everything else that comes there: a traceback, a boot message, half a line, garbage.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any

import serial
from jsonschema import Draft202012Validator

from .. import paths
from ..deploy.repl import DeviceError, is_there, may_use, usb_ports
from ..show.reading import heard, parse

_BAUDRATE = 115200  # of MicroPython's console; a USB device of its own does not care
_POLL_S = 0.1
_AGAIN_S = 0.5  # between two looks for a port
_LONGEST_LINE = 16384  # a result of 11 keys has some 700 bytes


class Link(Enum):
    """How it is with the port: `OPEN`; there, but in use or not allowed; `NONE`."""

    OPEN = "open"
    BUSY = "busy"
    DENIED = "denied"
    NONE = "none"


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(paths.EVENTS.read_text("utf-8")))


def event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event in a line of the console, or None for any other line.

    An event follows docs/events.schema.json. A newer device may say more than that: of its events
    `reading.heard` keeps the part that is known here.
    """
    event: dict[str, Any] | None = parse(line.decode("utf-8", "replace"))
    if event is None or _schema().is_valid(event):
        return event
    return heard(event)  # type: ignore[no-any-return]


class Console:
    """Listens at `port`, or where that is None at the only port with a USB device."""

    def __init__(self, port: str | None) -> None:
        """Raise DeviceError for a port that is not there, and where there are several."""
        self._port = port
        if port is not None and not is_there(port):
            raise DeviceError(f"{port} is not there: is the device plugged in?")
        ports = usb_ports() if port is None else []
        if len(ports) > 1:
            names = " ".join(ports)
            raise DeviceError(
                f"there are several serial ports: name one, as in"
                f" pinlamp watch {ports[0]}: {names}"
            )

    def listen(
        self,
        take: Callable[[dict[str, Any]], None],
        connected: Callable[[Link, str], None],
        stopped: threading.Event,
    ) -> None:
        """Give each event to `take`, until `stopped` is set.

        `connected` gets how it is with the port whenever that changes, and the port's name, empty
        where there is none.
        """
        told: tuple[Link, str] | None = None

        def tell(link: Link, port: str) -> None:
            nonlocal told
            if told != (link, port):
                told = (link, port)
                connected(link, port)

        while not stopped.is_set():
            port = self._there()
            line = self._open(port)
            if line is None:
                tell(_why_not(port), port)
                stopped.wait(_AGAIN_S)
                continue
            tell(Link.OPEN, port)
            with line:
                _read(line, take, stopped)
            told = None

    def _there(self) -> str:
        """Return the port that is there now, "" without one."""
        if self._port is not None:
            return self._port if is_there(self._port) else ""
        found = usb_ports()
        return found[0] if len(found) == 1 else ""

    @staticmethod
    def _open(port: str) -> serial.Serial | None:
        if not port:
            return None
        try:
            return serial.Serial(port, _BAUDRATE, timeout=_POLL_S, exclusive=True)
        except (serial.SerialException, OSError):
            return None


def _why_not(port: str) -> Link:
    if not port:
        return Link.NONE
    return Link.BUSY if may_use(port) else Link.DENIED


def _read(
    line: serial.Serial, take: Callable[[dict[str, Any]], None], stopped: threading.Event
) -> None:
    """Read until the device is gone; what `take` raises is its own."""
    rest = b""
    while not stopped.is_set():
        try:
            data = line.read(max(1, line.in_waiting))
        except (serial.SerialException, OSError):
            return
        *lines, rest = (rest + data).split(b"\n")
        for one in lines:
            event = event_of(one)
            if event is not None:
                take(event)
        if len(rest) > _LONGEST_LINE:
            rest = b""

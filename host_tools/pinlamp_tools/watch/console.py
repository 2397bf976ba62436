"""The console of a device on a serial line: its events, through every unplugging.

The console passes over everything else: tracebacks, boot messages, half lines, garbage. An event
is a line that docs/events.schema.json describes. Of a newer device it takes the parts it knows.
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

from mynacard import KEYS

from .. import paths
from ..deploy.repl import DeviceError, is_there, may_use, usb_ports
from ..show.reading import heard, parse

_BAUDRATE = 115200  # MicroPython's console; native USB ignores it
_POLL_S = 0.1
_AGAIN_S = 0.5  # between two looks for a port
_LONGEST_LINE = 16384  # a result of 11 keys has about 700 bytes


class Link(Enum):
    """The state of the port: open; in use by another; not allowed; not there."""

    OPEN = "open"
    BUSY = "busy"
    DENIED = "denied"
    NONE = "none"


@cache
def _schema() -> Draft202012Validator:
    schema = json.loads(paths.EVENTS.read_text("utf-8"))
    # Any name fits the schema; of keys that are not known here `heard` makes what can be made.
    schema["$defs"]["id"]["enum"] = [key.id for key in KEYS]
    return Draft202012Validator(schema)


def event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event in a line of the console, or None for any other line."""
    event: dict[str, Any] | None = parse(line.decode("utf-8", "replace"))
    if event is None or _schema().is_valid(event):
        return event
    return heard(event)  # type: ignore[no-any-return]


class Console:
    """Listens at `port`; if that is None, at the only port with a USB device."""

    def __init__(self, port: str | None) -> None:
        """Raise DeviceError if `port` is not there, or if None leaves several to choose from."""
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

        `connected` gets the port's state and name whenever they change; the name is empty if there
        is no port.
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
        """Return the port that is there now, or an empty text."""
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
    """Read until the device is gone. Errors of `take` pass through."""
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

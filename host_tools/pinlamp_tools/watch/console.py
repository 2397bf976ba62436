"""The console of a device on a serial line: its events, through every unplugging.

The console passes over everything else: tracebacks, boot messages, half lines, garbage. An event
is a line that docs/events.schema.json describes. Of a newer device it takes the parts it knows.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from mynacard import KEYS

from .. import paths
from ..deploy.port import DeviceError, Line, is_there, several, taken, usb_ports, wait, why_not
from ..show import cable
from ..show.heard import heard, parse
from ..show.strange import visible

_POLL_S = 0.1
_AGAIN_S = 0.5  # between two looks for a port
_CHECKED_HERE = (
    "ready",
    "alive",
    "card",
    "fault",
    "key",
    "result",
)  # types of which `heard` knows more
_LONGEST_LINE = 16384  # a result of 11 keys has about 700 bytes
# Stopped for longer than that, whatever waits in the line was said then, and not now.
_STOPPED_S = 3.0


@cache
def _schema() -> Draft202012Validator:
    schema = json.loads(paths.EVENTS.read_text("utf-8"))
    # Any name fits the schema; of keys that are not known here `heard` makes what can be made.
    schema["$defs"]["id"]["enum"] = [key.id for key in KEYS]
    return Draft202012Validator(schema)


def event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event in a line of the console, or None for any other line.

    Its texts are `visible`, since they go to a terminal.
    """
    event: dict[str, Any] | None = parse(line.decode("utf-8", "replace"))
    if event is None:
        return None
    try:
        # The schema takes 3.0 for a whole number, and a name of any length; it knows no key's
        # own states.
        if event.get("type") in _CHECKED_HERE or not _schema().is_valid(event):
            event = heard(event)
    except Exception:  # whatever a line makes of the schema: one nested 900 deep breaks its repr
        return None
    if event is None:
        return None
    return {name: visible(v) if isinstance(v, str) else v for name, v in event.items()}


class Console:
    """Listens at `port`; if that is None, at the only port with a USB device."""

    def __init__(self, port: str | None, lang: str = "en") -> None:
        """Raise DeviceError if `port` is not there, or if None leaves several to choose from."""
        self._port = port
        if port is not None:
            wait(port)
            if not is_there(port):
                raise DeviceError(f"{port} is not there: is the device plugged in?")
        ports = usb_ports() if port is None else []
        if len(ports) > 1:
            raise DeviceError(
                f"there are several serial ports: name one, as in"
                f" pinlamp watch {ports[0]}: {several(ports, lang)}"
            )

    def listen(
        self,
        take: Callable[[dict[str, Any]], None],
        connected: Callable[[str, str], None],
        stopped: threading.Event,
    ) -> None:
        """Give each event to `take`, until `stopped` is set.

        `connected` gets what the cable shows (`show.cable`) and the port's name whenever they
        change; without a port the name is empty, or that of the USB chip whose port is taken.
        """
        told: tuple[str, str] | None = None

        def tell(state: str, port: str) -> None:
            nonlocal told
            if told != (state, port):
                told = (state, port)
                connected(state, port)

        while not stopped.is_set():
            port = self._there()
            line = self._open(port)
            if line is None:
                tell(why_not(port), port or taken())
                stopped.wait(_AGAIN_S)
                continue
            with line:
                _read(line, take, lambda state, at=port: tell(state, at), stopped)  # type: ignore[misc]
            told = None

    def _there(self) -> str:
        """Return the port that is there now, or an empty text."""
        if self._port is not None:
            return self._port if is_there(self._port) else ""
        found = usb_ports()
        return found[0] if len(found) == 1 else ""

    @staticmethod
    def _open(port: str) -> Line | None:
        if not port:
            return None
        try:
            return Line(port, _POLL_S)
        except OSError:
            return None


def _read(
    line: Line,
    take: Callable[[dict[str, Any]], None],
    tell: Callable[[str], None],
    stopped: threading.Event,
) -> None:
    """Read until the device is gone. Errors of `take` pass through."""
    seen = cable.Cable()
    began, turned = time.monotonic(), _clocks()
    rest = b""
    while not stopped.is_set():
        tell(seen.state)
        try:
            data = line.read(max(1, line.in_waiting))
            last, turned = turned, _clocks()
            if any(abs(now - then) > _STOPPED_S for now, then in zip(turned, last, strict=True)):
                line.reset_input_buffer()
                seen, began, rest = cable.Cable(), time.monotonic(), b""
                continue
        except OSError:
            return
        *lines, rest = (rest + data).split(b"\n")
        for one in lines:
            event = event_of(one)
            if event is not None:
                seen.event(event)
                began = time.monotonic()
            elif seen.words(_text(one)):
                began = time.monotonic()
            tell(seen.state)
            if event is not None:
                take(event)
        if seen.words(_text(rest)):  # a prompt has no end of line
            began = time.monotonic()
        before = seen.state
        seen.nothing((time.monotonic() - began) * 1000)
        if seen.state != before:
            with contextlib.suppress(OSError):
                line.write(b"\r")  # a REPL that waits answers with its prompt
        if len(rest) > _LONGEST_LINE:
            rest = b""


def _clocks() -> tuple[float, float]:
    """Return two clocks in s; the first may stand still while the computer sleeps."""
    return time.monotonic(), time.time()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip("\r")

"""Serial ports: which there are, what hangs on them, and how to open one without a reset."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import serial
from serial.tools import list_ports

from ..show import cable
from ..show.names import Names
from ..show.say import spoken

_LONGEST_LINE = 16384  # characters
_AWAY_S, _LOOK_S = 3.0, 0.1  # how long a device's own port is away at a reset; between two looks
_HEAR_S = 3.0  # `alive` comes every 2 s
BAUDRATE = 115200  # MicroPython's console; native USB ignores it

# By USB vendor and product: the converters of boards, and the chips' own USB (any product).
_CONVERTERS = {(0x10C4, 0xEA60): "CP210x", (0x1A86, 0x7523): "CH340", (0x1A86, 0x55D4): "CH9102"}
_ESPRESSIF, _RASPBERRY_PI = 0x303A, 0x2E8A
# brltty's udev rules take these for braille displays: then Linux makes no port for them.
_BRAILLE_TOO = {(0x10C4, 0xEA60), (0x1A86, 0x7523)}
_USB = Path("/sys/bus/usb/devices")
_SILABS = 0x10C4
_WINDOWS = os.name == "nt"


class DeviceError(Exception):
    """The device is not there, does not answer, or refuses; the message says what to do.

    `state`: what the cable shows instead (`show.cable`), None where that is not the matter.
    """

    def __init__(self, message: str, state: str | None = None, port: str = "") -> None:
        """`port`: the one that `state` is about."""
        super().__init__(message)
        self.state = state
        self.port = port


def words(state: str, port: str, lang: str) -> str:
    """Return a state of the cable in one line: what it is, and what to do."""
    names = Names(lang)
    group = group_of(port) if state == cable.DENIED else ""
    told = [names.cable(state, part, port=port, group=group) for part in ("is", "do")]
    return ": ".join(part for part in told if part)


def told(error: DeviceError, lang: str) -> str:
    """Return what an error says: a state of the cable in `lang`, all else in English."""
    if error.state is None or lang == "en":  # an error may know more than its state
        return str(error)
    return words(error.state, error.port, lang)


def of_state(state: str, port: str = "") -> DeviceError:
    """Return the error for a state of the cable, in English; `words` has both languages."""
    return DeviceError(words(state, port, "en"), state, port)


def usb_ports() -> list[str]:
    """Return the serial ports with a USB device, sorted: COM9 before COM10."""
    names = [str(info.device) for info in list_ports.comports() if info.vid is not None]
    return sorted(names, key=lambda name: [part.zfill(9) for part in re.split(r"(\d+)", name)])


def is_there(port: str) -> bool:
    """Tell whether there is such a port: a file, or on Windows a name such as COM3."""
    return os.path.exists(port) or any(
        str(info.device).upper() == port.upper() for info in list_ports.comports()
    )


def may_use(port: str) -> bool:
    """Tell whether this user may open an existing port, judged by its file's rights."""
    return not os.path.exists(port) or os.access(port, os.R_OK | os.W_OK)


def group_of(port: str) -> str:
    """Return the name of the group that may use a port; Debian's where that cannot be told."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError, KeyError):
            return Path(port).group()
    return "dialout"


def why_not(port: str) -> str:
    """Return why a port did not open, as a state of the cable; "" is no port."""
    if port:
        return cable.BUSY if may_use(port) else cable.DENIED
    return cable.TAKEN if taken() else cable.NONE


def taken(usb: Path = _USB) -> str:
    """Return the name of a converter that is plugged in and has no port; "" without one."""
    for device in sorted(usb.glob("*/idProduct")) if usb.is_dir() else ():
        folder = device.parent
        with contextlib.suppress(OSError, ValueError):
            both = tuple(
                int((folder / name).read_text(), 16) for name in ("idVendor", device.name)
            )
            if both in _BRAILLE_TOO and not any(folder.glob("*:*/tty*")):
                return _CONVERTERS[both]
    return ""


def several(ports: list[str], lang: str) -> str:
    """Return the ports with what each one is, for a user who has to name one."""
    names = Names(lang)
    told, own, converter = [], False, False
    infos: dict[str, Any] = {str(info.device): info for info in list_ports.comports()}
    for port in ports:
        vendor, product = (getattr(infos.get(port), name, None) or 0 for name in ("vid", "pid"))
        what = _CONVERTERS.get((vendor, product), "")
        if vendor in (_ESPRESSIF, _RASPBERRY_PI):
            what = names.cable("ports", "own")
        own, converter = own or vendor == _ESPRESSIF, converter or what in _CONVERTERS.values()
        told.append(f"{port} ({what})" if what else port)
    both = own and converter
    return " ".join(told) + (". " + names.cable("ports", "both") if both else "")


def wait(port: str | None) -> None:
    """Wait up to 3 s for `port`, or for any: the command before let the device start again."""
    until = time.monotonic() + _AWAY_S
    while not (is_there(port) if port else usb_ports() or taken()) and time.monotonic() < until:
        time.sleep(_LOOK_S)


def find_port(port: str | None) -> str:
    """Return `port`, or the only serial port with a USB device; DeviceError lists several.

    Waits for it: see `wait`.
    """
    wait(port)
    if port is not None:
        return port
    found = usb_ports()
    if len(found) == 1:
        return found[0]
    if found:
        ports = several(found, spoken())
        raise DeviceError(f"there are several serial ports: name one with --port: {ports}")
    if taken():
        raise of_state(cable.TAKEN, taken())
    raise DeviceError(
        "no serial port: plug the device in with a data cable (a charge-only cable shows none), or"
        " name one: --port P",
        cable.NONE,
    )


class Line(serial.Serial):
    """A serial line that resets no board when it is opened and closed, as mpremote's.

    On a board with an ESP32, RTS without DTR is a reset. Windows lets DTR fall first at the end,
    and its driver for a CP210x raises them apart at the first opening.
    """

    def __init__(self, port: str, timeout: float) -> None:
        """Open `port` for this program alone; `timeout` of a read in s. Raises OSError."""
        super().__init__(None, BAUDRATE, timeout=timeout, exclusive=True)
        self.port = port
        apart = _WINDOWS and any(info.vid == _SILABS for info in list_ports.grep(re.escape(port)))
        if apart:
            self.dtr = self.rts = False
        self.open()
        if apart:
            self.dtr = True
            self.rts = True

    def close(self) -> None:
        """Let RTS fall before DTR, then close."""
        if self.is_open:
            with contextlib.suppress(OSError):  # a pty has no such lines
                self.rts = False
                self.dtr = False
        super().close()


def no_repl(port: str) -> DeviceError:
    """Return the error for a device without a REPL, by what can be heard of it instead."""
    state = look(port, _HEAR_S)
    if state in (cable.LIVE, cable.KEEPING):
        state = cable.SEALED
    if state in (cable.SEALED, cable.LOADER):
        return of_state(state, port)
    return DeviceError(
        f"{port}: no MicroPython answers there: is it the right port, and is MicroPython"
        " on the device (pinlamp flash)?",
        cable.SILENT,
        port,
    )


def look(port: str, patience_s: float) -> str:
    """Return what the cable shows at `port` within `patience_s`."""
    from ..show.heard import heard, parse

    seen = cable.Cable()
    until = time.monotonic() + patience_s
    rest = ""
    try:
        with Line(port, 0.1) as line:
            while time.monotonic() < until and seen.state == cable.LISTENING:
                data = line.read(max(1, line.in_waiting)).decode("utf-8", "replace")
                *lines, rest = (rest + data).split("\n")
                for text in (*lines, rest):
                    event = parse(text)
                    known = heard(event) if event is not None else None
                    seen.event(known) if known else seen.words(text.strip("\r"))
                rest = rest[-_LONGEST_LINE:]
    except OSError:
        return why_not(port)
    seen.nothing(cable.PATIENCE_MS)
    return str(seen.state)

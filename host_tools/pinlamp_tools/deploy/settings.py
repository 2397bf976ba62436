"""The settings of a device, from a PC: looked at, changed, forgotten."""

from __future__ import annotations

import json
from typing import Any

from pinlamp.settings import Settings

from .repl import DeviceError, Repl

NAMES = (*("profile", "layout", "brightness", "hold_s", "sound", "events", "licence", "poll_ms"),)
_VALUES = {
    "profile": "pocket or counter",
    "layout": "12, 8, 5 or 1, and no more than the strip has pixels",
    "brightness": "5 to 100 (percent)",
    "hold_s": "0 to 3600 (seconds)",
    "sound": "true or false",
    "events": "true or false",
    "licence": "true or false; true needs layout 12 or 1",
    "poll_ms": "20 to 1000 (milliseconds)",
}


class SettingError(Exception):
    """A setting that the device would not take; the message names what it takes."""


class OfDevice:
    """The settings of the device behind a Repl. Raises DeviceError without our firmware on it."""

    def __init__(self, repl: Repl) -> None:
        """Read them, and the board that they are for."""
        slot = repl.slot()
        board = json.loads(repl.read(f"/{slot}/board.json") or b"{}") if slot else {}
        if not board:
            raise DeviceError("Pinlamp is not on this device yet: pinlamp deploy --board NAME")
        self._repl = repl
        self._path = f"/{slot}/settings.json"
        self._strip = board["strips"][0]
        text = repl.read(self._path)
        try:
            found = json.loads(text) if text is not None else {}
        except ValueError:
            found = {}
        self.given: dict[str, Any] = found if isinstance(found, dict) else {}

    def effective(self, given: dict[str, Any] | None = None) -> Settings:
        """Return what the firmware makes of `given`, else of the device's own file."""
        given = self.given if given is None else given
        return Settings(given, self._strip["layout"], self._strip["count"])

    def set(self, name: str, text: str) -> None:
        """Change one setting; SettingError if the device would not take it."""
        if name not in NAMES:
            raise SettingError(f"there is no setting {name}: there are {', '.join(NAMES)}")
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        given = {**self.given, name: value}
        if name in self.effective(given).replaced:
            raise SettingError(f"{name} cannot be {text}: it takes {_VALUES[name]}")
        self._write(given)

    def reset(self) -> None:
        """Forget all settings."""
        self._write({})

    def _write(self, given: dict[str, Any]) -> None:
        # Whole or not at all, as the firmware itself.
        data = json.dumps(given).encode()
        self._repl.write(f"{self._path}.new", data)
        self._repl.rename(f"{self._path}.new", self._path)
        self.given = given

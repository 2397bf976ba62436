"""The settings of a device: a PC reads, changes and forgets them."""

from __future__ import annotations

import json
from typing import Any

from pinlamp import files
from pinlamp.settings import MOST, PROFILES, Settings

from .port import DeviceError
from .repl import Repl

# The values that each setting takes, by its name.
TAKES = {
    "profile": "pocket or counter",
    "layout": "12, 8, 5 or 1, and no more than the strip has pixels",
    "brightness": "5 to 100 (percent)",
    "hold_s": "0 to 3600 (seconds)",
    "sound": "true or false",
    "events": "true or false",
    "licence": "true or false; true needs layout 12 or 1",
    "poll_ms": "20 to 1000 (milliseconds)",
}


_NOT_YET = "Pinlamp is not on this device yet: pinlamp deploy --board NAME"

# Python's JSON is not MicroPython's: one takes NaN, the other a comma too many.
_ASK = """
import json
try:
 with open({path!r},'rb')as f:d=f.read({most}+1)
 _tell(json.dumps(json.loads(d.decode()))if len(d)<={most} else'null')
except OSError as e:_tell('{{}}'if e.errno==2 else'null')
except ValueError:_tell('null')
"""


def on_device(repl: Repl, home: str) -> Any:
    """Return what the settings in the folder `home` hold, as the device itself reads them.

    {} without a file; None if the device cannot read it, and so has defaults.
    """
    path = f"{home}/{files.SETTINGS}"
    said = repl.told(_ASK.format(path=path, most=MOST), f"reading {path}")
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        raise DeviceError(f"reading {path}: the device's answer cannot be read") from None


class SettingError(Exception):
    """The device would refuse a setting; the message names the values that it takes."""


def written(given: dict[str, Any]) -> bytes:
    """Return the content of a settings.json. Raises SettingError where a device would not take it.

    Short, since what MicroPython has written, or a person, may be as long as a device reads.
    """
    content = json.dumps(given, separators=(",", ":"), ensure_ascii=False).encode()
    size = len(content)
    if size > MOST:
        raise SettingError(
            f"the device would not take settings of {size} bytes, {MOST} at most: forget them"
            " all (pinlamp settings reset)"
        )
    return content


class OfDevice:
    """The settings of the device behind a Repl. Raises DeviceError without our firmware on it.

    `given`: the contents of its file. `damaged`: the file is no JSON object, so the device keeps
    its results to itself, which is then `given`; all else is at its default. `board`: the contents
    of its board.json.
    """

    def __init__(self, repl: Repl) -> None:
        """Read them, and the board of the device."""
        home = _home(repl)
        board = repl.read(f"{home}/{files.BOARD}")
        if board is None:
            raise DeviceError(_NOT_YET)
        self._repl = repl
        self._new_path = f"{home}/{files.SETTINGS_NEW}"
        self._path = f"{home}/{files.SETTINGS}"
        try:
            self.board: dict[str, Any] = json.loads(board)
            self._strip = self.board["strips"][0]
            self.effective({"layout": 1})
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise DeviceError("the device's board.json is damaged: run pinlamp deploy") from None
        found = on_device(repl, home)
        self.damaged = not isinstance(found, dict)
        self.given: dict[str, Any] = {"events": False} if self.damaged else found

    def effective(self, given: dict[str, Any] | None = None) -> Settings:
        """Return the firmware's reading of `given`, by default of the device's own file."""
        given = self.given if given is None else given
        return Settings(given, self._strip["layout"], self._strip["count"])

    def set(self, name: str, text: str) -> Any:
        """Change one setting, return its value; SettingError if the device would refuse it."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        given = {**self.given, name: value}
        lost = self.effective(given).replaced
        if name in lost:
            raise SettingError(f"{name} cannot be {text}: it takes {TAKES[name]}")
        others = ", ".join(sorted(set(lost) - set(self.effective().replaced)))
        if others:
            raise SettingError(f"{name} {text} does not go with {others}: change that first")
        # The old settings stay whole until the new ones are whole: one rename swaps them.
        content = written(given)
        self._repl.write(self._new_path, content)
        if self._repl.read(self._new_path) != content:
            raise DeviceError("the settings were not written well: repeat the command")
        self._repl.rename(self._new_path, self._path)
        return value

    def own(self, profile: str) -> dict[str, Any]:
        """Return the settings of the file that are not as `profile` alone would have them."""
        usual = PROFILES[profile].items()
        return {
            name: self.given[name] for name, value in usual if self.given.get(name, value) != value
        }


def reset(repl: Repl) -> None:
    """Forget all settings, whatever their file holds. Raises DeviceError without our firmware."""
    repl.clear(f"{_home(repl)}/{files.SETTINGS}")


def _home(repl: Repl) -> str:
    home = repl.home()
    if home is None:
        raise DeviceError(_NOT_YET)
    return home

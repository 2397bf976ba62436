"""Settings: one small JSON file; each setting has a default.

    name        values                 default
    profile     "pocket", "counter"    "pocket"
    layout      12, 8, 5, 1            the board's
    brightness  5–100 % of full drive  25: any USB port will do
    hold_s      0–3600 s after lifting 60, counter 3
    sound       true, false            true, counter false
    events      true, false            true, counter false
    licence     true, false            false
    poll_ms     20–1000 ms             100

A default replaces each wrong value of the file, and the device names the setting. If that is the
profile, `events` or the whole file, nobody knows whether results may leave the device: they stay.
"""

import errno
import json
import os

from mynacard import default_keys

from . import files
from .layout import LAYOUTS, hidden

PROFILES = {
    "pocket": {"hold_s": 60, "sound": True, "events": True},
    "counter": {"hold_s": 3, "sound": False, "events": False},
}

_RANGES = {"brightness": (5, 100), "hold_s": (0, 3600), "poll_ms": (20, 1000)}
# Bytes of the file; all settings together have 140. A device's memory, how deep it can nest and a
# PC's idea of both must not decide whether a file counts.
MOST = 512

_FLAGS = ("sound", "events", "licence")
_KEEP_RESULTS = ("profile", "events", files.SETTINGS)  # if one of them is not usable


class Settings:
    """The settings as attributes, named as in the file; `replaced` names the unusable ones."""

    def __init__(self, given, board_layout, count):
        """`given`: the file's dict, or any other JSON value that it held.

        `board_layout`: the board's layout. `count`: the number of pixels on its strip.
        """
        self.replaced = []
        if not isinstance(given, dict):
            self.replaced.append(files.SETTINGS)
            given = {}
        self.profile = "pocket"
        self.layout = board_layout
        self.brightness = 25
        self.licence = False
        self.poll_ms = 100
        self._take("profile", given, lambda value: value in PROFILES)
        for name, value in PROFILES[self.profile].items():
            setattr(self, name, value)
        self._take("layout", given, lambda value: value in LAYOUTS and value <= count)
        for name in sorted(given, key=str):  # MicroPython's json accepts names that are no strings
            if name in _FLAGS:
                self._take(name, given, lambda value: True, bool)
            elif name in _RANGES:
                low, high = _RANGES[name]
                self._take(name, given, lambda value: low <= value <= high)  # noqa: B023
            elif name not in ("profile", "layout"):
                self.replaced.append(str(name) or files.SETTINGS)
        if any(name in _KEEP_RESULTS for name in self.replaced):
            self.events = False
        # Refuse a layout that would hide a lock.
        shown_always = [key.id for key in default_keys()]
        lacking = hidden(self.layout, shown_always)
        if lacking:  # no setting can repair that: the firmware's own table has a hole
            raise ValueError(f"layout.py: no lamp for {', '.join(lacking)} in {self.layout}")
        if hidden(self.layout, [key.id for key in self.keys()]):
            self.licence = False
            self.replaced.append("licence")

    def keys(self):
        """Return the keys to ask, each a `mynacard.Key`."""
        return default_keys(self.licence)

    def _take(self, name, given, fits, kind=None):
        if name not in given:
            return
        value = given[name]
        kind = kind or (str if name == "profile" else int)
        if type(value) is kind and fits(value):
            setattr(self, name, value)
        else:
            self.replaced.append(name)


def reset(path, used, board_layout):
    """Forget the settings in the file `path`, the Settings `used`: the next start has defaults.

    Anybody may press the device's button. So what keeps results on it stays, and so do another
    layout than the board's (the label is for that one, and a lamp must be what is written beside)
    and the licence, whose lamp would be dark though its PIN is locked.
    """
    kept = {}
    if used.licence:
        kept["licence"] = True
    if used.layout != board_layout:
        kept["layout"] = used.layout
    if used.profile == "counter":
        kept["profile"] = used.profile
    if not used.events:
        kept["events"] = False
    try:
        if kept:
            with open(path, "w") as file:
                json.dump(kept, file)
        else:
            os.remove(path)
    except OSError:
        pass


def load(path, board_layout, count):
    """Return the Settings in the JSON file `path`; all defaults if there is none."""
    try:
        with open(path, "rb") as file:
            data = file.read(MOST + 1)
        given = json.loads(data.decode()) if len(data) <= MOST else None
    except OSError as error:
        given = {} if error.errno == errno.ENOENT else None
    except (ValueError, UnicodeError):
        given = None
    return Settings(given, board_layout, count)

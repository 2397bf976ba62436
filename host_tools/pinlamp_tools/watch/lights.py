"""The lamps of a device that is somewhere else: the firmware's own, driven by its events.

Always twelve, one a key: which lamps the device has, its events do not tell.
"""

from __future__ import annotations

import time
from typing import Any

from mynacard import keys
from pinlamp import look
from pinlamp.lamps import Lamps

from ..reading import Reading

LAYOUT = 12
_FAULTS = {
    "reader_lost": look.READER_LOST,
    "no_type_b": look.READER_LOST,
    "settings": look.SETTINGS,
    "safe_mode": look.SAFE_MODE,
}
_JPKI_KEYS = [key.id for key in keys.KEYS if key.aid == keys.TOKEN.aid]
_ALL_KEYS = [key.id for key in keys.select()]
_WAITING = {
    kind: _ALL_KEYS if scope == keys.ALL else _JPKI_KEYS
    for kind, scope in keys.TOKENS.values()
    if scope != keys.NONE
}


class _Clock:
    @staticmethod
    def ticks_ms() -> int:
        return time.monotonic_ns() // 1_000_000

    @staticmethod
    def ticks_diff(end: int, start: int) -> int:
        return end - start


class _Strip:
    """Takes the place of the device's strip: pixels at a quarter of full drive, as there."""

    def __init__(self) -> None:
        self.pixels = bytearray(3 * LAYOUT)

    def set(self, index: int, colour: tuple[int, int, int], level: int) -> None:
        for i in range(3):
            self.pixels[3 * index + i] = colour[i] * level // 255 // 4

    def show(self) -> None:
        pass


class Lights:
    """What the lamps show after each event; `pixels` as `render` left them."""

    def __init__(self) -> None:
        """Dark: nothing is known of any device."""
        self._strip = _Strip()
        self._lamps = Lamps(self._strip, LAYOUT, _Clock)

    def follow(self, event: dict[str, Any], reading: Reading) -> None:
        """Do as the device does at `event`, which `reading` has taken already."""
        match event:
            case {"type": "ready"}:
                self._lamps.ready()
            case {"type": "card", "kind": str(kind)} if kind in _WAITING:
                self._lamps.reading(_WAITING[kind])
            case {"type": "card"}:
                several = reading.phase == "several"
                self._lamps.device(look.SEVERAL if several else look.OTHER_CARD)
            case {"type": "key", "id": key, "state": state}:
                self._lamps.finding(key, state)
            case {"type": "result", "keys": found}:
                # What was not heard of, because the cable was plugged in late, is in here.
                self._lamps.reading([key["id"] for key in found])
                for key in found:
                    self._lamps.finding(key["id"], key["state"])
                if reading.complete:
                    self._lamps.read()
                else:
                    self._lamps.not_read()
            case {"type": "fault", "code": code}:
                self.dark()
                if code in _FAULTS:
                    self._lamps.device(_FAULTS[code])

    def dark(self) -> None:
        """Switch all lamps off: the device is not there."""
        self._lamps.dark()

    def render(self) -> tuple[bytes, int]:
        """Return the pixels as they have to be now, and in how many ms they change next."""
        wait: int = self._lamps.render()
        return bytes(self._strip.pixels), wait

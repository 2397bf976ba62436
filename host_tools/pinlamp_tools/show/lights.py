"""The lamps of a device on a cable: the firmware's own code, driven by the device's events.

They are the device's own lamps, once it has told how many it has; until then twelve, one for each
key. Runs under CPython, and under MicroPython in the page.
"""

from mynacard import keys
from pinlamp import look
from pinlamp.lamps import Lamps

from .heard import TYPES

_UNTOLD = 12
NOTICE_MS = look.NOTICE_MS

_FAULTS = {
    "reader_lost": look.READER_LOST,
    "no_type_b": look.READER_LOST,
    "settings": look.SETTINGS,
    "safe_mode": look.SAFE_MODE,
}
_JPKI_KEYS = [key.id for key in keys.KEYS if key.aid == keys.TOKEN.aid]
_ALL_KEYS = [key.id for key in keys.default_keys()]


def _waiting(kind):
    """Return the keys that wait while a card of `kind` is read; None for one that is not asked."""
    for name, scope in keys.TOKENS.values():
        if name == kind and scope != keys.NONE:
            return _ALL_KEYS if scope == keys.ALL else _JPKI_KEYS
    return None


def words_stay_ms(event, reading):
    """Return for how many ms the words of an event stay; None: until the next event.

    `reading`: the `Reading` that has taken it.
    """
    if event["type"] == "removed":
        return reading.kept_ms
    if event["type"] == "fault" and event["code"] == "settings":
        return NOTICE_MS
    return None


class _Strip:
    """A strip in memory. Its pixels have a quarter of full drive, as on the device."""

    def __init__(self, count):
        self.pixels = bytearray(3 * count)

    def set(self, index, colour, level):
        for i in range(3):
            self.pixels[3 * index + i] = colour[i] * level // 255 // 4

    def show(self):
        pass


class Lights:
    """The lamps, following a device's events.

    count   how many there are
    layout  the same, once the device has told it; None: nobody knows which lamp is which key's
    """

    def __init__(self, clock):
        """Start dark. `clock` has `ticks_ms` and `ticks_diff`, as MicroPython's `time`."""
        self._clock = clock
        self._lay(None)
        self._over = None  # (since when, for how many ms) the lamps stay before they show "ready"
        self._stays_ms = None  # after the card is lifted; None: as the reading has it
        self._reads = False  # a card's answers come in

    def _lay(self, layout):
        self.layout = layout
        self.count = layout or _UNTOLD
        self._strip = _Strip(self.count)
        self._lamps = Lamps(self._strip, self.count, self._clock)

    def follow(self, event, reading):
        """Do what the device does at an event; `reading`: the `Reading` that has taken it.

        An unknown type changes nothing: a result that has its time goes when that is over.
        """
        kind = event["type"]
        if kind not in TYPES:
            return
        lost = kind == "key" and not self._reads  # its `card` event was: this is another card
        self._reads = reading.phase == "reading"
        if kind == "removed":
            self._end_after(reading.kept_ms if self._stays_ms is None else self._stays_ms)
            return
        self._over = None
        self._stays_ms = None
        # Not in the middle of a card: all but a key that is not the first draws all lamps anew.
        if reading.lamps != self.layout and (kind != "key" or lost):
            self._lay(reading.lamps)
        if kind == "ready":
            self._lamps.ready()
        elif kind == "card":
            self._card(event["kind"])
        elif kind == "key":
            if lost:
                self._lamps.reading(_ALL_KEYS)
            self._lamps.finding(event["id"], event["state"])
        elif kind == "result":
            self._result(reading)
        elif kind == "fault":
            self._fault(event["code"])
        elif kind in ("demo", "check"):  # its lamps show what is no card's
            self._lamps.dark()

    def _card(self, kind):
        waiting = _waiting(kind)
        if waiting is None:
            self._stays_ms = NOTICE_MS
            self._lamps.device(look.SEVERAL if kind == "several" else look.OTHER_CARD)
        else:
            self._lamps.reading(waiting)

    def _result(self, reading):
        # What the words say, and not the line: that may have a hole, or contradict those before.
        found = [one for one in reading.result()[1] if one["id"] is not None]
        self._lamps.reading([one["id"] for one in found])
        for one in found:
            self._lamps.finding(one["id"], one["state"])
        if reading.complete and not reading.untold:
            self._lamps.read()
        else:
            self._lamps.not_read()  # violet: some of it is unknown here

    def _fault(self, code):
        self._lamps.dark()
        if code in _FAULTS:
            self._lamps.device(_FAULTS[code])
        if code == "settings":
            self._end_after(NOTICE_MS)

    def _end_after(self, ms):
        self._over = (self._clock.ticks_ms(), ms)

    def dark(self):
        """Switch all lamps off: the device is gone, and the next may have others."""
        self._over = None
        self._reads = False
        self._lay(None)

    def render(self):
        """Return the pixels for now, three bytes each, and in how many ms they change."""
        if self._over is not None:
            since, ms = self._over
            if self._clock.ticks_diff(self._clock.ticks_ms(), since) >= ms:
                self._over = None
                self._lamps.ready()
        wait = self._lamps.render()
        return bytes(self._strip.pixels), wait

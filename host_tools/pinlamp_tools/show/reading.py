"""Follows a device's events: the device's state, and the keys of the last card.

Runs under CPython, and under MicroPython in the page, so all screens follow a device alike. The
simulator's lamps do not come from here: they show the pixels that the firmware writes.
"""

from mynacard import keys, state

from .heard import ALWAYS, ASKED, KEY_IDS, TYPES, texts

# The phases in which a card lies there and all that is told of it has been told.
TOLD = ("read", "again", "other", "several")
_OF_A_CARD = TOLD + ("removed",)

_OF_PHONES_TOO = tuple([key.id for key in keys.KEYS if key.aid == keys.TOKEN.aid])
_PHONES = tuple([kind for kind, asked in keys.TOKENS.values() if asked == keys.JPKI_ONLY])
# What every complete result of a card, or of a phone, tells.
_OF_CARD = tuple([key.id for key in keys.default_keys()])
_OF_PHONE = tuple([key for key in _OF_CARD if key in _OF_PHONES_TOO])

# A result stays on a screen as long as on the device, within these: nobody reads advice in 3 s.
KEPT_MS = 60_000
_AT_LEAST_MS = 10_000


class Reading:
    """The device's `phase`, and of the last card `kind`, `keys` and, when read, `overall`.

    lamps    how many the device has: 12, 8, 5 or 1; None as long as it has not told
    kept_ms  how long a result stays after its card was lifted

    phase    start, check (the self-check), demo, ready, reading, read, again (not read; stays
             when the card is lifted), other (a card that the device does not ask), several,
             removed, fault
    keys     key id -> (state, left, max)
    notes    key id -> what the device says of it besides, as docs/events.md has it
    more     whether a result told more than this version understands
    fault    the last `fault` event, while `phase` is "fault"
    """

    def __init__(self):
        """Start without any event."""
        self.phase = "start"
        self.lamps = None
        self.kept_ms = KEPT_MS
        self.forget()

    def forget(self):
        """Forget the card."""
        self.kind = None
        self.keys = {}
        self.notes = {}
        self.overall = None
        self.complete = False
        self.more = False
        self.fault = {}
        self._lifted = False  # the card, also in the phase "again"
        self._tap = None  # its number, if the device has told one

    def take(self, event):
        """Follow one event. An unknown type changes nothing."""
        kind = event.get("type")
        if kind == "ready":
            self._about(event)
        if kind in ("ready", "demo", "check"):
            self.forget()
            self.phase = kind
        elif kind == "card":
            self.forget()
            self.kind = event["kind"]
            self._tap = event.get("tap")
            self.phase = "reading" if self.kind in ASKED else "other"
            if self.kind == "several":
                self.phase = "several"
        elif kind == "key":
            if self.phase != "reading":  # its `card` event got lost: this is another card
                self.forget()
                self.phase = "reading"
            self.keys[event["id"]] = _found(event)
            self._note(event)
        elif kind == "result":
            self._end(event)
        elif kind == "removed":
            self._lifted = True
            if self.phase != "again":
                self.phase = "removed"
        elif kind == "fault":
            self.forget()
            self.fault = event
            self.phase = "fault"

    def news(self, event):
        """Return the event that an `alive` stands for after what was heard, None for no news.

        It tells that no card lies there, which a lost line may have said. Other events are news,
        without keys that the kind of card has not; those of an unknown type are none.
        """
        if event["type"] in ("key", "result") and self.phase == "reading":
            return _of_phone(event) if self.kind in _PHONES else event
        if event["type"] != "alive":
            return event if event["type"] in TYPES else None
        self._about(event)
        if "tap" in event:
            return self._beside_a_card(event["tap"])
        fault = event.get("fault")
        lasting = self.fault.get("code") if self.phase == "fault" else None
        if fault is not None:
            told = dict(event, type="fault", code=fault)
            return None if fault == lasting else texts(told, ("code", "reader"))
        if self.phase in _OF_A_CARD and event.get("taps", self._tap) != self._tap:
            return {"v": 1, "type": "ready"}  # nothing was heard of the last card
        if lasting == "settings" or self.phase in ("ready", "removed"):
            return None
        if self.phase == "again" and self._lifted:
            return None
        return {"v": 1, "type": "removed" if self.phase in TOLD else "ready"}

    def _beside_a_card(self, tap):
        """Return the news that a card lies there: if it is no other than the one heard of, none.

        Of another nothing was heard, so nothing is known: what is shown is the card's before it.
        """
        if self.phase in TOLD and not self._lifted and tap == self._tap:
            return None
        return None if self.phase == "ready" else {"v": 1, "type": "ready"}

    def _about(self, event):
        if "board" in event:  # a device that has just started: perhaps another one
            self.lamps, self.kept_ms = None, KEPT_MS
        self.lamps = event.get("lamps", self.lamps)
        hold_s = event.get("hold_s", 0 if event.get("counter") else None)
        if hold_s is not None:
            self.kept_ms = min(KEPT_MS, max(_AT_LEAST_MS, hold_s * 1000))

    def _note(self, event):
        self.notes.pop(event["id"], None)
        if event.get("note"):
            self.notes[event["id"]] = event["note"]

    def _end(self, event):
        tap = event.get("tap")
        if self.phase != "reading" or tap != self._tap:  # its `card` event got lost
            self.forget()
        self._tap = tap
        # A result repeats all keys, since earlier lines may have got lost. It may have a hole,
        # too: what it tells otherwise than a line before, or leaves out, is not known.
        told, self.keys = self.keys, {}
        for one in event["keys"]:
            found = _found(one)
            if told.setdefault(one["id"], found) != found:
                told[one["id"]] = None
            self.keys[one["id"]] = found
            self._note(one)
        for key, found in told.items():
            if found != self.keys.get(key):
                self.keys[key] = (state.UNKNOWN, None, None)
                self.notes.pop(key, None)
        if self.kind is None and [key for key in self.keys if key not in _OF_PHONES_TOO]:
            self.kind = "my_number_card"  # only that has more keys than a phone
        self.more = bool(event.get("more"))
        # Of a result without any key, or of nobody knows what, nothing can be said.
        said = self.kind is not None and (self.keys or self.more)
        self.complete = bool(said and event["complete"] is True)
        self.phase = "read" if self.complete else "again"
        states = [found["state"] for found in self._findings()]
        self.overall = state.worst(states) if self.complete else None

    @property
    def over(self):
        """Whether the reading of a card has ended, so that there is advice for it."""
        if self.phase == "removed":
            return self.kind is not None
        return self.phase in TOLD

    def table(self):
        """Return (key, state, left, max) of each known key, in the order of `mynacard.keys`."""
        return [(key,) + self.keys[key] for key in KEY_IDS if key in self.keys]

    def result(self):
        """Return (kind, findings with id, state and note, complete), as `guidance` takes them.

        A complete result's key that was not told is unknown. So is a finding whose id is None: it
        stands for what the device told and this version does not know.
        """
        asked = self.kind is None or self.kind in ASKED
        return self.kind, self._findings(), self.complete if asked else True

    @property
    def untold(self):
        """Whether a result left something unknown that is no finding of the device."""
        if self.phase == "again":
            return True
        return len(self._findings()) > len(self.keys)

    @property
    def lacking(self):
        """The keys that are not on this card, though every My Number Card has them."""
        if self.kind != "my_number_card":
            return []
        return [row[0] for row in self.table() if row[1] == state.ABSENT and row[0] in ALWAYS]

    def _findings(self):
        wanted = self._wanted()
        findings = []
        for key in KEY_IDS:
            if key in self.keys:
                found = {"id": key, "state": self.keys[key][0], "note": self.notes.get(key)}
                findings.append(found)
            elif key in wanted:
                findings.append({"id": key, "state": state.UNKNOWN, "note": None})
        if self.complete and self.more:
            findings.append({"id": None, "state": state.UNKNOWN, "note": None})
        return findings

    def _wanted(self):
        """Return the keys that this result has to tell."""
        if not self.complete:
            return ()
        return _OF_PHONE if self.kind in _PHONES else _OF_CARD

    def state(self, key):
        """Return (state, left, max) of a key; the state may be "waiting", "not_asked", "none"."""
        if key in self.keys:
            return self.keys[key]
        if self.phase == "reading":
            return ("waiting", None, None)
        if key in self._wanted():
            return (state.UNKNOWN, None, None)
        # If other keys have an answer, the device did not ask for this one.
        return ("not_asked" if self.keys else "none", None, None)


def _of_phone(event):
    if event["type"] == "key":
        return event if event["id"] in _OF_PHONES_TOO else None
    known = [one for one in event["keys"] if one["id"] in _OF_PHONES_TOO]
    if len(known) == len(event["keys"]):
        return event
    told = dict(event)
    told["keys"] = known
    told["more"] = True
    return told


def _found(event):
    return (event["state"], event.get("left"), event.get("max"))

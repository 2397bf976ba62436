"""The re-tap: did it help? A reading beside the one before it, only if the person asked for it.

No identifier is read, so nobody can tell whether it is the same card: the words say "if". What is
kept is the kind of card and which keys were locked, from the press of the button until the next
reading. It is dropped on another kind of card, after two minutes, on any tap that was not asked
for, when the device starts anew, and when its button darkens the lamps. It never exists with
profile `counter`: there the next card is the next person's. Runs under CPython and MicroPython; no
I/O.
"""

from mynacard import state

from .heard import ASKED

KEPT_MS = 120_000

# What a comparison says
WAITING = "waiting"  # asked for; the card has not been read again
UNLOCKED = "unlocked"
PARTLY = "partly"  # some are unlocked, or others are locked now
STILL = "still"
UNCLEAR = "unclear"  # a key that was locked gave no answer

_FREE = (state.OK, state.UNLIMITED, state.USED, state.LAST)


class Again:
    """Compares the next reading with this one, once the person has asked."""

    def __init__(self, clock):
        """`clock` has `ticks_ms` and `ticks_diff`, as MicroPython's `time`."""
        self._clock = clock
        self.forget()

    def forget(self):
        """Forget all: another device, or none."""
        self._may = False  # until a device says that it is no counter's
        self.drop()

    def drop(self):
        """Forget the comparison: the person has cleared the screen."""
        self._kind = None
        self._locked = ()
        self._said = None
        self._since = 0

    def may_ask(self, reading):
        """Tell whether there is a lock in this reading that a next one could be compared with."""
        return bool(self._may and reading.over and reading.complete and _locked(reading))

    def ask(self, reading):
        """Keep this reading's locks for the next tap, if `may_ask`: the person has pressed."""
        if self.may_ask(reading):
            self._kind = reading.kind
            self._locked = _locked(reading)
            self._said = WAITING
            self._since = self._clock.ticks_ms()

    def follow(self, event, reading):
        """Follow an event of a device (see `reading.heard`), after `reading` has taken it."""
        self._expire()
        kind = event["type"]
        if kind in ("demo", "check"):
            self.drop()
        elif kind == "ready" or kind == "alive":
            self._may = not event.get("counter") and event.get("results") is not False
            if kind == "ready" or not self._may:
                self.drop()
        elif kind in ("card", "key", "result"):
            if self._said != WAITING:
                self.drop()  # a tap that nobody asked for
            elif reading.kind is not None and reading.kind != self._kind:
                self.drop()
            elif kind == "result" and reading.complete:
                self._said = self._compare(reading)
                self._locked = ()
                self._since = self._clock.ticks_ms()

    def _compare(self, reading):
        found = [reading.state(key)[0] for key in self._locked]
        if [one for one in found if one not in _FREE and one != state.LOCKED]:
            return UNCLEAR
        left = _locked(reading)
        if not left:
            return UNLOCKED
        return PARTLY if state.LOCKED not in found or len(set(found)) > 1 else STILL

    def _expire(self):
        now = self._clock.ticks_ms()
        if self._said and self._clock.ticks_diff(now, self._since) >= KEPT_MS:
            self.drop()

    def said(self, reading):
        """Return what the comparison says of this reading, one of the above; None for nothing."""
        self._expire()
        if self._said is None or self._said == WAITING or reading.over:
            return self._said
        return None


def _locked(reading):
    """Return the keys that are locked, and not by the card's settings."""
    if reading.kind not in ASKED:
        return ()
    return tuple([key for key, found, _, _ in reading.table() if found == state.LOCKED])

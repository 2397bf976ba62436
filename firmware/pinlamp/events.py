"""Events: one JSON object a line on the console. Described by docs/events.schema.json.

The functions make events without their version; `Events.tell` adds it as "v". Device, PC/SC reader
and trace all make their events here.
"""

import json

VERSION = 1
_BEAT_MS = 2000  # from one `alive` to the next
# What is told even if the settings keep the results to the device: it says nothing of a card.
_OF_THE_DEVICE = ("ready", "alive", "demo", "fault")
_LOST = "reader_lost"


def ready_event(board, version, config):
    """The device can take a card: after its start, after it lost the reader, after a press.

    `config`: its settings, of which screens have to know some.
    """
    return _with(config, {"type": "ready", "board": board, "version": version})


# From a tap's number screens learn that another card came while they heard nothing; of the card it
# tells nothing.


def alive_event(config, fault=None, tap=None, taps=0):
    """The device lives; `fault`: the code of one that lasts; `tap`: of what lies there.

    `taps`: the number of the last card, 0 before the first. Of these two a device that keeps its
    results does not speak.
    """
    event = _with(config, {"type": "alive"})
    if fault is not None:
        event["fault"] = fault
    if not config.events:
        return event
    event["taps"] = taps
    return _of_tap(event, tap)


def _of_tap(event, tap):
    if tap is not None:
        event["tap"] = tap
    return event


def _with(config, event):
    event["results"] = config.events  # false: it keeps what it finds to itself
    event["lamps"] = config.layout  # their numbers are those of that label
    event["hold_s"] = config.hold_s  # no screen has to keep a result longer
    if config.profile == "counter":
        event["counter"] = True  # no screen may compare one card with the next
    return event


def card_event(kind, tap=None):
    """A card lies there and its kind is known. The event clears all earlier ones."""
    return _of_tap({"type": "card", "kind": kind}, tap)


def key_event(finding):
    """A key has its answer, or will get none."""
    event = _facts(finding)
    event["type"] = "key"
    return event


def _facts(found):
    facts = {"id": found.id, "state": found.state, "left": found.left, "max": found.max}
    if found.note:
        facts["note"] = found.note
    return facts


def result_event(complete, ms, findings, tap=None):
    """All findings of one tap; `ms` runs from activation to the last answer."""
    keys = [_facts(found) for found in findings]
    return _of_tap({"type": "result", "complete": complete, "ms": ms, "keys": keys}, tap)


def removed_event():
    """The card is gone."""
    return {"type": "removed"}


def check_event(finding):
    """A finding of the self-check (see `check`): its "check" and "ok", and numbers."""
    event = dict(finding)
    event["type"] = "check"
    return event


def demo_event():
    """The demo mode begins: the lamps show made-up results."""
    return {"type": "demo"}


def fault_event(code, field=None):
    """Something is wrong with the device; `field` names a setting that a default replaced."""
    event = {"type": "fault", "code": code}
    if field is not None:
        event["field"] = field
    return event


class Events:
    """Writes events as lines to a `console.Console`.

    `config`: the `settings.Settings`. With `events` false what is found stays on the device, and
    only the device itself is spoken of. `reader`: what the board has, unless that is a PN532.
    """

    def __init__(self, config, console, reader=None):
        self._config = config
        self._console = console
        self._reader = reader
        self._beat_at = None
        self._taps = 0  # the number of the last one that was told

    def tell(self, event):
        """Write an event made by one of the functions above."""
        self._taps = event.get("tap", self._taps)
        if self._config.events or event["type"] in _OF_THE_DEVICE:
            event["v"] = VERSION
            if self._reader and _LOST in (event.get("code"), event.get("fault")):
                event["reader"] = self._reader
            self._console.write(json.dumps(event, separators=(",", ":")))

    def beat(self, clock, fault=None, tap=None):
        """Tell `alive_event` every two seconds, for whoever has just plugged in a cable.

        And for whoever listens: a device that says nothing for long is gone.
        """
        now = clock.ticks_ms()
        # Negative: a card lay there for more than the six days that ticks can tell.
        if self._beat_at is None or not 0 <= clock.ticks_diff(now, self._beat_at) < _BEAT_MS:
            self._beat_at = now
            self.tell(alive_event(self._config, fault, tap, self._taps))

"""Events: one JSON object a line on the console. Described by docs/events.schema.json.

The functions make events without their version; `Events.tell` adds it as "v". Device, PC/SC reader
and trace all make their events here.
"""

import json

VERSION = 1


def ready_event(board, version):
    """The device can take a card: after its start, and again after it lost the reader."""
    return {"type": "ready", "board": board, "version": version}


def card_event(kind):
    """A card lies there and its kind is known. The event clears all earlier ones."""
    return {"type": "card", "kind": kind}


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


def result_event(complete, ms, findings):
    """All findings of one tap; `ms` runs from activation to the last answer."""
    keys = [_facts(found) for found in findings]
    return {"type": "result", "complete": complete, "ms": ms, "keys": keys}


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
    """Writes events as lines, or nothing if the settings switch them off (`on`)."""

    def __init__(self, on):
        self._on = on

    def tell(self, event):
        """Write an event made by one of the functions above."""
        if self._on:
            event["v"] = VERSION
            print(json.dumps(event))

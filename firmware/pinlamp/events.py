"""Events: one JSON object a line on the console. Described by docs/events.schema.json.

The functions make events without their version, which is told as "v". Whatever says events, on a
device or for a PC/SC reader or a trace, makes them here.
"""

import json

VERSION = 1


def ready_event(board, version):
    """The device can take a card: after its start, and again after the reader was lost."""
    return {"type": "ready", "board": board, "version": version}


def card_event(kind):
    """A card lies there, and its kind is known. Clears everything before it."""
    return {"type": "card", "kind": kind}


def key_event(finding):
    """A key was answered, or will not be."""
    event = _facts(finding)
    event["type"] = "key"
    return event


def _facts(found):
    facts = {"id": found.id, "state": found.state, "left": found.left, "max": found.max}
    if found.note:
        facts["note"] = found.note
    return facts


def result_event(complete, ms, findings):
    """All that one tap found; `ms` runs from activation to the last answer."""
    keys = [_facts(found) for found in findings]
    return {"type": "result", "complete": complete, "ms": ms, "keys": keys}


def removed_event():
    """The card was lifted."""
    return {"type": "removed"}


def check_event(finding):
    """A finding of the self-check (see `check`): its "check" and "ok", and numbers."""
    event = dict(finding)
    event["type"] = "check"
    return event


def demo_event():
    """The demo mode begins: what the lamps show is made up."""
    return {"type": "demo"}


def fault_event(code, field=None):
    """Something is the matter with the device; `field` names a setting that was replaced."""
    event = {"type": "fault", "code": code}
    if field is not None:
        event["field"] = field
    return event


class Events:
    """Writes events as lines, or nothing at all where the settings have them off (`on`)."""

    def __init__(self, on):
        self._on = on

    def tell(self, event):
        """Write an event as one of the functions above makes it."""
        if self._on:
            event["v"] = VERSION
            print(json.dumps(event))

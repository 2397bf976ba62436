"""Events: one JSON object a line on the console. Described by docs/events.schema.json."""

import json

_VERSION = 1


class Events:
    """Writes events, or nothing at all where the settings have them off."""

    def __init__(self, on):
        """`on`: whether lines are written."""
        self._on = on

    def tell(self, event):
        """Write an event that has its "type" and all the rest already."""
        if self._on:
            event["v"] = _VERSION
            print(json.dumps(event))

    def ready(self, board, version):
        """The device can take a card: after its start, and again after it was lost."""
        self.tell({"type": "ready", "board": board, "version": version})

    def card(self, kind):
        """A card lies there, and its kind is known. Clears everything before it."""
        self.tell({"type": "card", "kind": kind})

    def key(self, finding):
        """A key was answered, or will not be."""
        event = _key(finding)
        event["type"] = "key"
        self.tell(event)

    def result(self, tap):
        """All that one tap found."""
        keys = [_key(finding) for finding in tap.findings]
        self.tell({"type": "result", "complete": tap.complete, "ms": tap.ms, "keys": keys})

    def removed(self):
        """The card was lifted."""
        self.tell({"type": "removed"})

    def check(self, finding):
        """A finding of the self-check (see `check`): its "check" and "ok", and numbers."""
        event = dict(finding)
        event["type"] = "check"
        self.tell(event)

    def demo(self):
        """The demo mode begins: what the lamps show is made up."""
        self.tell({"type": "demo"})

    def fault(self, code, field=None):
        """Something is the matter with the device; `field` names a setting that was replaced."""
        event = {"type": "fault", "code": code}
        if field is not None:
            event["field"] = field
        self.tell(event)


def _key(finding):
    return {
        "id": finding.id,
        "state": finding.state,
        "left": finding.left,
        "max": finding.max,
    }

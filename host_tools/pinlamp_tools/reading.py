"""What the event lines have told so far: the device's state and the last card's keys.

The lamps are not derived from this: they show the pixels the firmware writes.
"""

from __future__ import annotations

import json
from typing import Any

from mynacard import keys, state

# Kinds of card of which keys are asked; all others are only named.
_ASKED_KINDS = tuple(kind for kind, asked in keys.TOKENS.values() if asked != keys.NONE)


def parse(line: str) -> dict[str, Any] | None:
    """Return the event of a console line, or None: a line that is no JSON object is no event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def brief(event: dict[str, Any]) -> str:
    """Return an event in its own words on one short line, without the keys of a result."""
    words = [str(event.get("type", "?"))]
    match event:
        case {"type": "key", "id": key, "state": found}:
            words += [str(key), str(found)]
            if event.get("left") is not None:
                words.append(f"{event['left']}/{event.get('max') or '?'}")
        case {"type": "result", "complete": complete, "ms": ms, "keys": list(found)}:
            words += ["complete" if complete else "incomplete", f"{len(found)} keys", f"{ms} ms"]
        case _:
            words += [str(event[name]) for name in sorted(event) if name not in ("type", "v")]
    return " ".join(words)


class Reading:
    """The device's `phase`, and of the last card `kind`, `keys` and, when read, `overall`.

    phase    start, ready, reading, read, again (not read, once more: also after the card is
             gone), other (not asked), several, removed, fault
    keys     key id -> (state, left, max)
    fault    the last `fault` event, while `phase` is "fault"
    """

    def __init__(self) -> None:
        """Nothing was told yet."""
        self.phase = "start"
        self.forget()

    def forget(self) -> None:
        """Drop what is known of the card."""
        self.kind: str | None = None
        self.keys: dict[str, tuple[str, int | None, int | None]] = {}
        self.overall: str | None = None
        self.complete = False
        self.fault: dict[str, Any] = {}

    def take(self, event: dict[str, Any]) -> None:
        """Follow one event; one of an unknown type changes nothing."""
        match event:
            case {"type": "ready"}:
                self.forget()
                self.phase = "ready"
            case {"type": "card", "kind": str(kind)}:
                self.forget()
                self.kind = kind
                self.phase = "reading" if kind in _ASKED_KINDS else "other"
                if kind == "several":
                    self.phase = "several"
            case {"type": "key", "id": str(key), "state": str(found)}:
                self.keys[key] = (found, event.get("left"), event.get("max"))
            case {"type": "result", "keys": list(found)}:
                self.complete = event.get("complete") is True
                self.phase = "read" if self.complete else "again"
                if self.complete and found:
                    self.overall = state.worst([key["state"] for key in found])
            case {"type": "removed"} if self.phase != "again":
                self.phase = "removed"
            case {"type": "fault"}:
                self.forget()
                self.fault = event
                self.phase = "fault"

    def state(self, key: str) -> tuple[str, int | None, int | None]:
        """Return (state, left, max) of a key: also "waiting", "not_asked" and "none"."""
        if key in self.keys:
            return self.keys[key]
        if self.phase == "reading":
            return ("waiting", None, None)
        # With an answer of others at hand, silence of this one means that it was left out.
        return ("not_asked" if self.keys else "none", None, None)

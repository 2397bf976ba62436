"""An event on one short line, for the simulator's log."""

from __future__ import annotations

from typing import Any


def brief(event: dict[str, Any]) -> str:
    """Return an event on one short line, without the keys of a result."""
    kind = event.get("type", "?")
    words = [str(kind)]
    if kind == "key":
        words += [str(event.get("id")), str(event.get("state"))]
        if event.get("left") is not None:
            words.append(f"{event['left']}/{event.get('max') or '?'}")
    elif kind == "result":
        words.append("complete" if event.get("complete") else "incomplete")
        words += [f"{len(event.get('keys', ()))} keys", f"{event.get('ms')} ms"]
    else:
        words += [str(event[name]) for name in sorted(event) if name not in ("type", "v")]
    return " ".join(words)

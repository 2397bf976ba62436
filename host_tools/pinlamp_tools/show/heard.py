"""What a line of a device's console says: an event, as far as this version understands it.

Runs under CPython, and under MicroPython in the page.
"""

import json

from mynacard import keys, state
from pinlamp.layout import LAYOUTS

# Kinds of card whose keys the device asks; it only names all others.
ASKED = tuple([kind for kind, asked in keys.TOKENS.values() if asked != keys.NONE])
KINDS = tuple([kind for kind, _ in keys.TOKENS.values()]) + (
    keys.NEWER,
    "other_b",
    "other_a",
    "other_f",
    "several",
)

# The types of events that tell how the device is, besides `alive`. A recording has others.
TYPES = ("ready", "card", "key", "result", "removed", "fault", "demo", "check")

KEY_IDS = tuple([key.id for key in keys.KEYS])
# What every My Number Card has, as far as is known (docs/protocol.md has the grades), be it not in
# use: not what is asked only if switched on.
ALWAYS = tuple([key.id for key in keys.default_keys()])
_KEYS = {key.id: key for key in keys.KEYS}
# States that only some keys can be in.
_RARE = (state.BY_DESIGN, state.NOT_ISSUED, state.NOT_SET)
_NOTES = (("unread", state.LOCKED), ("deactivated", state.UNKNOWN))  # and the state they go with
_MOST = 15  # the counter has four bits (63 Cn)
_LONGEST = 80  # characters of a text: no name of ours has half of that


def states_of(key):
    """Return the states in which `key` can be, worst first."""
    row = _KEYS[key]
    rare = [row.unset.state] if row.unset else []
    if row.by_design:
        rare.append(state.BY_DESIGN)
    return [one for one in state.WORST_FIRST if one not in _RARE or one in rare]


def parse(line):
    """Return the event in a console line, or None if the line is not a JSON object."""
    try:
        event = json.loads(line)
    except (ValueError, RuntimeError, MemoryError):  # broken, or nested too deeply
        return None
    return event if isinstance(event, dict) else None


def heard(event):
    """Return the parts of an event that this version knows, or None if it can follow none.

    A device may be newer than this: drop names and keys that are unknown here. An unknown kind of
    card becomes "ready", since nothing that came before it counts any more.
    """
    if type(event.get("v")) is not int or event["v"] != 1:
        return None
    kind = event.get("type")
    if kind in ("removed", "demo", "check"):
        return {"v": 1, "type": kind}
    if kind == "ready" or kind == "alive":
        told = texts(event, ("board", "version") if kind == "ready" else ("fault", "reader"))
        for name in ("results", "counter"):
            if type(event.get(name)) is bool:
                told[name] = event[name]
        for name, fits in (("lamps", LAYOUTS), ("hold_s", range(3601))):
            if type(event.get(name)) is int and event[name] in fits:
                told[name] = event[name]
        return _with_tap(told, event)
    if kind == "fault":
        return texts(event, ("code", "field", "reader")) if _is_text(event.get("code")) else None
    if kind == "card" and _is_text(event.get("kind")):
        if event["kind"] in KINDS:
            return _with_tap(texts(event, ("kind",)), event)
        return {"v": 1, "type": "ready"}
    if kind == "key":
        found = _key(event)
        if found:
            found["v"] = 1
            found["type"] = "key"
        return found
    if kind == "result" and type(event.get("complete")) is bool:
        return _result(event)
    return None


def _result(event):
    given = event.get("keys")
    if not isinstance(given, list):
        return None
    found = [_key(one) for one in given if isinstance(one, dict)]
    known = [one for one in found if one]
    ms = event.get("ms")
    ms = ms if type(ms) is int and ms >= 0 else 0
    told = {"v": 1, "type": "result", "complete": event["complete"], "ms": ms, "keys": known}
    if len(known) < len(given):
        told["more"] = True  # the device told more than this version understands
    return _with_tap(told, event)


def _with_tap(told, event):
    for name in ("tap", "taps"):
        if type(event.get(name)) is int:
            told[name] = event[name]
    return told


def _is_text(value):
    return isinstance(value, str)


def texts(event, names):
    """Return an event with those of its fields that are texts: names, cut at 80 characters."""
    told = {"v": 1, "type": event["type"]}
    for name in names:
        if _is_text(event.get(name)):
            text = event[name]
            told[name] = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return told


def _key(event):
    left, most = event.get("left"), event.get("max")
    good = event.get("id") in KEY_IDS and event.get("state") in state.WORST_FIRST
    if not good or not _is_count(left, 0) or not _is_count(most, 1):
        return None
    if event["state"] not in states_of(event["id"]) or not _fits(event["state"], left):
        return {"id": event["id"], "state": state.UNKNOWN, "left": None, "max": most}
    told = {"id": event["id"], "state": event["state"], "left": left, "max": most}
    if (event.get("note"), event["state"]) in _NOTES:
        told["note"] = event["note"]
    return told


def _fits(found, left):
    """Tell whether a key can be in that state with so many tries left."""
    if left is None:
        return True
    if found in (state.LOCKED, state.BY_DESIGN):
        return left == 0
    if found == state.LAST:
        return left == 1
    # A certificate that is not there answers anything, and what is unknown may have, too.
    return left > 0 or found not in (state.OK, state.UNLIMITED, state.USED)


def _is_count(value, least):
    return value is None or (type(value) is int and least <= value <= _MOST)

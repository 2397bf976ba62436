"""The slip 「窓口の方へ」 for the counter; it names nobody. Runs under MicroPython too."""

from .choose import advise, entry, named

_FREE = ("ok", "unlimited", "used", "last")
_UNSURE = ("unknown", "not_reported")
_GROUPS = (
    ("locked", ("locked",)),
    ("maybe", ("by_design",)),
    ("unknown", _UNSURE),
    ("not_issued", ("not_issued",)),
    ("not_set", ("not_set",)),
    ("tried", ("last", "used")),
    ("free", _FREE),
)


def slip(data, kind, findings, complete, lamps=None):
    """Return [(heading, [lines])] for a result; the first heading is the slip's title.

    Arguments: see `choose.advise`. `lamps`: the number of each key's lamp on the label.
    """
    words = data["slip"]
    told = advise(data, kind, findings, complete)
    help_line = (words["help"], [words["checked"].replace("{checked}", data["checked"])])
    if kind is None or not data["kinds"][kind]["keys"]:
        # No key was asked, so there is nothing to tell the counter.
        return [(advice["title"], advice["now"]) for advice in told[:1]] + [help_line]
    head = words["phone"] if kind.startswith("phone_") else words
    parts = [(head["title"], [head["intro"]])]
    for name, states in _GROUPS:
        keys = [f["id"] for f in findings if f["state"] in states]
        if keys and name == "free":
            parts.append((words[name], [named(data, kind, keys)]))
        elif keys and name == "tried":
            found = [f for f in findings if f["state"] in states]
            lines = [_one(data, kind, f["id"], lamps) + _tried(data, kind, f) for f in found]
            parts.append((words[name], lines))
        elif keys:
            parts.append((words[name], [_one(data, kind, key, lamps) for key in keys]))
    # The slip leaves out keys that need nobody's help.
    asked = [a for a in told if a["state"] in ("locked", "by_design") and "who" in a]
    if not complete:
        parts += [(advice["title"], advice["now"]) for advice in told[:1]]
    elif not asked:
        states = [f["state"] for f in findings]
        free = [state for state in states if state in _FREE]
        unsure = [state for state in states if state in _UNSURE]
        if free and not unsure:
            lists = [advice["list"] for advice in told if "list" in advice]
            parts.append((words["none"], lists[0] if lists else []))
        else:
            parts.append((words["unsure"], []))
    for field in ("say", "who", "bring", "avoid"):
        lines = []
        for advice in asked:
            for text in advice.get(field, ()):
                if text not in lines:
                    lines.append(text)
        if lines:
            parts.append((words[field], lines))
    parts.append(help_line)
    return parts


def _one(data, kind, key, lamps):
    """Return the name of a key, with the number of its lamp."""
    number = (lamps or {}).get(key)
    lamp = data["slip"]["lamp"].replace("{number}", str(number)) if number else ""
    return named(data, kind, [key]) + lamp


def _tried(data, kind, finding):
    """Return the state of a key with wrong entries, to stand behind its name."""
    return ": " + entry(data, kind, finding["id"], finding["state"])["title"]

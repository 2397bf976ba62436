"""The slip 「窓口の方へ」 for the counter; it names nobody. Runs under MicroPython too."""

from .choose import advise

_FREE = ("ok", "unlimited", "used", "last")
_GROUPS = (
    ("locked", ("locked",)),
    ("maybe", ("by_design",)),
    ("unknown", ("unknown", "not_reported")),
    ("free", _FREE),
)


def slip(data, kind, findings, complete):
    """Return [(heading, [lines])] for a result; the first heading is the slip's title.

    Arguments: see `choose.advise`.
    """
    words = data["slip"]
    parts = [(words["title"], [words["intro"]])]
    for name, states in _GROUPS:
        keys = [f["id"] for f in findings if f["state"] in states]
        if keys and name == "free":
            parts.append((words[name], [data["joint"].join([data["short"][k] for k in keys])]))
        elif keys:
            parts.append((words[name], [data["names"][key] for key in keys]))
    told = advise(data, kind, findings, complete)
    # What needs nobody's help says nothing on this slip.
    asked = [a for a in told if a["state"] in ("locked", "by_design") and "who" in a]
    if not complete or kind is None or not data["kinds"][kind]["keys"]:
        parts += [(advice["title"], advice["now"]) for advice in told[:1]]
    elif not asked:
        last = told[-1] if told else {}
        parts.append((words["none"], last.get("list", last.get("now", []))))
    for field in ("say", "who", "bring", "avoid"):
        lines = []
        for advice in asked:
            for text in advice.get(field, ()):
                if text not in lines:
                    lines.append(text)
        if lines:
            parts.append((words[field], lines))
    parts.append((words["help"], [words["checked"].replace("{checked}", data["checked"])]))
    return parts

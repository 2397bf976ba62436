"""The slip to take along: a part for the clerk, a part for the holder. It names nobody.

The clerk's part is Japanese in both languages; then the holder's part says in English what it
says. Runs under MicroPython too.

A slip is a list of parts, dicts:

    part      "clerk" or "holder"
    title, intro              the intro may be empty
    items     what is locked: dicts of name, lamp (may be empty) and rows of a label and a text
    rows      the rest: a heading and its lines each
    boxes     what the clerk ticks
"""

from .choose import advise, all_told, entry, lacking, may_be_unused, named, possible
from .sources import old

_FREE = ("ok", "unlimited", "used", "last")
_UNSURE = ("unknown", "not_reported")
_LOCKED = (("locked", ("locked",)), ("maybe", ("by_design",)))
_MANY = 2  # more locks than these are asked for in one sentence
_CROWD = 4  # of more than these only the least is said, so that all have room on the page
_GROUPS = (
    ("unknown", _UNSURE),
    ("not_issued", ("not_issued",)),
    ("not_set", ("not_set",)),
    ("tried", ("last", "used")),
    ("free", _FREE),
)
_OF_HOLDER = ("who", "go", "bring", "kiosk", "screen", "avoid", "fault", "after")
OF_PLACE = ("telephone", "hours", "documents", "branches", "post_offices")


def slip(data, kind, findings, complete, today, lamps=None, place=None):
    """Return the parts of the slip for a result.

    Arguments: see `choose.advise`. `today`: as ISO 8601 has it. `lamps`: the number of each key's
    lamp on the label. `place`: a municipality's own lines, see `place`.
    """
    findings = possible(findings)
    told = advise(data, kind, findings, complete)
    if kind is None or not data["kinds"][kind]["keys"]:
        # No key was asked, so there is nothing to tell the counter.
        rows = [(told[0]["title"], told[0]["now"])] + _end(data, told, today, None)
        return [_part("holder", data["slip"]["holder"], "", rows)]
    if kind.startswith("phone_"):
        head = data["slip"]["phone"]
        rows = _of_phone(data, kind, findings) + _verdict(data, kind, told, findings, complete)
        rows += _holder(data, kind, findings, told, today, None)
        return [_part("holder", head["title"], head["intro"], rows)]
    rows = _verdict(data, kind, told, findings, complete)
    rows += _holder(data, kind, findings, told, today, place) + _gloss(data, findings)
    clerk = _clerk(data, kind, told, findings, complete, lamps or {})
    return [clerk, _part("holder", data["slip"]["holder"], "", rows)]


def _part(part, title, intro, rows, items=(), boxes=()):
    return {
        "part": part,
        "title": title,
        "intro": intro,
        "items": list(items),
        "rows": list(rows),
        "boxes": list(boxes),
    }


def _clerk(data, kind, told, findings, complete, lamps):
    words = data["clerk"]
    items, rows, boxes = [], [], []
    locked = _in(findings, ("locked",))
    labels = ("form", "new") if len(locked) > _CROWD else ("form", "screen", "new")
    for key in locked:
        texts = words["keys"][key]
        number = lamps.get(key)
        lamp = words["lamp"].replace("{number}", str(number)) if number else ""
        lines = [(words["labels"][label], texts[label]) for label in labels]
        items.append({"name": texts["name"], "lamp": lamp, "rows": lines})
    if not complete:
        rows.append((words["incomplete"], []))
    elif not _in(findings, ("locked", "by_design")):
        rows.append((words["none" if _nothing(data, kind, findings) else "unsure"], []))
    said = _once([text for advice in told for text in advice.get("say", ())])
    keys = data["kinds"][kind]["keys"]
    elsewhere = [key for key in locked if keys[key].get("place") == "police"]
    if elsewhere == _in(findings, ("locked", "by_design")):  # the slip goes there alone
        elsewhere = []
    if elsewhere:
        own = entry(data, kind, elsewhere[0], "locked").get("say", ())
        said = [text for text in said if text not in own]
    if len(locked) - len(elsewhere) > _MANY and said:
        said = [words["all"]]
    if elsewhere:
        said.append(words["police"])
    if said:
        rows.append((words["say"], said))
        boxes = words["boxes"] + [words["date"]]
    doubted = [f["id"] for f in findings if may_be_unused(f["id"], f["state"], f.get("note"))]
    groups = [("unread", doubted)]
    groups += [(name, _in(findings, states)) for name, states in (_LOCKED[1],) + _GROUPS]
    groups.insert(3, ("lacking", lacking(kind, findings) if complete else []))
    for name, keys in groups:
        if keys and name == "tried":
            state = {finding["id"]: finding["state"] for finding in findings}
            names = []
            for key in keys:
                texts, now = words["keys"][key], state[key]  # of some nobody knows the maximum
                names.append(texts["short"] + ": " + texts.get(now, words["states"][now]))
        else:
            names = [words["keys"][k]["short"] if k else words["more"] for k in keys]
        if keys:
            rows.append((words[name], ["、".join(names) + words["why"].get(name, "")]))
    return _part("clerk", words["title"], words["intro"], rows, items, boxes)


def _in(findings, states):
    return [finding["id"] for finding in findings if finding["state"] in states]


def _once(texts):
    return [text for at, text in enumerate(texts) if text not in texts[:at]]


def _nothing(data, kind, findings):
    """Tell whether a complete reading may say that nothing is locked."""
    wrong = _in(findings, _UNSURE + ("locked", "by_design"))
    if wrong or lacking(kind, findings):
        return False
    return bool(_in(findings, _FREE)) and all_told(data, kind, findings)


def _verdict(data, kind, told, findings, complete):
    """Return what is said where the reading broke off or nothing is locked."""
    if not complete:
        return [(told[0]["title"], told[0]["now"])]
    if _in(findings, ("locked", "by_design")):
        return []
    if not _nothing(data, kind, findings):
        return [(data["slip"]["unsure"], [])]
    steps = [step for advice in told for step in advice.get("list", ())]
    lines = [f"{n}. {step['what']}: {step['tell']}" for n, step in enumerate(steps, 1)]
    rows = [(data["slip"]["none"], lines)]
    if steps:
        rows.append((data["slip"]["support"], [step["ask"] for step in steps]))
    return rows


def _step(number, step):
    return f"{number}. " + step["what"] + ": " + step["tell"]


def _holder(data, kind, findings, told, today, place):
    """Return the rows of the holder's part: where to go, who may, what to bring, and then."""
    # The slip leaves out keys that need nobody's help.
    asked = [a for a in told if a["state"] in ("locked", "by_design") and "who" in a]
    rows = []
    for field in _OF_HOLDER:
        if field == "bring" and place and asked:
            rows += _of_place(data, place)
            continue
        lines = _once([text for advice in asked for text in advice.get(field, ())])
        if field == "screen" and len(_in(findings, ("locked",))) > _CROWD:
            continue
        if field == "kiosk" or (field == "who" and len(lines) > 1):
            lines = _of_each(data, kind, findings, asked, field, lines)
        if field in ("who", "kiosk", "avoid") and len(_in(findings, ("locked",))) > _MANY:
            lines = _of_many(data, kind, findings, field)
        if field == "fault" and len(_in(findings, ("locked",))) > 1:
            lines = _doubts(data, lines)
        if lines:
            rows.append((data["fields"][field], lines))
    return rows + _end(data, told, today, place)


def _of_each(data, kind, findings, asked, field, lines):
    """Return a field's lines, each behind the names of the locks it is about, if not of all."""
    short = data["phone_names" if kind.startswith("phone") else "short"]
    locked = _in(findings, ("locked", "by_design"))
    told = []
    for line in lines:
        of_line = [key for a in asked if line in a.get(field, ()) for key in a["keys"]]
        about = [key for key in locked if key in of_line]
        labelled = [key for key in about if line.startswith(short[key])]  # by `choose`
        named_there = len([key for key in about if short[key] in line]) > 1
        if len(about) < len(locked) and not labelled and not named_there:
            line = data["joint"].join(_once([short[key] for key in about])) + ": " + line
        told.append(line)
    return told


def _of_many(data, kind, findings, field):
    """Return in a few lines what a field says of many locks: one office does for all of them."""
    if field == "kiosk":
        return []
    if field == "avoid":
        return [data["states"]["locked"]["avoid"]]
    keys = data["kinds"][kind]["keys"]
    other = [
        data["short"][key] + ": " + keys[key]["who"]
        for key in _in(findings, ("locked",))
        if keys[key]["place"] == "police"
    ]
    return [data["office"]["who"]] + other


def _doubts(data, lines):
    """Return those reasons by which a lock may be none; several locks leave no room for more."""
    doubts = [one["text"] for one in list(data["unread"].values()) + [data["no_signature"]]]
    return [line for line in lines if [doubt for doubt in doubts if line.endswith(doubt)]]


def _of_place(data, place):
    words = data["slip"]["place"]
    rows = [(place["name"], [])]
    for field in OF_PLACE:
        if place.get(field):
            rows.append((words[field], [place[field]]))
    return rows


def _end(data, told, today, place):
    words = data["slip"]
    checked = min([advice["checked"] for advice in told])
    rows = [(words["help"], words["help_numbers"])]
    lines = [words["checked"].replace("{checked}", checked), old(data, checked, today)]
    if place:
        lines.append(words["place"]["checked"].replace("{checked}", place["checked"]))
        lines.append(old(data, place["checked"], today))
    rows.append((data["fields"]["checked"], _once([line for line in lines if line])))
    return rows


def _of_phone(data, kind, findings):
    """Return the states of a phone's certificates."""
    rows = []
    for name, states in _LOCKED + _GROUPS:
        lines = [named(data, kind, [key]) for key in _in(findings, states)]
        if name == "tried":
            found = [finding for finding in findings if finding["state"] in states]
            lines = [
                named(data, kind, [f["id"]])
                + ": "
                + entry(data, kind, f["id"], f["state"])["title"]
                for f in found
            ]
        if lines:
            rows.append((data["slip"][name], lines))
    return rows


def _gloss(data, findings):
    """Return what the clerk's part says, for a holder who does not read it."""
    words = data["clerk"]
    keys = _in(findings, ("locked", "by_design"))
    if data["lang"] == "ja" or not keys:
        return []
    lines = [words["keys"][k]["short"] + ": " + data["short"][k] for k in keys]
    if len(keys) > _MANY:
        lines = [" / ".join(lines)] if len(keys) <= _CROWD else []
    return [(words["handed"], lines + words["gloss"])]

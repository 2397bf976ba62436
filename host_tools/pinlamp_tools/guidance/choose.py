"""Chooses the guidance for a result. Runs under CPython and MicroPython; no I/O.

`data` is one language's file, parsed. An advice is a dict of texts:

    kind, keys, state         what it is about: ids, a list of ids, a state
    title                     one line
    now, fails, who, kiosk, go, bring, say, screen, avoid, fault, after
                              lists of paragraphs, in this order; only those that exist
    list                      things to look at, one after the other; only if there are any:
                              dicts of what it is, how to tell, and what to ask the support
    source, checked           its origins with their grades (a list), and the date of the oldest
                              check of one of them
"""

from mynacard import state
from mynacard.keys import KEYS, default_keys
from mynacard.survey import DEACTIVATED, UNREAD

from ..show.heard import ALWAYS, states_of
from .sources import told as sources_told

FIELDS = (
    "now",
    "fails",
    "who",
    "kiosk",
    "go",
    "bring",
    "say",
    "screen",
    "avoid",
    "fault",
    "after",
)

_KEYS = {key.id: key for key in KEYS}
# States that need no advice of their own; all others get some, worst first.
_SILENT = (state.UNLIMITED, state.OK, state.ABSENT)


def kinds(data):
    """Return the ids of the kinds of card."""
    return sorted(data["kinds"])


def keys_of(data, kind):
    """Return the ids of the keys that a survey asks a card of `kind`, in its order."""
    return [key.id for key in KEYS if key.id in data["kinds"][kind]["keys"]]


def all_told(data, kind, findings):
    """Tell whether the findings have each key that every survey asks a card of `kind`."""
    told = [finding["id"] for finding in findings]
    wanted = [key.id for key in default_keys() if key.id in data["kinds"][kind]["keys"]]
    return not [key for key in wanted if key not in told]


def lacking(kind, findings):
    """Return the keys that a card has not, though every My Number Card has them.

    Nobody has looked whether they are locked, and nobody knows why they were not found.
    """
    if kind != "my_number_card":
        return []
    found = [one["id"] for one in findings if one["state"] == state.ABSENT]
    return [key for key in found if key in ALWAYS]


def may_be_unused(key, found, note):
    """Tell whether a key is locked that may not be in use at all: its file was not read."""
    return bool(note == UNREAD and found == state.LOCKED and key and _KEYS[key].unset)


def possible(findings):
    """Return the findings; one in which its key cannot be has no meaning, so it is unknown."""
    return [
        finding
        if finding["id"] is None or finding["state"] in states_of(finding["id"])
        else {"id": finding["id"], "state": state.UNKNOWN, "note": None}
        for finding in findings
    ]


def named(data, kind, keys):
    """Return the name of `keys`: the official name of one, the short names of several."""
    if keys == [None]:
        return data["more"]["name"]
    names = data["names"] if len(keys) == 1 else _short(data, kind)
    if _is_phone(kind):
        names = data["phone_names"]
    return data["joint"].join([names[key] for key in keys])


def entry(data, kind, key, found, note=None):
    """Return the advice for one key. KeyError for a combination that cannot occur."""
    if found not in states_of(key):
        raise KeyError(found)
    texts = _texts(data, kind, key, found)
    if note == DEACTIVATED:
        texts = data["phone_deactivated" if _is_phone(kind) else "deactivated"]
    advice = _advice(data, texts, texts["title"], kind, [key], found)
    if may_be_unused(key, found, note):
        _add_doubt(data, advice, key)
    return advice


def _is_phone(kind):
    return kind is not None and kind.startswith("phone_")


def _short(data, kind):
    return data["phone_names"] if _is_phone(kind) else data["short"]


def _texts(data, kind, key, found):
    """Return the texts for one key in one state; `source` has a source for each statement."""
    of_key = data["kinds"][kind]["keys"][key]
    states = data["phone_states"] if _is_phone(kind) else {}
    texts = dict(states.get(found) or data["states"][found])
    texts.update(of_key.get("at", {}).get(found, {}))
    sources = list(texts["source"])
    for field in FIELDS:
        if field in texts["uses"] and field in of_key:
            texts[field] = of_key[field]
            sources += of_key["source" if field == "fails" else "who_source"]
    if _is_phone(kind):
        # A phone has PINs of its own, other than the card's.
        blank = "" if texts["now"].endswith("。") else " "
        texts["now"] += blank + data["kinds"][kind]["now"]
        sources += data["kinds"][kind]["source"]
    texts["source"] = _once(sources)
    return texts


def advise(data, kind, findings, complete):
    """Return the advice for a result, in the order in which to read it.

    `kind`: of a `card` event, or None. `findings`: dicts with id, state and perhaps note, as in a
    `result` event; empty if no key was asked. The id is None for what the device told and this
    version does not know.
    """
    told = []
    if not complete:
        incomplete = data["phone_incomplete" if _is_phone(kind) else "incomplete"]
        told.append(_advice(data, incomplete, incomplete["title"], kind, [], "unknown"))
    if kind is None:
        return told
    if not data["kinds"][kind]["keys"]:
        of_kind = data["kinds"][kind]
        return [_advice(data, of_kind, of_kind["title"], kind, [], None)]
    findings = possible(findings)
    notes = {finding["id"]: finding.get("note") for finding in findings}
    states = {finding["id"]: finding["state"] for finding in findings}
    remarks = []
    as_read = dict(states)
    told_all = complete and all_told(data, kind, findings)
    missing = lacking(kind, findings) if complete else []
    unread = [key for key in notes if may_be_unused(key, states[key], notes[key])]
    order = [finding["id"] for finding in findings]  # MicroPython's dicts have none
    for rule in data["sets"]:
        if kind not in rule.get("kinds", ("my_number_card",)):
            continue
        if missing and rule["state"] == state.OK:
            continue  # nothing is locked, as far as anybody has looked
        keys = _fitting(rule, as_read, order, told_all)
        if not keys:
            continue
        doubted = [key for key in keys if key in unread]
        texts = _of_rule(data, kind, rule, bool(doubted))
        advice = _advice(data, texts, rule["title"], kind, keys, rule["state"])
        for key in doubted:
            _add_doubt(data, advice, key)
        if rule["covers"]:
            told.append(advice)
            for key in keys:
                states.pop(key, None)
        else:
            remarks.append(advice)
    for found in state.WORST_FIRST:
        keys = [finding["id"] for finding in findings if states.get(finding["id"]) == found]
        if None in keys:
            keys.remove(None)
            told.append(_advice(data, data["more"], data["more"]["title"], kind, [], found))
        if keys and found not in _SILENT and (complete or found != state.UNKNOWN):
            # Those that are called the same are told together.
            advices = [entry(data, kind, key, found, notes[key]) for key in keys]
            for title in _once([advice["title"] for advice in advices]):
                alike = [advice for advice in advices if advice["title"] == title]
                told.append(_together(alike, data))
    if missing and [found for found in as_read.values() if found != state.ABSENT]:
        texts = data["lacking"]
        remarks.append(_advice(data, texts, texts["title"], kind, missing, state.ABSENT))
    if not told and not remarks and not all_told(data, kind, findings):
        told.append(_advice(data, data["more"], data["more"]["title"], kind, [], state.UNKNOWN))
    child = as_read.get("sign") == state.NOT_ISSUED and not _is_phone(kind)
    for advice in told:
        by_design = [key for key in advice["keys"] if _KEYS[key].by_design]
        if child and by_design and advice["state"] == state.LOCKED:
            _add_fault(data, advice, data["no_signature"])
    return told + remarks


def _add_doubt(data, advice, key):
    """Say that a locked key may not be in use at all; send nobody to a shop for such a one."""
    doubt = data["unread"]["phone" if _is_phone(advice["kind"]) else _KEYS[key].unset.state]
    _add_fault(data, advice, doubt)
    if advice.pop("kiosk", None):
        advice["who"] = [data["office"]["who"]]


def _add_fault(data, advice, doubt):
    """Say beside a lock what else it may be."""
    advice["fault"] = _once(advice.get("fault", []) + [doubt["text"]])
    texts, checked = sources_told(data, doubt["source"])
    advice["source"] = _once(advice["source"] + texts)
    advice["checked"] = min(advice["checked"], checked)


def _fitting(rule, states, order, complete):
    """Return the keys to which a rule for a set of states applies; none if it does not fit."""
    if "all" in rule:
        found = set(states.values())
        if not complete or not found & set(rule["some"]) or found - set(rule["all"]):
            return []
        return order
    for key in rule["when"]:
        if states.get(key) not in rule["when"][key]:
            return []
    if not rule["covers"]:
        return [key for key in order if key in rule["when"]]
    only = rule.get("only")
    return [key for key in rule["covers"] if key in states and (not only or states[key] in only)]


def _of_rule(data, kind, rule, doubted):
    """Return a rule's texts: those of the key that it is `like`, with its own over them.

    `doubted`: whether a key may not be in use at all; a rule may say something else then.
    """
    if "like" not in rule:
        return rule
    texts = _texts(data, kind, rule["like"], rule["state"])
    for field in rule["without"]:
        texts.pop(field, None)
    sources = texts["source"] + rule["source"]
    texts.update(rule)
    if doubted and "unread" in rule:
        texts.update(rule["unread"])
        sources += rule["unread"]["source"]
    texts["source"] = _once(sources)
    return texts


def _together(advices, data):
    """Return several keys' advice for the same state as one, without repetitions."""
    one = advices[0]
    one["keys"] = [key for advice in advices for key in advice["keys"]]
    for field in FIELDS + ("source",):
        texts = []
        seen = []
        some = False  # whether only some of the keys have it
        for advice in advices:
            some = some or field not in advice
            for text in advice.get(field, ()):
                if text not in seen:
                    seen.append(text)
                    texts.append((advice["keys"][0], text))
        if not texts:
            continue
        several = len(seen) > 1 and field in ("now", "fails", "who", "kiosk", "fault")
        if several or (some and field in ("kiosk", "fault")):
            # Say which key a text means; a text for several keys names them all.
            seen = []
            for _, text in texts:
                keys = [a["keys"][0] for a in advices if text in a.get(field, ())]
                short = _short(data, one["kind"])
                names = data["joint"].join([short[key] for key in _once(keys)])
                seen.append(names + ": " + text)
        one[field] = seen
    one["checked"] = min([advice["checked"] for advice in advices])
    return one


def _once(values):
    once = []
    for value in values:
        if value not in once:
            once.append(value)
    return once


def _advice(data, texts, title, kind, keys, found):
    advice = {"kind": kind, "keys": list(keys), "state": found, "title": title}
    for field in FIELDS:
        if field in texts:
            advice[field] = [_text(data, field, texts[field])]
    if "list" in texts:
        advice["list"] = list(texts["list"])
    if found == state.LOCKED and "who" in advice and not _is_phone(kind):
        advice["after"] = [data["again"]]
    advice["source"], advice["checked"] = sources_told(data, texts["source"])
    return advice


def _text(data, field, text):
    if text == "@office":
        return data["office"][field]
    return data["parts"][text[1:]] if text.startswith("@") else text

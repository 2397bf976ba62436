"""Before you go: kiosk or office, one visit or two, from a reading and up to three questions.

The questions are `other` (the other certificate's number is known), `changed` (address or name has
changed) and `valid` (the certificates are valid). Runs under MicroPython too.
"""

from mynacard import state
from mynacard.survey import UNREAD

from .sources import told

QUESTIONS = ("other", "changed", "valid")

_PAIR = {"sign": "auth", "auth": "sign"}  # which number the shop's terminal asks for
_SURE = (state.OK, state.UNLIMITED, state.USED)
_GOOD = {"other": True, "changed": False, "valid": True}


def plan(data, kind, findings, complete, answers):
    """Return where to go, as a dict; None where nothing of a card is known to be locked.

    Arguments: see `choose.advise`; `answers`: True, False or None (not known) by question.

    place         "kiosk", "office" or "police"
    ask           the questions whose answers matter here
    rows          labels and texts, true once all of `ask` are answered
    source, checked           see `choose`
    """
    states = {finding["id"]: finding["state"] for finding in findings}
    locked = [finding["id"] for finding in findings if finding["state"] == state.LOCKED]
    if kind != "my_number_card" or not complete or not locked:
        return None
    words = data["plan"]
    source, checked = told(data, words["source"])
    found = {"source": source, "checked": checked}
    if locked == ["licence"]:
        rows = [("where", words["police"])]
        return _with(found, words, "police", [], rows)
    too = [("too", words["police"])] if "licence" in locked else []
    unread = [finding["id"] for finding in findings if finding.get("note") == UNREAD]
    why = _no_kiosk(words, locked, states, unread)
    ask = [name for name in QUESTIONS if name != "other" or why is None]
    if why is None:
        bad = [name for name in ask if answers.get(name) is not _GOOD[name]]
        if not bad:
            rows = [("where", words["kiosk"]), ("visits", words["kiosk_visits"])]
            certificate = [key for key in locked if key in _PAIR][0]
            rows.append(("how", data["kinds"][kind]["keys"][certificate]["kiosk"]))
            rows += too + [("after", data["again"])]
            return _with(found, words, "kiosk", ask, rows)
        why = words["why"][bad[0]]
    rows = [("where", words["office"]), ("why", why), ("visits", words["office_visits"])]
    rows += [("too", words["too"][n]) for n in ask if n in words["too"] and _is_bad(answers, n)]
    rows += too + [("bring", data["office"]["bring"]), ("after", data["again"])]
    return _with(found, words, "office", ask, rows)


def pair_to_ask(findings):
    """Return the certificate whose state decides, and of which nothing is told; else None."""
    states = {finding["id"]: finding["state"] for finding in findings}
    locked = [key for key, found in states.items() if found == state.LOCKED and key != "licence"]
    other = _PAIR.get(locked[0]) if len(locked) == 1 else None
    return None if other in states else other


def _no_kiosk(words, locked, states, unread):
    """Return why the shop's terminal cannot help; None if it can."""
    if [key for key in locked if key not in _PAIR and key != "licence"]:
        return words["why"]["others"]
    certificates = [key for key in locked if key in _PAIR]
    if len(certificates) == 2:
        return words["why"]["both"]
    if certificates[0] in unread:  # it may be a card that never had one
        return words["why"]["unread"]
    found = states.get(_PAIR[certificates[0]], state.UNKNOWN)
    if found == state.LAST:
        return words["why"]["last"]
    return None if found in _SURE else words["why"]["not_there"]


def _is_bad(answers, name):
    return answers.get(name) is (not _GOOD[name])


def _with(found, words, place, ask, rows):
    found["place"] = place
    found["ask"] = ask
    found["rows"] = [(words["labels"][label], text) for label, text in rows]
    return found

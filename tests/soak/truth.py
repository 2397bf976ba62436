"""The right findings for a virtual card in a soak, derived from the card's files.

Written from docs/protocol.md and docs/events.md, with the keys of `oracle`. It takes nothing from
`mynacard` or the firmware, so it cannot repeat a mistake of theirs. Runs under MicroPython.
"""
# mypy: ignore-errors

import oracle
from pinlamp_tools.emulator.card.applet import File, Pin

_AIDS = {row["id"]: bytes.fromhex(row["aid"]) for row in oracle.KEYS}
_EFS = {row["id"]: int(row["ef"], 16) for row in oracle.KEYS}
_JPKI = _AIDS["sign"]
_NO_SUCH_KEY = (b"\x6a\x82", b"\x6a\x83", b"\x6a\x88")
_TOKENS = {
    b"JPKIAPICCTOKEN2": ("my_number_card", "all"),
    b"JPKIAPGPSETOKEN": ("phone_android", "jpki"),
    b"JPKIAPIOSTOKEN": ("phone_ios", "jpki"),
    b"JPKIAPICCTOKEN": ("juki_card", "none"),
}
_TOKEN_SIZE = 32
_OF_A_FILE = ("sign", "auth", "licence")  # which tells whether they are in use
_OFF = {}  # the files of an applet that is switched off


def keys(licence):
    """Return the rows of the keys that a survey may ask a card, in the order of their places."""
    return [row for row in oracle.KEYS if licence or "opt_in" not in row]


def joined(states):
    """Return the state that one lamp shows for its keys' states; None during the read."""
    if "locked" in states:
        return "locked"
    if None in states:
        return None
    return oracle.worst(states) if states else "absent"


def of_card(icc, licence):
    """Return (kind, {key: (state, left, max)}) of an `applet.Icc`; no keys if nothing is asked.

    `licence`: whether the settings switch that key on.
    """
    applets = {applet.aid: applet.files for applet in icc.applets}
    off = [applet.aid for applet in icc.applets if applet.deactivated]
    for aid in off:
        applets[aid] = _OFF
    asked = keys(licence)
    token = _content(applets.get(_JPKI), 0x0006, _TOKEN_SIZE)
    if token is None:
        others = [_AIDS[row["id"]] for row in asked]
        known = any(aid in applets for aid in others if aid != _JPKI) or _JPKI in off
        kind, scope = ("my_number_card", "all") if known else ("other_b", "none")
    else:
        kind, scope = _TOKENS.get(token.rstrip(b" \x00"), ("newer", "none"))
    if scope == "none":
        asked = []
    elif scope == "jpki":
        asked = [row for row in asked if _AIDS[row["id"]] == _JPKI]
    return kind, _keys(applets, asked)


def _keys(applets, asked):
    certificates = _content(applets.get(_JPKI), 0x0008, 3) or b"\xff\xff\xff"
    found = {}
    for row in asked:
        key, aid = row["id"], _AIDS[row["id"]]
        files = applets.get(aid)
        state, left, shown_most = _key(files, row)
        unset = files is not None and _unset(key, certificates, files)
        if state == "absent" and files is not None and key in _OF_A_FILE:
            state = "unknown"  # the file does not say so
        found[key] = (unset or state, left, shown_most)
    four = [row["id"] for row in oracle.KEYS if "by_design" in row]
    if certificates[0] == 0x00 and all(found.get(key, "?")[0] == "locked" for key in four):
        for key in four:
            found[key] = ("by_design",) + found[key][1:]
    return found


def _unset(key, certificates, files):
    if key == "sign" and certificates[0] == 0x00 or key == "auth" and certificates[1] == 0x00:
        return "not_issued"
    if key == "licence" and _content(files, 0x001A, 3) == b"\xc1\x01\x00":
        return "not_set"
    return None


def _key(files, row):
    """Return (state, left, max) of one key, by the table in docs/protocol.md."""
    most = row["max"]
    if files is _OFF:
        return "unknown", None, most
    entry = None if files is None else files.get(_EFS[row["id"]])
    if not isinstance(entry, Pin):
        # The survey asks the licence's key without a SELECT EF: 6986, which has no meaning.
        return "unknown" if files is not None and "short" in row else "absent", None, most
    if entry.word is None:
        word = bytes((0x63, 0xC0 | min(entry.left, 15))) if entry.left else entry.locked_word
    else:
        word = entry.word
    if word[0] == 0x63 and word[1] & 0xF0 == 0xC0:
        left = word[1] & 0x0F
        if most is not None and left > most:
            return "ok", left, None
        full = left >= row.get("floor", 3) if most is None else left == most
        state = ("locked", "last")[left] if left < 2 else "ok" if full else "used"
        return state, left, most
    if word in _NO_SUCH_KEY:
        return "absent", None, most
    if word == b"\x63\x00":
        return "unlimited", None, None
    if word in (b"\x69\x84", b"\x69\x83"):
        return "locked", None, most
    return "not_reported" if word == b"\x90\x00" else "unknown", None, most


def _content(files, ef, size):
    """Return a file's first bytes; None if it is missing, too short, or not free to read."""
    entry = None if files is None else files.get(ef)
    if not isinstance(entry, File) or entry.needs is not None or len(entry.data) < size:
        return None
    return entry.data[:size]

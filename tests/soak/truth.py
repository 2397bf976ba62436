"""What the device has to find on a virtual card in a soak, worked out from the card's files.

An oracle of its own, written from docs/protocol.md and docs/events.md: it takes nothing from
`mynacard` or the firmware, so a mistake there cannot be repeated here. Runs under MicroPython.
"""
# mypy: ignore-errors

from pinlamp_tools.emulator.applet import File, Pin
from pinlamp_tools.emulator.cards import COMMON, JPKI, JUKI, LICENCE, PINS, TEXT, VISUAL

# Tries of a full counter where they are known for sure (grades W and S), in the order of asking:
# `auth` before the keys that it makes `by_design`.
MAXIMA = (
    ("sign", 5),
    ("auth", 3),
    ("juki", 3),
    ("text_pin", 3),
    ("text_b", 10),
    ("text_a", None),
    ("visual_b", 10),
    ("visual_a", None),
    ("visual_birth", None),
    ("common", 3),
    ("licence", 10),
)
_BY_DESIGN = ("auth", "juki", "common", "text_pin")
_NO_SUCH_KEY = (b"\x6a\x82", b"\x6a\x83", b"\x6a\x88")
_TOKENS = {
    b"JPKIAPICCTOKEN2": ("my_number_card", "all"),
    b"JPKIAPGPSETOKEN": ("phone_android", "jpki"),
    b"JPKIAPIOSTOKEN": ("phone_ios", "jpki"),
    b"JPKIAPICCTOKEN": ("juki_card", "none"),
}
_TOKEN_SIZE = 32

WORST_FIRST = (
    "locked",
    "by_design",
    "last",
    "unknown",
    "used",
    "not_reported",
    "not_set",
    "not_issued",
    "unlimited",
    "ok",
    "absent",
)

_BIRTH = "visual_birth"
# Keys of each lamp; the overall lamp comes behind them, except in layout 5.
LAYOUTS = {
    12: (
        ("sign",),
        ("auth",),
        ("juki",),
        ("text_pin",),
        ("visual_b",),
        ("text_b",),
        ("common",),
        ("visual_a",),
        ("text_a",),
        (_BIRTH,),
        ("licence",),
    ),
    8: (
        ("sign",),
        ("auth",),
        ("juki", "common"),
        ("text_pin",),
        ("visual_b",),
        ("text_b",),
        ("visual_a", "text_a", _BIRTH),
    ),
    5: (
        ("sign",),
        ("auth",),
        ("juki", "common"),
        ("text_pin",),
        ("visual_b", "text_b", "visual_a", "text_a", _BIRTH),
    ),
    1: (),
}

# state -> (hue, when it is lit within two seconds in ms, whether it is dim)
_LIT = ((0, 2000),)
LOOKS = {
    "ok": ("green", _LIT, False),
    "unlimited": ("green", _LIT, False),
    "used": ("amber", ((0, 1800),), False),
    "last": ("amber", ((0, 200), (400, 600)), False),
    "locked": ("red", ((0, 1000),), False),
    "by_design": ("blue", ((0, 1000),), False),
    "not_issued": ("blue", _LIT, True),
    "not_set": ("blue", _LIT, True),
    "unknown": ("violet", ((0, 167),), False),
    "not_reported": ("violet", ((0, 167),), False),
    "absent": ("off", _LIT, False),
    None: ("white", _LIT, True),  # being read
}


def joined(states):
    """Return the state that one lamp shows for those of its keys; None: still being read."""
    if "locked" in states:
        return "locked"
    if None in states:
        return None
    for state in WORST_FIRST:
        if state in states:
            return state
    return "absent"


def of_card(icc, licence):
    """Return (kind, {key: (state, left, max)}) of an `applet.Icc`; no keys: it is not asked.

    `licence`: whether the owner has switched that key on.
    """
    applets = {applet.aid: applet.files for applet in icc.applets}
    asked = [(key, most) for key, most in MAXIMA if licence or key != "licence"]
    token = _content(applets.get(JPKI), 0x0006, _TOKEN_SIZE)
    if token is None:
        others = (JUKI, COMMON, TEXT, VISUAL) + ((LICENCE,) if licence else ())
        known = any(aid in applets for aid in others)
        kind, scope = ("my_number_card", "all") if known else ("other_b", "none")
    else:
        kind, scope = _TOKENS.get(token.rstrip(b" "), ("other_b", "none"))
    if scope == "none":
        asked = []
    elif scope == "jpki":
        asked = asked[:2]
    return kind, _keys(applets, asked)


def _keys(applets, asked):
    certificates = _content(applets.get(JPKI), 0x0008, 3) or b"\xff\xff\xff"
    face = False
    found = {}
    for key, most in asked:
        aid, ef = PINS[key][:2]
        state, left, shown_most = _key(applets.get(aid), ef, most, key == "licence")
        unset = aid in applets and _unset(key, certificates, applets[aid])
        if unset:
            state = unset
        elif state == "locked" and key in _BY_DESIGN:
            face = face or key == "auth" and certificates[0] == 0x00
            state = "by_design" if face else state
        found[key] = (state, left, shown_most)
    return found


def _unset(key, certificates, files):
    if key == "sign" and certificates[0] == 0x00 or key == "auth" and certificates[1] == 0x00:
        return "not_issued"
    if key == "licence" and _content(files, 0x001A, 3) == b"\xc1\x01\x00":
        return "not_set"
    return None


def _key(files, ef, most, short):
    """Return (state, left, max) of one key, by the table in docs/protocol.md."""
    entry = None if files is None else files.get(ef)
    if not isinstance(entry, Pin):
        # The licence's key is asked without a SELECT EF: 6986, which has no meaning.
        return "unknown" if files is not None and short else "absent", None, most
    if entry.word is None:
        word = bytes((0x63, 0xC0 | min(entry.left, 15))) if entry.left else entry.locked_word
    else:
        word = entry.word
    if word[0] == 0x63 and word[1] & 0xF0 == 0xC0:
        left = word[1] & 0x0F
        if most is not None and left > most:
            return "ok", left, None
        full = left >= 3 if most is None else left == most
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
    """Return the first bytes of a file that is there, free to read and long enough; or None."""
    entry = None if files is None else files.get(ef)
    if not isinstance(entry, File) or entry.needs is not None or len(entry.data) < size:
        return None
    return entry.data[:size]

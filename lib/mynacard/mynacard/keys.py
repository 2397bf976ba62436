"""The applets and keys of a My Number Card, as data. `gate` and `survey` know no other.

Each key carries the grade of what is known of it (facts/card.md):
[W] several independent implementations, [S] one source, [I] inferred, [?] open.
"""

from collections import namedtuple

from . import state

# A file that may be read without a PIN and tells nothing of the holder. `length` in bytes.
File = namedtuple("File", ("aid", "ef", "length"))

# `state` is concluded when the file's content fits `pattern`, byte by byte; None fits any byte.
Unset = namedtuple("Unset", ("file", "pattern", "state"))

# id       name of the key everywhere in the project
# aid      DF name of its applet, in full: a card matches a DF name by prefix
# ef       its EF identifier
# short    True: asked by short EF identifier right after SELECT DF, without SELECT EF
# max      tries when nothing wrong was entered; None where that is graded [I] or [?]
# default  False: asked only if the owner has switched it on
# unset    an `Unset`, or None
Key = namedtuple("Key", ("id", "aid", "ef", "short", "max", "default", "unset"))

_JPKI = b"\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01"
_JUKI = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x01"
_COMMON = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x01\x00"
_TEXT = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x08"
_VISUAL = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x02"
_LICENCE = b"\xa0\x00\x00\x02\x31\x06" + b"\x00" * 10

TOKEN = File(_JPKI, 0x0006, 32)  # which product this is, space padded [W]
CERTIFICATES = File(_JPKI, 0x0008, 3)  # 8F 8F 00: both are there; 00: absent [S soltia]
LICENCE_PIN = File(_LICENCE, 0x001A, 3)  # C1 01 00: no PIN set, C1 01 01: set [S DLC]
FILES = (TOKEN, CERTIFICATES, LICENCE_PIN)

_NO_SIGN = Unset(CERTIFICATES, (0x00, None, None), state.NOT_ISSUED)
_NO_AUTH = Unset(CERTIFICATES, (None, 0x00, None), state.NOT_ISSUED)
_NO_LICENCE_PIN = Unset(LICENCE_PIN, (0xC1, 0x01, 0x00), state.NOT_SET)

# In the order in which they are asked: `sign` and `auth` first, then one SELECT DF an applet.
# Text AP EF 0012 (63C0 on every card as issued [S soltia]) is no user's key and must stay out.
KEYS = (
    Key("sign", _JPKI, 0x001B, False, 5, True, _NO_SIGN),  # [W]
    Key("auth", _JPKI, 0x0018, False, 3, True, _NO_AUTH),  # [W]
    Key("juki", _JUKI, 0x001C, False, 3, True, None),  # [W]
    Key("text_pin", _TEXT, 0x0011, False, 3, True, None),  # [W]
    Key("text_b", _TEXT, 0x0015, False, 10, True, None),  # [W]
    Key("text_a", _TEXT, 0x0014, False, None, True, None),  # EF [W], 10 tries [I]
    Key("visual_b", _VISUAL, 0x0012, False, 10, True, None),  # [W]
    Key("visual_a", _VISUAL, 0x0013, False, None, True, None),  # EF [W], 10 tries [I]
    Key("visual_birth", _VISUAL, 0x0011, False, None, True, None),  # [S], tries [?]
    Key("common", _COMMON, 0x001C, False, 3, True, None),  # [W]
    Key("licence", _LICENCE, 0x0006, True, 10, False, _NO_LICENCE_PIN),  # [S DLC]
)

# Keys that a 顔認証マイナンバーカード has locked on purpose: `auth` [S], the others [I].
# The sign of it is: no signature certificate, and `auth` locked.
LOCKED_BY_DESIGN = ("auth", "juki", "common", "text_pin")

# Content of TOKEN -> (kind, whether all keys are asked, those of the JPKI alone, or none).
ALL, JPKI_ONLY, NONE = 2, 1, 0
TOKENS = {
    b"JPKIAPICCTOKEN2": ("my_number_card", ALL),
    b"JPKIAPGPSETOKEN": ("phone_android", JPKI_ONLY),
    b"JPKIAPIOSTOKEN": ("phone_ios", JPKI_ONLY),
    b"JPKIAPICCTOKEN": ("juki_card", NONE),
}


def select(licence=False):
    """Return the keys to ask: all that are on by default, and `licence` if it is switched on."""
    return tuple(key for key in KEYS if key.default or (licence and key.id == "licence"))

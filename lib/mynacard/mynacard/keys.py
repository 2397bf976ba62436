"""The applets and keys of a My Number Card, as data. `gate` and `survey` know no other.

Each row carries the grade of what is known of it; docs/protocol.md has the sources:
[W] several independent implementations, [S] one source, [I] inferred, [?] open.
"""

from collections import namedtuple

from . import state
from .apdu import select_ef

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from typing import NamedTuple

    class File(NamedTuple):
        """A file that may be read without a PIN and does not identify the holder."""

        aid: bytes  # of its applet
        ef: int  # its EF identifier
        length: int  # in bytes

    class Unset(NamedTuple):
        """Where a file's content tells that a key is not in use."""

        file: File
        pattern: "tuple[int | None, ...]"  # of the whole content; None fits any byte
        state: str  # of the key, if the content fits

else:
    File = namedtuple("File", ("aid", "ef", "length"))
    Unset = namedtuple("Unset", ("file", "pattern", "state"))


class Key:
    """A key of the card: where it is, and what is known of it.

    id         its name everywhere in the project
    aid        the DF name of its applet, in full: a card matches a DF name by prefix
    ef         its EF identifier
    select     the command that selects that EF
    max        tries while no wrong entry is on record; None where that is graded [I] or [?]
    floor      where max is None, a number that it is known not to be below; else None
    short      asked by short EF identifier right after SELECT DF, without SELECT EF
    opt_in     asked only if its owner has switched it on
    by_design  a 顔認証マイナンバーカード has it locked on purpose
    unset      an `Unset`: when it is not in use at all
    """

    def __init__(
        self,
        id: str,
        *,
        aid: bytes,
        ef: int,
        max: "int | None" = None,
        floor: "int | None" = None,
        short: bool = False,
        opt_in: bool = False,
        by_design: bool = False,
        unset: "Unset | None" = None,
    ):
        self.id = id
        self.aid = aid
        self.ef = ef
        self.select = select_ef(ef)
        self.max = max
        self.floor = floor
        self.short = short
        self.opt_in = opt_in
        self.by_design = by_design
        self.unset = unset


# The applets, by their DF names in full.
JPKI = b"\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01"
JUKI = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x01"
COMMON = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x01\x00"
TEXT = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x08"
VISUAL = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x02"
LICENCE = b"\xa0\x00\x00\x02\x31\x06" + b"\x00" * 10

TOKEN = File(JPKI, 0x0006, 32)  # which product this is, space padded [W]
CERTIFICATES = File(JPKI, 0x0008, 3)  # 8F 8F 00: both are there; 00: absent [S soltia]
LICENCE_PIN = File(LICENCE, 0x001A, 3)  # C1 01 00: no PIN set, C1 01 01: set [S DLC]
FILES = (TOKEN, CERTIFICATES, LICENCE_PIN)

_NO_SIGN = Unset(CERTIFICATES, (0x00, None, None), state.NOT_ISSUED)
_NO_AUTH = Unset(CERTIFICATES, (None, 0x00, None), state.NOT_ISSUED)
_NO_PIN = Unset(LICENCE_PIN, (0xC1, 0x01, 0x00), state.NOT_SET)

# In the order in which a survey asks: `sign` and `auth` first, then one SELECT DF an applet.
# Text AP EF 0012 (63C0 on every card as issued [S soltia]) is no user's key and must stay out.
# The floor of `text_a` is inferred from `visual_a`, and used all the same: amber asks for care
# where nothing may be wrong, green would hide up to seven wrong entries.
# `by_design` is [S] for `auth`, [I] for the others. Its sign: no signature certificate, and all of
# them locked; with any of them free, the others are really locked, as a child's may be.
KEYS = (
    Key("sign", aid=JPKI, ef=0x001B, max=5, unset=_NO_SIGN),  # [W]
    Key("auth", aid=JPKI, ef=0x0018, max=3, by_design=True, unset=_NO_AUTH),  # [W]
    Key("juki", aid=JUKI, ef=0x001C, max=3, by_design=True),  # [W]
    Key("text_pin", aid=TEXT, ef=0x0011, max=3, by_design=True),  # [W]
    Key("text_b", aid=TEXT, ef=0x0015, max=10),  # [W]
    Key("text_a", aid=TEXT, ef=0x0014, floor=10),  # EF [W], at least 10 tries [I]: see below
    Key("visual_b", aid=VISUAL, ef=0x0012, max=10),  # [W]
    Key("visual_a", aid=VISUAL, ef=0x0013, floor=10),  # EF [W], at least 10 tries [S sc-tools]
    Key("visual_birth", aid=VISUAL, ef=0x0011),  # [S], tries [?]
    Key("common", aid=COMMON, ef=0x001C, max=3, by_design=True),  # [W]
    Key(
        "licence",  # [S DLC]
        aid=LICENCE,
        ef=0x0006,
        max=10,
        short=True,
        opt_in=True,
        unset=_NO_PIN,
    ),
)

# What a token is filled up with: spaces [W]; zeros are taken for the same.
PADDING = b" \x00"
_SPACES = b" " * TOKEN.length
# The kind of a card or phone with another token: one that came after this table was written.
NEWER = "newer"
# Content of TOKEN -> (kind, which keys a survey asks: all, those of the JPKI alone, or none).
ALL, JPKI_ONLY, NONE = 2, 1, 0
TOKENS = {
    b"JPKIAPICCTOKEN2": ("my_number_card", ALL),
    b"JPKIAPGPSETOKEN": ("phone_android", JPKI_ONLY),
    b"JPKIAPIOSTOKEN": ("phone_ios", JPKI_ONLY),
    b"JPKIAPICCTOKEN": ("juki_card", NONE),
}


def token_of(content: "bytes | memoryview") -> "bytes | None":
    """Return the key of TOKENS that the content of TOKEN is, less its padding; None if none is.

    Nothing of another content is copied: it could be anything.
    """
    for token in TOKENS:
        size = len(token)
        if content[:size] == token:
            rest = content[size:]
            if rest == _SPACES[: len(rest)] or all([byte in PADDING for byte in rest]):
                return token
    return None


def default_keys(opt_in: bool = False) -> "tuple[Key, ...]":
    """Return the keys to ask; with `opt_in` also those that their owner has to switch on."""
    return tuple([key for key in KEYS if opt_in or not key.opt_in])

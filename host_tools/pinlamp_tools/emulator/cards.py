"""The virtual cards: what lies on the antenna when a name of the list is tapped.

`CARDS` names them, `make(name)` gives fresh objects. Files that identify a holder exist here too,
as on a real card, and hold `IDENTITY`: a test that finds these bytes anywhere has caught a reader
reading what it must not read. The PINs of all cards are those of `PINS`.

Numbers by docs/protocol.md. Invented: the maximum of `visual_birth`, which nobody knows (10), and
what the driving licence, the next card generation and the certificates hold.
"""

import os

from .applet import Applet, File, Icc, Pin
from .catalogue import CARDS as CARDS
from .catalogue import DIFFERENCES, FULL
from .other import TypeA, TypeF
from .picc import PROCESSING_US, Picc

IDENTITY = b"IDENTITY-NEVER-READ."

JPKI = b"\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01"
JUKI = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x01"
COMMON = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x01\x00"
TEXT = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x08"
VISUAL = b"\xd3\x92\x10\x00\x31\x00\x01\x01\x04\x02"
LICENCE = b"\xa0\x00\x00\x02\x31\x06" + bytes(10)
DRIVING = b"\xa0\x00\x00\x02\x31\x01" + bytes(10)
NEXT = b"\xd3\x92\x10\x00\x31\x00\x02\xff\xff\x01"  # invented: the real ones are unpublished

# key id -> (applet, EF, the right entry, tries of a full counter)
PINS = {
    "sign": (JPKI, 0x001B, b"ABC123", 5),
    "auth": (JPKI, 0x0018, b"1234", 3),
    "juki": (JUKI, 0x001C, b"1234", 3),
    "common": (COMMON, 0x001C, b"1234", 3),
    "text_pin": (TEXT, 0x0011, b"1234", 3),
    "text_a": (TEXT, 0x0014, b"123456789012", 10),
    "text_b": (TEXT, 0x0015, b"01010120300000", 10),
    "visual_a": (VISUAL, 0x0013, b"123456789012", 10),
    "visual_b": (VISUAL, 0x0012, b"01010120300000", 10),
    "visual_birth": (VISUAL, 0x0011, b"010101", 10),
    "licence": (LICENCE, 0x0006, b"1234", 10),
}

_PHONE_KEYS = ("sign", "auth")

# ATQB without PUPI (application data, protocol info): one published, two taken from published ATRs
# (FWI 13; the 住基カード), and one invented, of a card without CID.
_USUAL = (b"\x00\x00\x05\xe0", b"\xb3\x81\xa1")
_SLOW = (b"\x00\x4b\x51\xff", b"\x00\x81\xd1")
_JUKI_CARD = (b"\x00\x00\x14\xe0", b"\xb3\x81\x91")
_NO_CID = (b"\x00\x00\x00\x00", b"\x00\x81\x90")


class Prng:
    """A small random generator (xorshift, 32 bits), the same on every interpreter."""

    def __init__(self, seed=None):
        """Start from `seed`, or from the system's entropy."""
        self._state = (seed or int.from_bytes(os.urandom(4), "big")) & 0xFFFFFFFF or 1

    def __call__(self, n: int) -> int:
        """Return a number from 0 to n - 1."""
        x = self._state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self._state = x
        return (x >> 3) % n

    def take(self, count: int) -> bytes:
        """Return `count` random bytes."""
        return bytes(self(256) for _ in range(count))


def make(name: str, rng=None, processing_us: int = PROCESSING_US) -> list:
    """Return the fresh card or cards of `name`, as they lie on the antenna.

    `rng` is a Prng, for identifiers and anticollision slots that can be repeated; `processing_us`
    is the time a card takes for one command. Raises KeyError for a name that is not in `CARDS`.
    """
    rng = Prng() if rng is None else rng
    if name in DIFFERENCES:
        return _my_number_cards(name, rng, processing_us)
    return _OTHERS[name](rng, processing_us)


def _my_number_cards(name, rng, processing_us):
    card = _type_b(_my_number(**DIFFERENCES[name]), rng, processing_us)
    if name == "worn":
        # The first command after power-up may answer 6F00 [S soltia].
        card = _type_b(_my_number(first_word=b"\x6f\x00", **DIFFERENCES[name]), rng, processing_us)
    elif name == "slow":
        card = _type_b(_my_number(), rng, 2 * processing_us, _SLOW)
        card.wtxm = 2
        card.first_us = 80 * processing_us  # longer than FWI 10 and many a driver would wait
    elif name == "weak":
        card.breaks = [(9, None)]
    elif name == "swapped":
        other = _type_b(_my_number(**DIFFERENCES["sign_locked"]), rng, processing_us)
        card.breaks = [(12, other)]
    elif name == "two_cards":
        return [card, _type_b(_my_number(), rng, processing_us)]
    elif name == "wallet":
        return [card] + _credit(rng, processing_us)
    return [card]


def _type_b(icc, rng, processing_us, atqb=_USUAL):
    return Picc(icc, rng.take(4), atqb[0], atqb[1], rng, processing_us)


def _identity(size):
    return (IDENTITY * (size // len(IDENTITY) + 1))[:size]


def _jpki_files(token, certificates):
    return {
        0x0001: File(_identity(512), needs=PINS["sign"][1]),
        0x0002: File(_identity(512)),
        0x0006: File(token + b" " * (32 - len(token))),
        0x0008: File(certificates),
        0x000A: File(_identity(512)),
        0x000B: File(_identity(512)),
    }


def _my_number(
    token=b"JPKIAPICCTOKEN2",
    certificates=b"\x8f\x8f\x00",
    first_word=None,
    keys=None,
    **differences,
):
    applets = {
        JPKI: _jpki_files(token, certificates),
        JUKI: {0x0001: File(_identity(64))},
        COMMON: {0x0001: File(_identity(64))},
        # EF 0012 is nobody's PIN and answers 63C0 as issued [S soltia].
        TEXT: {0x0001: File(_identity(32), needs=0x0014), 0x0012: Pin(b"", 1, 0)},
        VISUAL: {0x0002: File(_identity(512), needs=0x0012), 0x0003: File(_identity(64))},
    }
    if "licence" in differences:
        is_set = differences["licence"] is FULL
        applets[LICENCE] = {0x001A: File(b"\xc1\x01\x01" if is_set else b"\xc1\x01\x00")}
    if keys is not None:
        applets = {
            aid: files for aid, files in applets.items() if aid in (PINS[k][0] for k in keys)
        }
    for key, (aid, ef, value, maximum) in PINS.items():
        different = differences.get(key, FULL)
        if aid in applets and different is not None:
            applets[aid][ef] = Pin(value, maximum, **different)
    return Icc([Applet(aid, files) for aid, files in applets.items()], first_word=first_word)


def _next_generation(rng, processing_us):
    icc = Icc([Applet(NEXT, {0x0001: File(_identity(64)), 0x0011: Pin(b"1234", 5)})])
    return [_type_b(icc, rng, processing_us)]


def _juki_card(rng, processing_us):
    icc = _my_number(token=b"JPKIAPICCTOKEN", keys=("sign", "auth", "juki"))
    return [_type_b(icc, rng, processing_us, _JUKI_CARD)]


def _phone_android(rng, processing_us):
    icc = _my_number(token=b"JPKIAPGPSETOKEN", keys=_PHONE_KEYS)
    return [_type_b(icc, rng, processing_us)]


def _phone_ios(rng, processing_us):
    icc = _my_number(token=b"JPKIAPIOSTOKEN", keys=_PHONE_KEYS)
    return [_type_b(icc, rng, processing_us)]


def _driving_licence(rng, processing_us):
    files = {0x0001: Pin(b"1234", 3), 0x0002: Pin(b"5678", 3), 0x0003: File(_identity(64))}
    icc = Icc([Applet(DRIVING, files)], counts_query=True)
    return [_type_b(icc, rng, processing_us, _NO_CID)]


def _transit(rng, processing_us):
    return [TypeF(b"\x01\x01" + rng.take(6))]


def _credit(rng, processing_us):
    payment = Applet(b"2PAY.SYS.DDF01", {0x0001: File(_identity(64))})
    return [TypeA(Icc([payment], counts_query=True), rng.take(4), processing_us)]


_OTHERS = {
    "next_generation": _next_generation,
    "juki_card": _juki_card,
    "phone_android": _phone_android,
    "phone_ios": _phone_ios,
    "driving_licence": _driving_licence,
    "transit": _transit,
    "credit": _credit,
}

"""What is on a virtual card: its applets, their files and PINs, each as a fresh `Icc`.

Files that identify a holder exist here too, as on a real card, and hold `IDENTITY`: a test that
finds these bytes anywhere has caught a reader reading what it must not read. Where a key lies is
`mynacard.keys`' table; the right entries are those of `PINS`.

Numbers by docs/protocol.md. Invented: the tries of keys whose maximum nobody knows (10), and what
the driving licence, the next card generation and the certificates hold.
"""

from mynacard.keys import COMMON, JPKI, JUKI, KEYS, LICENCE, TEXT, VISUAL

from .applet import Applet, File, Icc, Pin

IDENTITY = b"IDENTITY-NEVER-READ."

DRIVING = b"\xa0\x00\x00\x02\x31\x01" + bytes(10)
NEXT = b"\xd3\x92\x10\x00\x31\x00\x02\xff\xff\x01"  # invented: the real ones are unpublished

# The right entries that are not four digits.
_ENTRIES = {
    "sign": b"ABC123",
    "text_a": b"123456789012",
    "text_b": b"01010120300000",
    "visual_a": b"123456789012",
    "visual_b": b"01010120300000",
    "visual_birth": b"010101",
}
# key id -> (applet, EF, the right entry, tries of a full counter)
PINS = {key.id: (key.aid, key.ef, _ENTRIES.get(key.id, b"1234"), key.max or 10) for key in KEYS}


def _identity(size):
    return (IDENTITY * (size // len(IDENTITY) + 1))[:size]


def my_number(
    token=b"JPKIAPICCTOKEN2",
    certificates=b"\x8f\x8f\x00",
    licence=None,
    applets=None,
    first_word=None,
    deactivated=(),
    pins=None,
):
    """Return a My Number Card: full, unless the arguments say otherwise.

    token, certificates   content of the JPKI's EF 0006 and 0008; of 0008 None: not to be read
    licence               content of the licence applet's EF 001A; None: there is no such applet
    applets               AIDs of the only ones there are; None: all
    deactivated           AIDs of those that are switched off
    first_word            answer to the first command after power-up
    pins                  key id -> keyword arguments of `Pin`; None in their place: no such EF
    """
    files = {
        JPKI: {
            0x0001: File(_identity(512), needs=PINS["sign"][1]),
            0x0002: File(_identity(512)),
            0x0006: File(token + b" " * (32 - len(token))),
            0x0008: File(certificates or b"", needs=None if certificates else PINS["sign"][1]),
            0x000A: File(_identity(512)),
            0x000B: File(_identity(512)),
        },
        JUKI: {0x0001: File(_identity(64))},
        COMMON: {0x0001: File(_identity(64))},
        # EF 0012 is nobody's PIN and answers 63C0 as issued [S soltia].
        TEXT: {0x0001: File(_identity(32), needs=0x0014), 0x0012: Pin(b"", 1, 0)},
        VISUAL: {0x0002: File(_identity(512), needs=0x0012), 0x0003: File(_identity(64))},
    }
    if licence is not None:
        files[LICENCE] = {0x001A: File(licence)}
    if applets is not None:
        files = {aid: files[aid] for aid in applets}
    for key, (aid, ef, entry, tries) in PINS.items():
        different = (pins or {}).get(key, {})
        if aid in files and different is not None:
            files[aid][ef] = Pin(entry, tries, **different)
    applets = [Applet(aid, of_aid, aid in deactivated) for aid, of_aid in files.items()]
    return Icc(applets, first_word=first_word)


def next_generation():
    """Return a card with none of today's applets."""
    return Icc([Applet(NEXT, {0x0001: File(_identity(64)), 0x0011: Pin(b"1234", 5)})])


def driving_licence():
    """Return a driving licence: to it a query is a wrong entry."""
    files = {0x0001: Pin(b"1234", 3), 0x0002: Pin(b"5678", 3), 0x0003: File(_identity(64))}
    return Icc([Applet(DRIVING, files)], counts_query=True)


def payment():
    """Return a credit card."""
    applet = Applet(b"2PAY.SYS.DDF01", {0x0001: File(_identity(64))})
    return Icc([applet], counts_query=True)

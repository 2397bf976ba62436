"""Plants marks wherever a card or a reader could identify itself, and searches for them."""

from pinlamp_tools.emulator.air.picc import PROCESSING_US, Picc
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.content import IDENTITY

NAME = b"HOLDER-NAME"
PUPI = b"\xde\xad\xbe\xa7"
APPLICATION_DATA = b"\xba\xd1\xde\xa5"
SERIAL = "1073041"
MARKS = (IDENTITY[:8], PUPI, APPLICATION_DATA, NAME, SERIAL.encode())
ATR = b"\x3b\x8b\x80\x01" + NAME + b"\x38"  # T=1; 11 historical bytes, checksum

_OK = b"\x90\x00"
_QUERY, _READ = 0x20, 0xB0
_TEXT = bytes.fromhex("D3921000310001010408")
PLANTS = {
    "select_df": lambda apdu, answer: NAME + answer if apdu[1:3] == b"\xa4\x04" else answer,
    # All else is as on a real card, so the survey comes so far.
    "one_applet": lambda apdu, answer: NAME + answer if _TEXT in apdu else answer,
    "select_ef": lambda apdu, answer: NAME + answer if apdu[1:3] == b"\xa4\x02" else answer,
    "refusals": lambda apdu, answer: NAME + b"\x6a\x82" if apdu[1] != _READ else answer,
    "query": lambda apdu, answer: NAME + answer if apdu[1] == _QUERY else answer,
    "files": lambda apdu, answer: (
        NAME.ljust(apdu[4])[: apdu[4]] + _OK if apdu[1] == _READ and apdu[4] > 3 else answer
    ),
    "long_files": lambda apdu, answer: answer[:-2] + NAME + _OK if apdu[1] == _READ else answer,
}


def plant(card, says, processing_us=PROCESSING_US):
    """Return a card that tells marks: in its ATQB (and so in its ATR), and in some answers."""
    process = card.icc.process
    card.icc.process = lambda apdu: says(apdu, process(apdu))
    return Picc(card.icc, PUPI, APPLICATION_DATA, card.info[4:], cards.Prng(), processing_us)


def search(outputs, folder):
    """Fail if a mark is in any of these outputs, or in a file of the folder."""
    said = [done.stdout + done.stderr for done in outputs]
    said += [path.read_bytes().decode("latin-1") for path in folder.iterdir()]
    for text in said:
        assert "internal error" not in text
        for mark in MARKS:
            for form in (mark.decode("latin-1"), mark.hex(), mark.hex().upper()):
                assert form not in text, form


def of_files(pinlamp, folder):
    """Run each command that takes a recording on the folder's recording."""
    trace = folder / "card.jsonl"
    return [
        pinlamp(*command)
        for command in (
            ("replay", trace),
            ("replay", trace, "--json"),
            ("replay", trace, "--print"),
            ("export", trace, "-o", folder / "card.pcapng"),
        )
    ]

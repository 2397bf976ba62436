"""Whatever a reader on USB says, and in whatever pieces: a card's answer is a card's, or an error.

A reader's own 63 00, 63 01 or 63 Cx, an old answer, an answer without its ACK, one with wrong sums
or a wrong block number is no counter; and the query goes out once.
"""

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import cases, count, finish
from isodep import IsoDepError
from pasori import PasoriError
from pasori.port100 import ACK
from reader_script import OK, says
from usb_script import air, framed, make

QUERY = b"\x00\x20\x00\x80"
WORDS = st.sampled_from(["9000"] * 3 + ["6300", "6301", "63C0", "63C3", "6401", "698A", "6A81"])
STATUS = st.sampled_from(["00000000"] * 3 + ["80000000", "04000000", "63C30000", "00040000"])
CARDS = st.sampled_from(["63C3", "63C0", "9000", "6984", "6300", "6301", "6A82"])
PIECES = st.sampled_from([b"", b"", b"", ACK, b"\x00\x00\xff", b"\x63\xc3", bytes(9), b"\x83"])
CUTS = st.lists(st.integers(1, 40), max_size=4)


def cut(data, sizes):
    """Return data in transfers of these sizes."""
    parts = []
    for size in sizes:
        parts.append(data[:size])
        data = data[size:]
    return [*parts, data]


def answered(reader):
    """Return what the query is answered, or None for an error."""
    try:
        return bytes(finish(reader.exchange(QUERY)))
    except (PasoriError, IsoDepError):
        return None


def queries(pipe):
    """Return how often the query was sent."""
    return sum([QUERY in data for data in pipe.sent])


@given(WORDS, WORDS, CARDS, PIECES, CUTS, st.sampled_from([0, 0, 0, 1, 255]), st.booleans())
@cases(3)
def test_through_an_rc_s300(outer, inner, card, before, sizes, late, number):
    count("rcs300")
    reader, pipe, script = make("rcs300")
    finish(reader.open())
    assert finish(reader.find_b()) is not None
    block = ("0A" if number else "0B") + "02" + card

    def said(seq):
        text = "C00300" + inner + "920100" + "96020000" + "97%02x" % (len(block) // 2) + block
        return [before, *cut(says(text, seq - late & 0xFF, outer), sizes)]

    script.special = [said] + [lambda seq: [says(OK, seq)]] * 9
    answer = answered(reader)
    good = (outer, inner, late, number) == ("9000", "9000", 0, True)
    assert answer in (None, bytes.fromhex(card))
    assert good or answer is None
    if good and not before:
        assert answer == bytes.fromhex(card)
    assert queries(pipe) == 1


@given(STATUS, CARDS, PIECES, PIECES, CUTS, st.integers(0, 60), st.booleans(), st.booleans())
@cases(3)
def test_through_an_rc_s380(status, card, before, between, sizes, damaged, ack, number):
    count("rcs380")
    reader, pipe, script = make("rcs380")
    finish(reader.open())
    assert finish(reader.find_b()) is not None

    def said(data):
        frame = bytearray(framed(air(("02" if number else "03") + card, status)))
        if damaged < len(frame):
            frame[damaged] ^= 0x10
        return [before, *([ACK] if ack else []), between, *cut(bytes(frame), sizes)]

    script.special = [said] + [lambda data: [ACK, framed(air("", "80000000"))]] * 9
    answer = answered(reader)
    whole = damaged >= len(framed(air("02" + card)))
    good = status == "00000000" and number and whole and (ack or ACK in (before, between))
    assert answer in (None, bytes.fromhex(card))
    assert good or answer is None
    if good and ack and not before and not between:
        assert answer == bytes.fromhex(card)
    assert queries(pipe) == 1

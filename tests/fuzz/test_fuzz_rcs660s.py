"""Three statuses through the driver: the module's two, and the card's, which never meet.

Whatever the module says to the query, the driver returns the value of tag 97 or raises: its own
63 00, 63 01 or 63 Cx, outside or in C0, is no counter.
"""

from hypothesis import example, given
from hypothesis import strategies as st

from both import Clock
from fuzzing import cases, count, finish
from module_script import Module
from pasori import ACK, PasoriError, encode
from pasori.rcs660s import RCS660S
from reader_script import says

QUERY = b"\x00\x20\x00\x80"
WORDS = st.sampled_from(["9000"] * 3 + ["6300", "6301", "63C0", "63C3", "6401", "698A", "6A81"])
CARDS = st.sampled_from(["63C3", "63C0", "9000", "6984", "6300", "6301", "6A82"])
PIECES = st.sampled_from([b"", b"", b"", ACK, b"\x00\x00\xff", b"\x63\xc3", bytes(9)])


@given(WORDS, WORDS, CARDS, PIECES, PIECES, st.sampled_from([0, 0, 0, 1, 255]))
@example("6300", "9000", "63C3", b"", b"", 0)
@example("9000", "6301", "63C3", b"", b"", 0)
@example("9000", "9000", "6300", b"", b"", 0)
@cases(3)
def test_what_the_driver_returns_is_the_card_s(outer, inner, card, before, between, late):
    count("rcs660s")
    clock = Clock()
    module = Module(clock)
    reader = RCS660S(module, clock=clock)
    finish(reader.open())
    assert finish(reader.find_b()) is not None

    def said(seq):
        text = "C00300" + inner + "920100" + "96020000" + "9702" + card
        return before + ACK + between + encode(says(text, seq - late & 0xFF, outer))

    module.special = [said]
    sent = len(module.heard)
    try:
        answer = finish(reader.exchange(QUERY))
    except PasoriError:
        answer = None
    assert answer in (None, bytes.fromhex(card))
    if (outer, inner) != ("9000", "9000") or late:
        assert answer is None
    elif not before and not between:
        assert answer == bytes.fromhex(card)
    assert len(module.heard) == sent + 1  # once, whatever came

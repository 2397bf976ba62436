"""ATRs: which protocols they offer, and what they tell of a Type B card."""

import pytest

from pinlamp_tools.pcsc.atr import fwi_of, offers_t1


@pytest.mark.parametrize(
    ("atr", "t_1"),
    [
        ("3B888001000041E0B381A1003B", True),  # a Type B card
        ("3B808001 01", True),  # T=0 and T=1
        ("3BFD1300008131FE158073C021C057597562694B657940", True),  # T=1 alone
        ("3B021450", False),  # no TD: T=0
        ("3B6800000073C84000009000", False),
        ("3B9F958131FE9F006646530523002571DF000006", True),
        ("3B8080", False),
        ("3B80", False),
        ("3B", False),
        ("", False),
    ],
)
def test_which_cards_speak_t_1(atr, t_1):
    assert offers_t1(bytes.fromhex(atr)) is t_1


def test_the_frame_waiting_integer_is_that_of_a_type_b_card():
    assert fwi_of(bytes.fromhex("3B888001000041E0B381A1003B")) == 10
    assert fwi_of(bytes.fromhex("3B021450")) is None
    assert fwi_of(b"") is None
    # what some readers make of any card: no ATQB is in it
    assert fwi_of(bytes.fromhex("3B80800101")) is None
    assert offers_t1(bytes.fromhex("3B80800101"))

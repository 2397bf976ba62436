"""The catalogue: every card is there, with what it is there for."""

import pytest

from oracle import CARDS as TRUTH
from oracle import KEY
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.catalogue import CARDS

NAMES = [card.name for card in CARDS]


def tell(card, *apdus):
    for apdu in apdus:
        answer = card.transmit(bytes.fromhex(apdu))
    return answer


def query(card, key):
    """Return the answer to the query for a key, or None if a SELECT fails."""
    aid, ef = bytes.fromhex(KEY[key]["aid"]), int(KEY[key]["ef"], 16)
    select = b"\x00\xa4\x04\x0c" + bytes((len(aid),)) + aid
    file = b"\x00\xa4\x02\x0c\x02" + ef.to_bytes(2, "big")
    word = card.transmit(select)
    if word == b"\x6f\x00":
        word = card.transmit(select)
    if word != b"\x90\x00" or card.transmit(file) != b"\x90\x00":
        return None
    return card.transmit(b"\x00\x20\x00\x80")


def test_the_list_is_the_designs_with_a_line_in_two_languages_each():
    assert len(set(NAMES)) == len(NAMES)
    assert all(card.en and card.ja and "\n" not in card.en + card.ja for card in CARDS)


def test_a_name_that_is_not_in_the_list_is_an_error():
    with pytest.raises(KeyError):
        cards.make("no_such_card")


def test_truth_is_told_of_every_card():
    assert list(TRUTH) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_each_card_answers_is_its_truth(name):
    answers = {
        "ok": lambda left: b"\x63" + bytes((0xC0 + left,)),
        "unlimited": lambda left: b"\x63\x00",
        "not_reported": lambda left: b"\x90\x00",
    }
    for card in cards.make(name):
        for key, truth in TRUTH[name]["keys"].items():
            if card.kind != "B" or truth["state"] in ("not_issued", "not_set"):
                continue
            if truth.get("note") == "deactivated":
                aid = KEY[key]["aid"]
                assert tell(card, f"00A4040C{len(aid) // 2:02X}{aid}") == b"\x62\x83"
            if truth["state"] in ("absent", "unknown"):
                assert query(card, key) is None
            elif truth["state"] == "locked" and truth["left"] is None:
                assert query(card, key) == b"\x69\x84"
            else:
                answer = answers.get(truth["state"], answers["ok"])(truth["left"])
                assert query(card, key) == answer, key


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("fresh", "JPKIAPICCTOKEN2"),
        ("juki_card", "JPKIAPICCTOKEN"),
        ("phone_android", "JPKIAPGPSETOKEN"),
        ("phone_ios", "JPKIAPIOSTOKEN"),
    ],
)
def test_tokens(name, token):
    card = cards.make(name)[0]
    tell(card, "00A4040C0AD392F000260100000001", "00A4020C020006")
    assert tell(card, "00B0000020") == token.ljust(32).encode() + b"\x90\x00"


def test_a_phone_has_the_certificates_only():
    card = cards.make("phone_ios")[0]
    assert query(card, "sign") and query(card, "auth")
    assert not any(query(card, key) for key in ("juki", "common", "text_pin", "visual_b"))


@pytest.mark.parametrize("name", ("next_generation", "driving_licence", "credit"))
def test_todays_applets_are_not_on_the_next_card_nor_on_a_driving_licence(name):
    card = cards.make(name)[0]
    assert all(query(card, key) is None for key in KEY), name


def test_a_licence_is_where_it_was_loaded_only():
    having = [n for n in NAMES if any(query(c, "licence") for c in cards.make(n))]
    assert having == ["licence", "licence_unset"]


@pytest.mark.presents_pin
def test_a_query_costs_a_try_on_a_card_that_counts_it():
    card = cards.make("driving_licence")[0]
    tell(card, "00A4040C10A0000002310100000000000000000000", "00A4020C020001")
    assert [tell(card, "00200080").hex() for _ in range(4)] == ["63c2", "63c1", "63c0", "6984"]
    assert card.presented == 4


def test_identifiers_differ_from_card_to_card_and_can_be_repeated():
    def atqb(card):
        card.power_on()
        return card.receive(bytes.fromhex("050000 71FF"))

    assert atqb(cards.make("fresh")[0]) != atqb(cards.make("fresh")[0])
    same = [atqb(cards.make("fresh", cards.Prng(7))[0]) for _ in range(2)]
    assert same[0] == same[1] and len(same[0]) == 14


def test_two_cards_and_wallet_are_two():
    assert [card.kind for card in cards.make("two_cards")] == ["B", "B"]
    assert [card.kind for card in cards.make("wallet")] == ["B", "A"]
    assert cards.make("transit")[0].kind == "F"

"""The virtual card's contents: what each command is answered, and what a PIN entry costs."""

import pytest

from pinlamp_tools.emulator.card import cards

JPKI = "00A4040C0AD392F000260100000001"
TEXT = "00A4040C0AD3921000310001010408"
VISUAL = "00A4040C0AD3921000310001010402"
QUERY = "00200080"


@pytest.fixture
def card():
    return cards.make("fresh")[0]


def tell(card, *apdus):
    """Send APDUs in hex and return the last answer in hex."""
    for apdu in apdus:
        answer = card.transmit(bytes.fromhex(apdu.replace(" ", ""))).hex()
    return answer


def ef(number):
    return "00A4020C02" + number


def test_a_query_is_answered_with_the_tries_left_and_costs_none(card):
    assert tell(card, JPKI, ef("001B"), QUERY) == "63c5"
    assert tell(card, QUERY, QUERY, QUERY, QUERY, QUERY, QUERY) == "63c5"
    assert card.presented == 0


@pytest.mark.presents_pin
def test_a_wrong_entry_costs_a_try_until_the_pin_is_locked(card):
    tell(card, JPKI, ef("0018"))
    wrong = "00200080 04 39393939"
    assert [tell(card, wrong) for _ in range(4)] == ["63c2", "63c1", "63c0", "6984"]
    assert tell(card, QUERY) == "63c0"
    assert tell(card, "00200080 04 31323334") == "6984"  # nor does the right one help now
    assert card.presented == 5


@pytest.mark.presents_pin
def test_the_right_entry_gives_the_tries_back_and_is_remembered_for_the_session(card):
    tell(card, JPKI, ef("0018"))
    assert tell(card, "00200080 04 39393939") == "63c2"
    assert tell(card, "00200080 04 31323334") == "9000"
    assert tell(card, QUERY) == "63c3"  # what was entered is no answer to the query


@pytest.mark.presents_pin
def test_what_was_entered_is_forgotten_with_another_applet_and_with_the_power(card):
    read = ef("0001"), "00B0000004"  # a file that needs the signature PIN
    enter = JPKI, ef("001B"), "00200080 06 414243313233"
    assert tell(card, JPKI, *read) == "6982"
    assert tell(card, *enter, *read) != "6982"
    assert tell(card, TEXT, JPKI, *read) == "6982"
    assert tell(card, *enter, *read) != "6982"
    card.reset()
    assert tell(card, JPKI, *read) == "6982"


@pytest.mark.presents_pin
def test_a_spent_try_survives_the_loss_of_power(card):
    tell(card, JPKI, ef("001B"), "00200080 06 393939393939")
    card.reset()
    assert tell(card, JPKI, ef("001B"), QUERY) == "63c4"


@pytest.mark.presents_pin
def test_a_fifth_byte_makes_the_query_an_entry(card):
    assert tell(card, JPKI, ef("0018"), "0020008000") == "63c2"
    assert card.presented == 1


def test_after_a_failed_select_ef_the_card_still_answers_for_the_file_before(card):
    assert tell(card, JPKI, ef("0018"), ef("7777")) == "6a82"
    assert tell(card, QUERY) == "63c3"


def test_a_deactivated_applet_is_found_and_does_nothing():
    card = cards.make("text_deactivated")[0]
    assert tell(card, TEXT) == "6283"
    assert tell(card, ef("0011")) == "6985"
    assert tell(card, QUERY) == tell(card, "00200091") == "6986"
    assert tell(card, JPKI) == "9000"


def test_another_applet_leaves_no_file_selected(card):
    assert tell(card, JPKI, ef("0018"), VISUAL, QUERY) == "6986"


def test_an_applet_is_selected_by_a_prefix_but_not_by_more_than_its_name(card):
    assert tell(card, "00A4040C07D3921000310001") == "9000"
    assert tell(card, "00A4040C0BD392F00026010000000100") == "6a82"
    assert tell(card, "00A4040C00") == "6a82"  # five bytes: an Le, and no name


def test_the_key_that_is_nobodys_looks_locked_on_every_card(card):
    assert tell(card, TEXT, ef("0012"), QUERY) == "63c0"


def test_the_files_of_the_survey(card):
    assert bytes.fromhex(tell(card, JPKI, ef("0006"), "00B0000020")) == (
        b"JPKIAPICCTOKEN2".ljust(32) + b"\x90\x00"
    )
    assert tell(card, ef("0008"), "00B0000003") == "8f8f009000"


def test_reading_from_an_offset_past_the_end_and_more_than_there_is(card):
    tell(card, JPKI, ef("0008"))
    assert tell(card, "00B0000102") == "8f009000"
    assert tell(card, "00B0000300") == "6b00"
    assert tell(card, "00B0000005") == "8f8f006282"
    assert tell(card, "00B0000000") == "8f8f009000"


@pytest.mark.parametrize(
    ("applet", "number"),
    (
        (JPKI, "000A"),
        (VISUAL, "0003"),
        ("00A4040C0AD3921000310001010100", "0001"),
    ),
)
def test_files_that_identify_the_holder_are_there_and_marked(card, applet, number):
    assert "IDENTITY-NEVER-READ" in bytes.fromhex(
        tell(card, applet, ef(number), "00B0000000")
    ).decode("latin-1")


def test_a_file_behind_a_pin_is_refused_until_the_pin_is_entered(card):
    assert tell(card, JPKI, ef("0001"), "00B0000010") == "6982"


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        ("00CA000000", "6d00"),
        ("80200080", "6e00"),
        ("0020", "6700"),
        ("00B00000", "6700"),
        ("00A4000C023F00", "6a86"),  # the MF is not to be selected
        ("00A404FF0AD392F000260100000001", "6a86"),
        ("00200000", "6a86"),
        ("00A4020C0100", "6700"),
        ("00B0000010", "6981"),  # a PIN is not read
    ],
)
def test_wrong_commands_get_their_status_words_and_cost_nothing(card, apdu, answer):
    tell(card, JPKI, ef("0018"))
    assert tell(card, apdu) == answer
    assert tell(card, JPKI, ef("0018"), QUERY) == "63c3"


@pytest.mark.presents_pin
@pytest.mark.parametrize("behind", ["00", "05 31", "00 0001 31", "63C3", "00 00 00"])
def test_whatever_lies_behind_a_query_is_an_entry_and_costs_a_try(card, behind):
    tell(card, JPKI, ef("0018"))
    tell(card, QUERY + behind)
    assert card.presented == 1
    assert tell(card, JPKI, ef("0018"), QUERY) == "63c2"


def test_a_file_is_not_queried(card):
    assert tell(card, JPKI, ef("0006"), QUERY) == "6981"


def test_nothing_selected_is_said_so(card):
    assert tell(card, QUERY) == "6986"
    assert tell(card, "00B0000010") == "6986"
    assert tell(card, ef("0018")) == "6a82"


def test_the_licence_is_queried_by_its_short_file_id():
    card = cards.make("licence")[0]
    assert tell(card, "00A4040C10A0000002310600000000000000000000", "00200086") == "63ca"
    assert tell(card, ef("001A"), "00B0000003") == "c101019000"


def test_a_card_may_begin_with_6f00_and_means_nothing_by_it():
    card = cards.make("worn")[0]
    assert tell(card, JPKI) == "6f00"
    assert tell(card, JPKI, ef("0018"), QUERY) == "63c1"
    card.reset()
    assert tell(card, JPKI) == "6f00"

"""Finding cards: none, one, two, of all kinds; putting them to sleep and waking them."""

from emulator_host import ACK, Host, activated, command, host_with
from pinlamp_tools.emulator import cards
from pinlamp_tools.emulator.picc import Picc

JPKI = "00A4040C0AD392F000260100000001"
AUTH = "00A4020C020018"
QUERY = "00200080"
FIND_B = "4A 01 03 00"


def test_finding_a_type_b_card():
    answer = host_with("fresh").ask(FIND_B)
    atqb = answer[6:30]
    assert answer[:6] == "4b0101" and atqb[:2] == "50" and atqb[10:] == "000005e0b381a1"
    assert answer[30:] == "0101"  # one byte of ATTRIB's answer: MBLI 0, CID 1


def test_one_attempt_finds_a_card_because_the_field_is_given_time_first():
    host = host_with("fresh")
    host.ask("32 05 FF 01 00")
    assert host.ask(FIND_B).startswith("4b0101")


def test_no_card_is_said_after_the_retries_and_found_later():
    host = Host()
    host.ask("32 05 FF 01 02")
    assert host.ask(FIND_B) == "4b00"
    assert host.ask(FIND_B) == "4b00"  # with the field on already
    three = host.us
    host.ask("32 05 FF 01 00")
    assert host.ask(FIND_B) == "4b00"
    assert three > 1.5 * host.us
    host.field.put(cards.make("fresh"))
    host.wait(5_000)
    assert host.ask(FIND_B).startswith("4b0101")


def test_with_default_retries_an_empty_field_is_searched_until_the_host_aborts():
    host = Host()
    assert host.ask(FIND_B, limit=3_000_000) is None
    host.write(ACK)
    assert host.read() == b""
    assert host.ask("02") == "0332010607"


def test_with_default_retries_a_card_is_found_when_it_comes():
    host = Host()
    host.write(command(FIND_B))
    assert host.wait(1_000_000) == ACK
    host.field.put(cards.make("fresh"))
    assert host.wait(30_000)[5:].startswith(b"\xd5\x4b\x01\x01\x50")


def test_two_type_b_cards_are_listed_each_with_its_number():
    for _ in range(20):  # slots are drawn by lot
        host = host_with("two_cards")
        answer = host.ask("4A 02 03 00")
        assert len(answer) == 4 + 2 * 30, answer
        assert (answer[:6], answer[30:36]) == ("4b0201", "010102") and answer[-2:] == "02"
        assert host.apdu(JPKI, 1) == "009000" and host.apdu(JPKI, 2) == "009000"
        assert host.apdu(AUTH, 1) == "009000" and host.apdu(QUERY, 1) == "0063c3"
        assert host.apdu(QUERY, 2) == "006986", "the cards have nothing in common"


def test_cards_that_choose_the_same_slot_are_asked_to_choose_again():
    draws = [[0, 7, 3], [0, 7, 9]]  # one slot; the same of sixteen; two of sixteen

    def drawing(card, slots):
        atqb = card.info[:4], card.info[4:]
        return Picc(card.icc, bytes(slots + [0]), *atqb, lambda n: slots.pop(0))

    host = Host(*map(drawing, cards.make("two_cards"), draws))
    assert host.ask("32 05 FF 01 02") == "33"
    assert host.ask("4A 02 03 00").startswith("4b02")
    assert draws == [[], []]


def test_with_one_wanted_the_other_of_two_cards_is_passed_over_in_silence():
    answer = host_with("two_cards").ask(FIND_B)
    assert answer.startswith("4b0101") and len(answer) == 34


def test_an_active_card_is_not_found_again_until_the_field_was_off():
    host = activated("fresh")
    assert host.ask(FIND_B) == "4b00"
    assert host.ask("04") == "0500000080", "and the chip has forgotten it"
    host.field_off()
    assert host.ask(FIND_B).startswith("4b0101")


def test_a_type_a_card():
    host = host_with("wallet")
    assert host.ask("4A 01 00")[:12] == "4b0101000420"
    assert host.apdu("00A404000E325041592E5359532E444446303100").startswith("006f")
    assert host.ask("44 01") == "4500"


def test_a_type_f_card():
    host = host_with("transit")
    answer = host.ask("4A 01 01 00 FFFF 01 00")
    assert answer[:10] == "4b01011401" and answer.endswith("0003")
    assert host.ask("4A 01 01 00 FFFF 00 00")[:10] == "4b01011201"
    assert host.ask("4A 01 01 00 1234 00 00") == "4b00"
    assert host.ask(FIND_B) == "4b00"


def test_deselected_card_is_woken_by_the_next_exchange_or_by_select():
    host = activated("fresh")
    host.apdu(JPKI)
    assert host.ask("44 01") == "4500"
    assert host.apdu(AUTH) == "009000"
    assert host.ask("44 00") == "4500" and host.ask("54 01") == "5500"
    assert host.apdu(QUERY) == "0063c3"
    host.ask("44 01")
    host.field.lift()
    assert host.ask("54 01") == "552b"  # gone
    host.field.put(cards.make("fresh"))
    host.wait(5_000)
    assert host.ask("54 01") == "552a"  # another one
    assert host.ask("04")[:4] == "052a"


def test_released_cards_are_forgotten():
    host = activated("fresh")
    assert host.ask("04") == "0500000101000000" + "80"
    assert host.ask("52 01") == "5300"
    assert host.ask("04") == "0500000080"
    assert host.apdu(QUERY) == "27"
    assert host.ask(FIND_B) == "4b00"  # in HALT


def test_field_off_ends_what_was_selected():
    host = activated("fresh")
    host.apdu(JPKI)
    host.apdu(AUTH)
    host.field_off()
    assert host.ask("06 6304") == "0780"
    host.ask("32 01 01")
    assert host.ask("06 6304") == "0783"
    host.wait(5_000)
    assert host.ask(FIND_B).startswith("4b0101")
    assert host.apdu(QUERY) == "006986"

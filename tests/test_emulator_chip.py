"""The chip: every command's answer, right and wrong, and what an ACK or NACK does in between."""

import pytest

from emulator_host import ACK, ERROR, NACK, WAKE, Host, command
from pinlamp_tools.emulator import cards
from pinlamp_tools.emulator.crc import crc_b

JPKI = "00A4040C0AD392F000260100000001"
AUTH = "00A4020C020018"
QUERY = "00200080"
FIND_B = "4A 01 03 00"
FWT_10_US = 309_300


def host_with(name, **options):
    """Return a host with the cards of a name before it, retries kept short."""
    host = Host(*cards.make(name), **options)
    assert host.ask("32 05 FF 01 02") == "33"
    return host


def activated(name):
    host = host_with(name)
    assert host.ask(FIND_B).startswith("4b0101")
    return host


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("02", "0332010607"),
        ("00 00 50494E", "010050494e"),
        ("00 01", "0100"),
        ("00 02", "0100"),
        ("04", "0500000080"),
        ("06 63 02 63 05", "070000"),
        ("08 63 02 80", "09"),
        ("12 14", "13"),
        ("14 01", "15"),
        ("32 01 00", "33"),
        ("32 02 00 0B 0A", "33"),
        ("32 04 00", "33"),
        ("32 0A 59F43F114D85616F266287", "33"),
        ("32 0B 69FF3F114185616F", "33"),
        ("32 0C FF1785", "33"),
        ("32 0D 85158A8508B28501DA", "33"),
        ("16 10", "1700"),
        ("40 01 00200080", "4127"),
        ("44 01", "4527"),
        ("52 01", "5327"),
        ("54 01", "5527"),
        ("44 00", "4500"),
        ("52 00", "5300"),
    ],
)
def test_answers_without_a_card(asked, answer):
    assert Host().ask(asked) == answer


@pytest.mark.parametrize(
    "asked",
    [
        "",  # TFI and nothing else
        "99",
        "00",
        "00 03",
        "02 00",
        "04 00",
        "06 63",
        "06",
        "08 63 02",
        "10 09",
        "10",
        "12",
        "14",
        "14 05",
        "16",
        "32 01",
        "32 03 00",
        "32 05 FF 01",
        "32 02 00 0B 11",
        "40",
        "42",
        "44",
        "4A 00 03 00",
        "4A 03 03 00",
        "4A 01 03",  # the AFI is mandatory
        "4A 01 03 00 02",
        "4A 01 05",
        "4A 01 01 00",
        "52",
        "54",
        "8C 00",  # target mode
    ],
)
def test_what_makes_no_sense_gets_the_error_frame(asked):
    host = Host()
    assert host.ask(asked) == "error"
    assert host.ask("02") == "0332010607"


def test_the_longest_echo_is_an_extended_frame_both_ways():
    data = "00 00" + bytes(i & 0xFF for i in range(262)).hex()
    assert Host().ask(data) == "01" + data[3:].replace(" ", "")


def test_nothing_goes_to_a_card_before_sam_configuration():
    host = Host(raw=True)
    host.write(WAKE)
    assert host.ask("02") == "0332010607"
    assert host.ask(FIND_B) == "error"
    assert host.ask("14 01 14 01") == "15"
    assert host.ask("32 05 FF 01 00") == "33"
    assert host.ask(FIND_B) == "4b00"


def test_finding_a_type_b_card():
    answer = host_with("fresh").ask(FIND_B)
    atqb = answer[6:30]
    assert answer[:6] == "4b0101" and atqb[:2] == "50" and atqb[10:] == "000005e0b381a1"
    assert answer[30:] == "0101"  # one byte of ATTRIB's answer: MBLI 0, CID 1


def test_no_card_is_said_after_the_retries_and_found_later():
    host = Host()
    host.ask("32 05 FF 01 02")
    assert host.ask(FIND_B) == "4b00"
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
    host = host_with("two_cards")
    draws = [[0, 7, 3], [0, 7, 9]]  # one slot; the same of sixteen; two of sixteen
    for card, slots in zip(host.field.cards, draws, strict=True):
        card._rng = lambda n, slots=slots: slots.pop(0)
    assert host.ask("4A 02 03 00").startswith("4b02")
    assert draws == [[], []]


def test_with_one_wanted_the_other_of_two_cards_is_passed_over_in_silence():
    answer = host_with("two_cards").ask(FIND_B)
    assert answer.startswith("4b0101") and len(answer) == 34


def test_an_active_card_is_not_found_again_until_the_field_was_off():
    host = activated("fresh")
    assert host.ask(FIND_B) == "4b00"
    host.field_off()
    assert host.ask(FIND_B).startswith("4b0101")


def test_a_type_a_and_a_type_f_card():
    host = host_with("wallet")
    assert host.ask("4A 01 00")[:12] == "4b0101000420"
    assert host.apdu("00A404000E325041592E5359532E444446303100").startswith("006f")
    assert host.ask("44 01") == "4500"
    host = host_with("transit")
    answer = host.ask("4A 01 01 00 FFFF 01 00")
    assert answer[:10] == "4b01011401" and answer.endswith("0003")
    assert host.ask("4A 01 01 00 FFFF 00 00")[:10] == "4b01011201"
    assert host.ask("4A 01 01 00 1234 00 00") == "4b00"
    assert host.ask(FIND_B) == "4b00"


def test_a_survey_command_by_command():
    host = activated("bank_app_lockout")
    assert host.apdu(JPKI) == "009000"
    assert host.apdu(AUTH) == "009000"
    assert host.apdu(QUERY) == "0063c3"
    assert host.apdu("00A4040C0AD3921000310001010402") == "009000"
    assert host.apdu("00A4020C020012") == "009000"
    assert host.apdu(QUERY) == "0063c0"


def test_an_answer_of_258_bytes_comes_as_one():
    host = activated("fresh")
    host.apdu(JPKI)
    host.apdu("00A4020C02000A")
    answer = bytes.fromhex(host.apdu("00B0000000"))
    assert answer == b"\x00" + (cards.IDENTITY * 13)[:256] + b"\x90\x00"


def test_a_command_longer_than_a_frame_reaches_the_card_whole():
    host = activated("fresh")
    select = "00A4040C FA" + "11" * 250
    assert host.apdu(select) == "006a82"  # 6700 if a byte were missing
    data = bytes.fromhex(select.replace(" ", ""))
    assert host.ask("40 41" + data[:100].hex()) == "4100"  # more follows
    assert host.apdu(data[100:].hex()) == "006a82"


class Talker:
    """A card's processor that answers more than one host frame holds."""

    presented = 0

    def process(self, apdu):
        return bytes(i & 0xFF for i in range(400)) + b"\x90\x00"

    def reset(self):
        pass


def test_an_answer_longer_than_a_host_frame_is_fetched_in_parts():
    host = activated("fresh")
    host.field.cards[0]._dep._process = Talker().process
    first = host.apdu("00B0000000")
    assert first[:2] == "40" and len(first) == 2 + 2 * 262
    second = host.ask("40 01")
    assert second[:4] == "4100"
    assert bytes.fromhex(first[2:] + second[4:]) == Talker().process(b"")


def test_a_card_taken_away_times_out_after_its_waiting_time_every_time():
    host = activated("fresh")
    host.field.lift()
    for _ in range(3):
        assert host.apdu(QUERY) == "01"
        assert FWT_10_US < host.us < FWT_10_US + 10_000


def test_a_card_taken_away_while_it_computes_times_out_too():
    host = activated("fresh")
    host.write(command("40 01" + JPKI))
    host.wait(6_000)
    host.field.lift()
    assert host.wait(FWT_10_US + 10_000).endswith(bytes.fromhex("03fdd54101e900"))


def test_a_card_pulled_in_the_middle_of_an_answer():
    host = activated("fresh")
    host.apdu(JPKI)
    host.apdu("00A4020C02000A")
    host.field.lift_after(2)
    assert host.apdu("00B0000000") == "01"


def test_a_slow_card_is_waited_for_as_long_as_it_asks():
    host = activated("slow")
    assert host.apdu(JPKI) == "009000"
    assert host.us > 800_000
    assert host.apdu(AUTH) == "009000"
    assert host.us < 100_000


def test_the_time_a_card_asks_for_may_be_longer_than_its_waiting_time():
    host = activated("slow")
    host.field.cards[0].first_us = 3_000_000  # FWI 13 is 2.5 s, asked for twice
    assert host.apdu(JPKI) == "009000"
    host.field.cards[0].processing_us = 6_000_000  # more than 4.95 s is never granted
    assert host.apdu(AUTH) == "01"


def test_retries_of_rf_configuration_bring_back_a_lost_block():
    host = activated("fresh")
    host.ask("32 04 02")
    card = host.field.cards[0]
    hear = card.receive
    lost = [1]  # the first answer gets lost on its way

    def receive(frame):
        answer = hear(frame)
        return None if lost and lost.pop() else answer

    card.receive = receive
    assert host.apdu(JPKI) == "009000"
    assert host.apdu(AUTH) == "009000"
    lost[:] = [1]
    card.receive = lambda frame: (
        None if lost and lost.pop() else hear(frame)
    )  # or on its way there
    assert host.apdu(QUERY) == "0063c3"


def test_presence_by_r_nak_and_of_a_card_that_is_gone():
    host = activated("fresh")
    host.apdu(JPKI)
    assert host.thru("BA 01").startswith("00")
    assert host.apdu(AUTH) == "009000", "the presence check disturbs nothing"
    host.field.lift()
    assert host.thru("BA 01") == "01"
    assert 51_200 < host.us < 60_000  # fRetryTimeout 0A
    host.ask("32 02 00 0B 0E")
    assert host.thru("BA 01") == "01"
    assert 819_200 < host.us < 830_000


def test_thru_without_a_time_out_waits_until_aborted():
    host = Host()
    host.ask("32 02 00 0B 00")
    assert host.ask("42 BA 01", limit=60_000_000) is None
    host.write(ACK)
    assert host.ask("02") == "0332010607"


def test_a_host_that_does_its_own_iso_dep():
    host = activated("fresh")
    assert host.thru("CA 01") == "00ca01"
    atqb = host.thru("05 00 08")
    assert atqb[:4] == "0050"
    assert host.thru("1D" + atqb[4:12] + "00 08 01 00") == "0000"
    assert host.thru("02" + JPKI) == "00029000"
    assert host.thru("03" + "00A4020C02000A") == "00039000"
    first = host.thru("02 00B0000000")
    assert first[:4] == "0012" and len(first) == 2 + 2 * 254  # frames of 256 now
    assert host.thru("A3").endswith("9000")


def test_thru_leaves_the_crc_to_the_host_when_the_registers_say_so():
    host = activated("fresh")
    host.ask("32 02 00 0B 0A")
    host.ask("08 6302 03 6303 03")
    assert host.thru("CA 01") == "01"
    deselect = (b"\xca\x01" + crc_b(b"\xca\x01")).hex()
    assert host.thru(deselect) == "00" + deselect
    host.ask("08 6302 80 6303 80")  # Type A framing: a Type B card does not hear it
    assert host.thru("CA 01") == "01"


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


def test_an_ack_ends_the_running_command_and_its_answer_never_comes():
    host = activated("slow")
    host.write(command("40 01" + JPKI))
    assert host.wait(10_000) == ACK
    host.write(ACK)
    assert host.wait(3_000_000) == b""
    assert host.ask("00 00 77") == "010077"


def test_a_new_command_ends_the_running_one():
    host = activated("slow")
    host.write(command("40 01" + JPKI))
    host.wait(10_000)
    assert host.ask("00 00 77") == "010077"


def test_a_nack_brings_the_last_answer_again_but_not_in_the_middle_of_a_command():
    host = activated("slow")
    first = host.apdu("00A4040C07D3921000310001")
    host.write(NACK)
    assert host.read().hex().endswith("d541" + first + "5a00")
    host.write(command("40 01" + JPKI))
    host.wait(5_000)
    host.write(NACK)
    assert host.wait(20_000) == b""
    assert host.read().hex().endswith("d5410090005a00")
    host = Host()
    host.ask("99")
    host.write(NACK)
    assert host.read() == ERROR


def test_a_nack_before_any_answer_is_answered_by_nothing():
    host = Host(raw=True)
    host.write(WAKE + NACK)
    assert host.read() == b""


def test_a_reset_in_mid_session_forgets_everything():
    host = activated("fresh")
    host.chip.reset()
    assert not host.field.on and host.chip.asleep
    host.write(WAKE)
    assert host.ask("14 01") == "15"
    assert host.apdu(QUERY) == "27"
    assert host.ask("32 05 FF 01 02") == "33"
    assert host.ask(FIND_B).startswith("4b0101")


def test_the_air_takes_its_time():
    host = host_with("fresh")
    host.ask(FIND_B)
    assert 10_000 < host.us < 15_000  # 5 ms of field, some 5 ms of activation, the line
    host.apdu(JPKI)
    assert 14_000 < host.us < 18_000  # 10 ms of the card's own
    host.field.cards[0].processing_us = 20_000
    host.apdu(JPKI)
    assert 24_000 < host.us < 28_000

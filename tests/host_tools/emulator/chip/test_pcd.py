"""The chip's own ISO/IEC 14443-4: long answers, slow cards, lost blocks, cards that go."""

from emulator_host import Host, activated, command, host_with
from pinlamp_tools.emulator.air.picc import Picc
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.content import IDENTITY

JPKI = "00A4040C0AD392F000260100000001"
AUTH = "00A4020C020018"
QUERY = "00200080"
FIND_B = "4A 01 03 00"
FWT_10_US = 309_300


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
    assert answer == b"\x00" + (IDENTITY * 13)[:256] + b"\x90\x00"


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
    atqb = cards.make("fresh")[0].info
    host = Host(Picc(Talker(), bytes(4), atqb[:4], atqb[4:], cards.Prng(1)))
    assert host.ask(FIND_B).startswith("4b0101")
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


def test_the_air_takes_its_time():
    host = host_with("fresh")
    host.ask(FIND_B)
    assert 10_000 < host.us < 15_000  # 5 ms of field, some 5 ms of activation, the line
    host.apdu(JPKI)
    assert 14_000 < host.us < 18_000  # 10 ms of the card's own
    host.field.cards[0].processing_us = 20_000
    host.apdu(JPKI)
    assert 24_000 < host.us < 28_000

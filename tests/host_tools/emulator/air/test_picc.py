"""A Type B card on the air: its states, and the blocks of ISO/IEC 14443-4, frame by frame."""

import pytest

from pinlamp_tools.emulator.air.crc import crc_a, crc_b
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.content import IDENTITY

SELECT_JPKI = "00A4040C0AD392F000260100000001"
CERTIFICATE = "00A4020C02000A"


class Air:
    """One card, and a reader that puts the CRC on and checks it."""

    def __init__(self, name="fresh"):
        self.card = cards.make(name)[0]
        self.card.power_on()

    def send(self, text):
        """Send a frame in hex; return the answer in hex, or None for no answer."""
        data = bytes.fromhex(text.replace(" ", ""))
        answer = self.card.receive(data + crc_b(data))
        if answer is None:
            return None
        assert crc_b(answer[:-2]) == answer[-2:]
        return answer[:-2].hex()

    def activate(self, cid=1, size=8):
        self.pupi = self.send("05 00 00")[2:10]
        return self.send("1D" + self.pupi + f"00 {size:02x} 01 {cid:02x}")


def test_check_bytes_are_those_of_the_standard():
    # ISO/IEC 14443-3, Annex B.
    assert crc_a(b"\x00\x00").hex() == "a01e" and crc_a(b"\x12\x34").hex() == "26cf"
    assert crc_b(bytes(3)).hex() == "ccc6" and crc_b(b"\x0f\xaa\xff").hex() == "fcd1"


def test_a_frame_with_a_wrong_crc_is_not_heard():
    air = Air()
    assert air.card.receive(b"\x05\x00\x00\x00\x00") is None
    assert air.card.receive(b"\x05") is None


def test_without_power_there_is_no_answer():
    air = Air()
    air.card.power_off()
    assert air.send("05 00 00") is None


def test_activation():
    air = Air()
    atqb = air.send("05 00 00")
    assert len(atqb) == 24 and atqb.startswith("50") and atqb.endswith("000005e0b381a1")
    assert air.activate() == "01"


def test_an_idle_card_answers_both_requests_but_no_other_family():
    air = Air()
    assert air.send("05 00 08") and air.send("05 00 00")
    assert air.send("05 10 00") is None
    assert air.send("02 00A4040C") is None


def test_an_active_card_ignores_every_request():
    air = Air()
    air.activate()
    assert air.send("05 00 00") is None and air.send("05 00 08") is None
    assert air.send("1D" + air.pupi + "00 08 01 01") is None
    assert air.send("B2 01") is None and air.send("BA 01") is not None


def test_a_deselected_card_answers_only_the_wake_up():
    air = Air()
    air.activate()
    assert air.send("CA 01") == "ca01"
    assert air.send("05 00 00") is None
    assert air.send("05 00 08").startswith("50" + air.pupi)
    assert air.send("1D" + air.pupi + "00 08 01 01") == "01"


def test_hltb_halts_a_card_that_has_told_its_name():
    air = Air()
    pupi = air.send("05 00 00")[2:10]
    assert air.send("50 00000000") is None
    assert air.send("50" + pupi) == "00"
    assert air.send("05 00 00") is None and air.send("05 00 08")


def test_loss_of_power_brings_an_active_card_back_to_idle():
    air = Air()
    air.activate()
    air.card.reset()
    assert air.send("05 00 00")


def test_attrib_is_for_one_card_and_for_a_number_it_can_have():
    air = Air()
    pupi = air.send("05 00 00")[2:10]
    assert air.send("1D 00000000 00 08 01 00") is None
    assert air.send("1D" + pupi + "00 08 01 0F") is None
    assert air.send("1D" + pupi + "00 08 01 00") == "00"
    assert Air("driving_licence").activate(cid=1) is None  # it supports no CID


@pytest.mark.parametrize("name", ["fresh", "driving_licence"])
def test_a_card_without_a_number_takes_blocks_without_it(name):
    air = Air(name)
    assert air.activate(cid=0) == "00"
    assert air.send("02" + "00A4020C02FFFF") == "026a82"
    assert air.send("0A 01 00A4020C02FFFF") is None


def test_a_card_with_a_number_answers_to_it_only():
    air = Air()
    air.activate(cid=3)
    assert air.send("0A 03" + SELECT_JPKI) == "0a039000"
    assert air.send("0B 02" + SELECT_JPKI) is None
    assert air.send("03" + SELECT_JPKI) is None


def test_slots_each_card_answers_in_its_own():
    markers = [f"{slot:x}5" for slot in range(1, 16)]
    for _ in range(20):
        air = Air()
        answers = [air.send("05 00 04")] + [air.send(marker) for marker in markers]
        assert len([answer for answer in answers if answer]) == 1


def test_a_block_repeated_after_a_nak_does_not_run_the_command_again():
    air = Air()
    air.activate()
    assert air.send("0A 01" + SELECT_JPKI) == "0a019000"
    assert air.send("BA 01") == "0a019000"  # the same number: the last block once more
    assert air.send("BB 01") == "aa01"  # the other number: R(ACK)


def test_a_command_in_chained_blocks():
    air = Air()
    air.activate()
    assert air.send("1A 01" + SELECT_JPKI[:10]) == "aa01"
    assert air.send("0B 01" + SELECT_JPKI[10:]) == "0b019000"


def test_an_answer_in_chained_blocks_as_long_as_the_readers_frames():
    air = Air()
    air.activate(size=5)  # 64 bytes
    air.send("0A 01" + SELECT_JPKI)
    air.send("0B 01" + CERTIFICATE)
    blocks = [air.send("0A 01 00B0000000")]
    while bytes.fromhex(blocks[-1])[0] & 0x10:
        blocks.append(air.send("AB 01" if len(blocks) % 2 else "AA 01"))
    assert [len(block) // 2 for block in blocks] == [62, 62, 62, 62, 20]
    assert [block[:4] for block in blocks] == ["1a01", "1b01", "1a01", "1b01", "0a01"]
    whole = bytes.fromhex("".join(block[4:] for block in blocks))
    assert whole == (IDENTITY * 13)[:256] + b"\x90\x00"


def test_a_slow_card_asks_for_more_time_each_time():
    air = Air("slow")
    assert air.send("05 00 00").endswith("0081d1")  # FWI 13
    air.activate()
    assert air.send("0A 01" + SELECT_JPKI) == "fa0102"
    assert air.send("BA 01") == "fa0102"
    assert air.send("FA 01 02") == "0a019000"
    assert air.send("FA 01 02") is None


def test_blocks_that_are_none_are_not_answered():
    air = Air()
    air.activate()
    for block in ("0E 01 00 00A4", "00", "62 01", "E2 01", "FA 01 02", "0A"):
        assert air.send(block) is None, block
    assert air.send("0A 01" + SELECT_JPKI) == "0a019000"


def test_a_weak_card_drops_out_once_and_comes_back_idle():
    air = Air("weak")
    air.activate()
    numbers = ["0A 01", "0B 01"] * 8
    answers = [air.send(number + SELECT_JPKI) for number in numbers[:10]]
    assert all(answers[:9]) and answers[9] is None
    assert air.send("0A 01" + SELECT_JPKI) is None
    assert air.activate() == "01"
    assert all(air.send(number + SELECT_JPKI) for number in numbers)


@pytest.mark.presents_pin
def test_a_swapped_card_is_another_one_afterwards_and_keeps_the_count():
    air = Air("swapped")
    air.activate()
    first = air.pupi
    wrong = "00200080 04 39393939"
    for block in ("0A 01" + SELECT_JPKI, "0B 01 00A4020C02001B", "0A 01" + wrong):
        air.send(block)
    assert air.card.presented == 1
    for i in range(10):
        last = air.send(("0B 01", "0A 01")[i % 2] + "00200080")
    assert last is None
    air.activate()
    assert air.pupi != first
    air.send("0A 01" + SELECT_JPKI)
    air.send("0B 01 00A4020C02001B")
    assert air.send("0A 01 00200080") == "0a0163c0"
    air.send("0B 01" + wrong)
    assert air.card.presented == 2

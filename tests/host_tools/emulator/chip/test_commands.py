"""Every command's answer, right and wrong, and frames sent through to a card as they are."""

import pytest

from emulator_host import ACK, WAKE, Host, activated
from pinlamp_tools.emulator.air.crc import crc_b

JPKI = "00A4040C0AD392F000260100000001"
AUTH = "00A4020C020018"
FIND_B = "4A 01 03 00"


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

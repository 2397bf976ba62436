"""The emulated RC-S660/S byte by byte: the published vectors, and what it must not forgive."""

import pytest

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.pasori.faults import FAULTS, Faults
from pinlamp_tools.emulator.pasori.frames import ACK, frame
from pinlamp_tools.emulator.pasori.line import Line
from pinlamp_tools.emulator.pasori.module import Module

VERSION = "0000ff000ef2" + "6b04" + "00" * 8 + "ff560000" + "3c00"
QUERY = "0000ff001de36b130000000005000000ffc200010d5f4604400d0300950400200080007c00"
JPKI, SIGN = "00a4040c0ad392f000260100000001", "00a4020c02001b"
END, START = "ffc2000002820000", "ffc2000002810000"
OFF, ON = "ffc2000002830000", "ffc2000002840000"
LOOK, FLAGS, HOST = "ffc20002048f02010400", "ffc20001049002000c00", "ffc20001049002001c00"
OK = "c003009000"


class Host:
    """A host at the module's UART; time passes as it waits."""

    def __init__(self, card=None, faults=None):
        """Wake a module with a card in its field."""
        self.field = Field()
        self.field.put(cards.make(card) if card else [])
        self.module = Module(self.field, faults)
        self.line = Line(self.module)
        self.now_us = 0
        self.seq = 4
        self.line.receive(b"\x01", 0)
        self.wait(30_000)

    def wait(self, us):
        """Let time pass; return what has come."""
        said = b""
        for _ in range(us // 1000):
            self.now_us += 1000
            said += self.line.take(self.now_us)
        return said

    def send(self, data):
        """Send bytes; return what comes within three seconds, and half a second at least."""
        self.line.receive(data, self.now_us)
        said = self.wait(500_000)
        return said if len(said) > len(ACK) else said + self.wait(2_500_000)

    def framed(self, command):
        """Return the frame of the next command."""
        command = bytes.fromhex(command)
        self.seq += 1
        return frame(bytes((0x6B, len(command), 0, 0, 0, 0, self.seq, 0, 0, 0)) + command)

    def ask(self, command):
        """Send a command; return the data of its answer, as hex digits: None without one."""
        said = self.send(self.framed(command))
        if said[:7] != ACK or len(said) == 7:
            return None
        message = said[13:-2]
        assert frame(message) == said[7:] and message[6] == self.seq
        assert message[:1] == b"\x83" and message[7] == 0x02
        return message[10:].hex()

    def carry(self, apdu, more="00"):
        """Let the module carry an APDU; `more`: what lies behind it."""
        apdu = bytes.fromhex(apdu)
        objects = bytes.fromhex("5f4604a0252600 95%02x" % len(apdu)) + apdu
        return self.ask("ffc20001%02x%s%s" % (len(objects), objects.hex(), more))

    def activated(self, flags=FLAGS):
        """Return itself with an active card."""
        for command in (END, START, ON):
            assert self.ask(command) == OK + "9000"
        assert self.ask(LOOK).startswith(OK + "5f510d3b888001")
        assert self.ask(flags) == OK + "9000"
        return self


def test_the_published_question_for_the_version():
    host = Host()
    assert bytes.fromhex(VERSION) == frame(bytes.fromhex("6b04" + "00" * 8 + "ff560000"))
    said = host.send(bytes.fromhex(VERSION))
    message = said[13:-2]
    assert said[:7] == ACK and len(message) == 10 + 18 + 2 and message[-2:] == b"\x90\x00"


def test_the_published_query():
    host = Host("fresh").activated()
    for command in (JPKI, SIGN):
        assert host.carry(command) == OK + "920100" + "96020000" + "97029000" + "9000"
    said = host.send(bytes.fromhex(QUERY))
    assert said[23:-2].hex() == OK + "920100" + "96020000" + "970263c5" + "9000"
    assert host.field.presented == 0


@pytest.mark.presents_pin
def test_whatever_lies_behind_the_query_costs_a_try():
    for wrong in ("behind", "swallowed"):
        host = Host("fresh").activated()
        host.carry(JPKI)
        host.carry(SIGN)
        if wrong == "behind":
            host.carry("00200080", "0000")
        else:
            host.carry("0020008000")
        assert host.field.presented == 1, wrong
    host = Host("fresh").activated(HOST)
    for block in ("02" + JPKI, "03" + SIGN):
        assert host.carry(block).endswith(
            "029000" + "9000" if block[1] == "2" else "039000" + "9000"
        )
    assert host.carry("0200200080").endswith("0263c5" + "9000")
    assert host.field.presented == 0


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (START, "c00301698a9000"),  # doubled
        ("ffc2000002850000", "c003016a819000"),
        ("ffc20002048f02020400", "c003016a819000"),
        ("ffc20002048f02000300", "c0030164019000"),  # no card of Type A
        ("ffb0000000", "6d00"),
        ("ffc2000009820000", "6700"),
        ("ffc20001145f460440", "6700"),
    ],
)
def test_what_it_refuses(command, answer):
    host = Host()
    host.ask(START)
    assert host.ask(command) == answer


def test_without_a_session_or_a_card_nothing_goes_on_the_air():
    host = Host("fresh")
    assert host.ask(LOOK) == "6985"
    host.ask(START)
    host.ask(FLAGS)
    assert host.carry("00200080") == "c0030264019000"
    assert host.field.presented == 0


def test_a_card_that_is_gone_shows_as_64_01_and_is_activated_anew():
    host = Host("fresh").activated()
    host.field.lift()
    assert host.carry(JPKI) == "c0030264019000"
    host.field.put(cards.make("fresh"))
    assert host.carry(JPKI) == "c0030264019000"
    assert host.ask(LOOK).startswith(OK)


def test_two_cards_disturb_each_other_and_a_card_of_type_a_tells_its_number():
    host = Host("two_cards")
    host.ask(START)
    assert host.ask(LOOK) in ("c0030163009000", "c0030164019000")
    host = Host("credit")
    host.ask(START)
    assert host.ask("ffc20002048f02000300")[:16] == OK + "5f5104"


def test_looks_that_follow_each_other_too_fast_freeze_it_and_a_reset_helps():
    host = Host()
    host.ask(START)
    look = host.framed(LOOK)
    host.line.receive(look, host.now_us)
    host.wait(60_000)
    host.line.receive(look, host.now_us)
    host.wait(60_000)
    assert host.ask(START) is None and host.ask("ff560000") is None
    assert host.ask("ff550000") == "9000"
    assert host.ask(START) == OK + "9000"


def test_asleep_it_hears_nothing_until_a_byte_has_woken_it():
    host = Host()
    host.module.reset()
    assert host.send(bytes.fromhex(VERSION)) == b""  # and that woke it
    assert host.send(bytes.fromhex(VERSION))[:7] == ACK


def test_messages_that_are_none_of_its_own():
    host = Host()
    for message, status in (("61", "42"), ("72", "42")):
        said = host.send(frame(bytes.fromhex(message + "00000000000700 0000")))
        assert said[:7] == ACK and said[20:21].hex() == status
        assert said[13:14] == (b"\x80" if message == "61" else b"\x83")
    said = host.send(frame(bytes.fromhex("6b050000000007000000ff560000")))
    assert said[20:22].hex() == "4201"  # its length is another


@pytest.mark.parametrize("name", [name for name, _ in FAULTS])
def test_every_fault_strikes_an_exchange_once(name):
    faults = Faults()
    host = Host("fresh", faults).activated()
    where = (
        50 if name in ("checksum", "truncation", "fragmentation", "freeze", "chip_reset") else None
    )
    faults.arm(name, where)
    apdu = bytes.fromhex(JPKI)
    host.send(host.framed("ffc20001185f4604a025260095%02x%s00" % (len(apdu), JPKI)))
    assert faults.struck == 1
    assert host.field.presented == 0
    with pytest.raises(ValueError, match="no fault"):
        faults.arm("nad")

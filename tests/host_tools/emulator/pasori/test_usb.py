"""The emulated readers on USB, by transfers and packets: vectors, plugs, and what they refuse."""

import pytest

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.pasori.rcs300 import RCS300
from pinlamp_tools.emulator.pasori.rcs380 import ACK, ERROR, RCS380, frame
from pinlamp_tools.emulator.pasori.usb import PACKET, packets
from pinlamp_tools.emulator.pasori.usb_faults import FAULTS, Faults
from usb_pipe import Clock

END, START = "ff50000002820000", "ff50000002810000"
OFF, ON = "ff50000002830000", "ff50000002840000"
LOOK = "ff50000210ff6e03010108ff6e030801028f02010400"
JPKI, SIGN = "00a4040c0ad392f000260100000001", "00a4020c02001b"
OK = "c003009000"
TIMER = "5f4604a0252600"


class Host:
    """A host at an emulated reader; time passes as it waits."""

    def __init__(self, device, card=None, faults=None):
        """Plug a reader in, with a card in its field."""
        self.clock, self.field = Clock(), Field()
        self.usb = device(self.field, self.clock.now_us, faults)
        self.seq = 0
        if card:
            self.field.put(cards.make(card))

    def wait(self, us=500_000):
        """Let time pass; return the packets that come."""
        said = []
        ends_us = self.clock.us + us
        while self.clock.us < ends_us:
            packet = self.usb.read()
            while packet is not None:
                said.append(packet)
                packet = self.usb.read()
            due_us = self.usb.next_due()
            self.clock.us = ends_us if due_us is None else max(self.clock.us + 1, due_us)
        return said

    def ask(self, command, length=None):
        """Send an RC-S300 a command in hex; return (bStatus, bError, data in hex)."""
        data = bytes.fromhex(command)
        self.seq += 1
        size = (len(data) if length is None else length).to_bytes(4, "little")
        self.send(b"\x6b" + size + bytes((0, self.seq, 0, 0, 0)) + data)
        answer = b"".join(self.wait())
        assert answer[0] == 0x83 and answer[6] == self.seq
        return answer[7], answer[8], answer[10:].hex()

    def send(self, data):
        """Send a transfer, with its empty packet."""
        self.usb.write(data)
        if len(data) % PACKET == 0:
            self.usb.write(b"")

    def carry(self, block, le="000000"):
        """Send a card a block in hex through an RC-S300."""
        size = len(block) // 2
        objects = TIMER + f"9582{size:04x}" + block
        return self.ask(f"ff50000100{len(objects) // 2:04x}{objects}{le}")[2]

    def ready(self):
        """Begin a session, and activate a card."""
        for command in (END, START, OFF, ON):
            assert self.ask(command) == (0x02, 0x00, OK + "9000")
        said = self.ask(LOOK)[2]
        assert said.startswith(OK + "5f510d3b888001")

    def run(self, data):
        """Send an RC-S380 a command in hex; return its answer's frames."""
        self.send(frame(bytes.fromhex(data)))
        return self.wait()


def test_a_message_is_cut_into_packets_of_64_and_a_shorter_one():
    assert [len(part) for part in packets(bytes(63))] == [63]
    assert [len(part) for part in packets(bytes(64))] == [64, 0]
    assert [len(part) for part in packets(bytes(130))] == [64, 64, 2]


def test_both_are_known_by_their_numbers_and_the_class_of_an_interface():
    for device, pid, number in ((RCS300, 0x0DC8, 1), (RCS380, 0x06C1, 0)):
        assert (device.vid, device.pid) == (0x054C, pid)
        (ours,) = [one for one in device.interfaces if one[1] == 0xFF]
        assert ours[0] == number and ours[2] & 0x80 and ours[3] == 0x02


def test_the_rc_s300_asks_a_card_by_the_published_frames():
    host = Host(RCS300, "fresh")
    host.ready()
    received = OK + "9201009602000097"
    assert host.carry("0a02" + JPKI) == received + "04" + "0a029000" + "9000"
    assert host.carry("0b02" + SIGN) == received + "04" + "0b029000" + "9000"
    assert host.carry("0a0200200080") == received + "04" + "0a0263c5" + "9000"
    assert host.field.presented == 0


def test_the_rc_s300_refuses_what_the_real_one_refuses():
    host = Host(RCS300, "fresh")
    assert host.ask(LOOK)[2] == "6985"  # without a session
    host.ready()
    assert host.carry("0a02" + JPKI, le="0000") == "6700"  # a Le of two bytes [H]
    assert host.ask(START)[2] == "c00301698a9000"
    assert host.ask(START, length=99)[:2] == (0x42, 0x01)


def test_nothing_reaches_a_card_too_soon_after_the_field_went_on():
    host = Host(RCS300, "fresh")
    for command in (END, START, OFF):
        host.ask(command)
    for command in (ON, LOOK):
        data = bytes.fromhex(command)
        host.seq += 1
        head = b"\x6b" + len(data).to_bytes(4, "little") + bytes((0, host.seq, 0, 0, 0))
        host.usb.write(head + data)
        said = b"".join(host.wait(5_000)).hex()
    assert said.endswith("c003016401" + "9000")


def test_a_command_that_comes_too_early_finds_the_rc_s300_busy():
    host = Host(RCS300)
    for seq in (1, 2):
        data = bytes.fromhex(END)
        host.usb.write(b"\x6b\x08" + bytes((0, 0, 0, 0, seq, 0, 0, 0)) + data)
    said = host.wait()
    assert [(one[6], one[8]) for one in said] == [(2, 0xE0), (1, 0x00)]


def test_the_rc_s380_begins_as_the_programs_begin_it():
    host = Host(RCS380)
    assert host.run("d60600") == [ACK, frame(b"\xd7\x07\x07")]  # no command type yet
    assert host.run("d62a01") == [ACK, frame(b"\xd7\x2b\x00")]
    assert host.run("d60600") == [ACK, frame(b"\xd7\x07\x00")]
    assert host.run("d6000307ff07")[1] == frame(b"\xd7\x01\x01")
    assert host.run("d60003070f07")[1] == frame(b"\xd7\x01\x00")
    assert host.run("d6021401")[1] == frame(b"\xd7\x03\x01")  # there are twenty settings
    assert host.run("d6043601050010")[1] == frame(b"\xd7\x05\x80\x00\x00\x00")


def test_the_rc_s380_tells_a_damaged_frame_and_stops_at_an_ack():
    host = Host(RCS380)
    damaged = bytearray(frame(b"\xd6\x2a\x01"))
    damaged[10] ^= 1
    host.send(bytes(damaged))
    assert host.wait() == [ERROR]
    host.send(frame(b"\xd6\x2a\x01"))
    host.send(ACK)
    assert host.wait() == []


@pytest.mark.parametrize("device", [RCS300, RCS380])
def test_a_transfer_of_a_multiple_of_64_waits_for_its_end(device):
    host = Host(device)
    host.usb.write(bytes(PACKET))
    assert host.wait() == []
    host.usb.write(b"")
    (said,) = host.wait()
    assert said == ERROR if device is RCS380 else said[0] == 0x80


@pytest.mark.parametrize("device", [RCS300, RCS380])
def test_one_that_is_unplugged_answers_nothing_until_it_is_back(device):
    host = Host(device)
    host.field.switch(True)
    host.usb.unplug()
    assert not host.field.on
    for call in (host.usb.read, lambda: host.usb.write(b"\x00")):
        with pytest.raises(OSError) as told:
            call()
        assert told.value.errno == 19
    host.usb.plug()
    assert host.usb.read() is None
    host.usb.unplug(1_000)
    host.clock.us += 1_000
    assert host.usb.read() is None


def test_each_fault_is_told_in_words_and_for_readers_that_are_there():
    for name, readers, words in FAULTS:
        assert set(readers.split()) <= {"rcs300", "rcs380"} and words
        Faults().arm(name)
    with pytest.raises(ValueError):
        Faults().arm("nothing")

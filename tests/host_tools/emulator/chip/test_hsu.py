"""The serial line: pacing, waking up, speeds that fit and that do not."""

import pytest

from emulator_host import ACK, WAKE, Host, command, payload
from pinlamp_tools.emulator.chip.line import byte_us, heard, rising_edges

VERSION = "0332010607"
FAST = 921_600


def test_bytes_come_one_by_one_at_the_speed_of_the_line():
    host = Host()
    host.write(command("02"))
    arrived = []
    while (due := host.line.next_due()) is not None:
        data = host.line.take(due)
        assert len(data) <= 1
        arrived += [due] * len(data)
    assert len(arrived) == len(ACK) + 13
    gaps = [b - a for a, b in zip(arrived, arrived[1:], strict=False)]
    del gaps[len(ACK) - 1]  # between ACK and answer
    assert set(gaps) == {86, 87}


def test_whole_frames_come_at_the_time_of_their_last_byte():
    one, other = Host(), Host()
    arrived = []
    for host, whole in ((one, False), (other, True)):
        host.write(command("02"))
        data, dues = b"", []
        while (due := host.line.next_due(whole)) is not None:
            data += host.line.take(due)
            dues.append(due)
        arrived.append((data, dues[-1]))
    assert arrived[0] == arrived[1]
    assert len(dues) < 6


def test_bytes_to_the_chip_take_their_time_too():
    host = Host()
    frame = command("00 00" + "11" * 250)
    host.line.receive(frame, host.now)
    host.read()
    assert host.now > byte_us(2 * len(frame), 115_200)


def test_what_is_sent_while_the_line_is_busy_waits_its_turn():
    host = Host()
    frame = command("00 00" + "11" * 100)
    began = host.now
    for byte in frame:
        host.line.receive(bytes((byte,)), began)
    due = host.line.next_due()
    while not host.line.take(due):
        due = host.line.next_due()
    assert due - began > byte_us(len(frame) + 1, 115_200)


def test_a_sleeping_chip_needs_a_wake_up_and_loses_what_wakes_it():
    host = Host(raw=True)
    host.write(command("02"))
    assert host.read() == b""
    assert host.ask("02") == VERSION  # the lost frame has woken it


@pytest.mark.parametrize("preamble", [WAKE, bytes(10), b"\x55\x55\x00\x00\x00\x00"])
def test_the_wake_ups_of_known_drivers(preamble):
    host = Host(raw=True)
    host.write(preamble)
    assert host.ask("14 01 14 01") == "15"


def test_power_down_sleeps_and_keeps_speed_and_mode():
    host = Host()
    assert host.ask("16 10") == "1700"
    host.write(command("02"))
    assert host.read() == b""
    assert host.ask("16 10") == "1700"
    host.write(WAKE)
    assert host.ask("32 01 00") == "33"


def test_the_new_speed_comes_with_the_hosts_ack():
    host = Host()
    assert host.ask("10 07") == "11"
    assert host.line.baudrate == 115_200 and host.line.changing_to == FAST
    assert host.ask("02") == VERSION
    host.write(ACK)
    host.wait(1_000)
    assert host.line.baudrate == FAST and host.line.changing_to is None
    assert host.ask("02") == VERSION
    host.ask("00 00" + "11" * 250)
    assert host.us < 2 * byte_us(270, FAST) + 1_000


def test_the_line_is_deaf_while_it_changes():
    host = Host()
    host.ask("10 07")
    host.write(ACK)
    host.write(command("02"), FAST)
    assert host.read() == b""
    assert host.ask("02") == VERSION


@pytest.mark.parametrize("speed", [9_600, 38_400, 230_400, FAST])
def test_a_host_at_the_wrong_speed_is_not_understood(speed):
    host = Host()
    for _ in range(3):
        host.write(command("02"), speed)
        assert host.read() == b""
    host.write(bytes(300))  # a damaged length may have swallowed some
    assert host.ask("02") == VERSION


def test_a_host_that_listens_at_the_wrong_speed_gets_rubbish():
    host = Host()
    host.write(command("02"))
    assert ACK not in host.read(baudrate=FAST)


def test_a_late_confirmation_is_a_confirmation():
    host = Host()
    host.ask("10 05")
    host.line.confirm(host.now)
    assert host.line.baudrate == 230_400
    assert host.ask("02") == VERSION


def test_after_a_reset_the_line_is_back_at_115200():
    host = Host()
    host.ask("10 07")
    host.write(ACK)
    host.wait(1_000)
    host.chip.reset()
    host.write(WAKE)
    assert host.line.baudrate == 115_200 and host.ask("02") == VERSION


@pytest.mark.parametrize(("sent_at", "heard_at"), [(115_200, 921_600), (921_600, 115_200)])
def test_bits_at_another_speed(sent_at, heard_at):
    assert heard(b"\x00\xff\x55", sent_at, sent_at) == b"\x00\xff\x55"
    rubbish = heard(b"\x00\x00\xff\x00\xff\x00", sent_at, heard_at)
    assert (len(rubbish) > 6) == (heard_at > sent_at)


def test_one_byte_eight_times_too_slow_is_many():
    # Start bit and eight 0 bits: 72 bit times low, of which a byte takes nine and a half.
    assert heard(b"\x00", 115_200, 921_600) == bytes(7) + b"\xf0"
    # 55 alternates: the start bit and each 0 last eight bit times, so each gives a byte 80.
    assert heard(b"\x55", 115_200, 921_600) == b"\x80" * 5


@pytest.mark.parametrize(
    ("byte", "edges"), [(0x00, 1), (0xFF, 1), (0x55, 5), (0xAA, 4), (0x0F, 2)]
)
def test_rising_edges(byte, edges):
    assert rising_edges(byte) == edges


def test_frames_in_pieces_are_frames():
    host = Host()
    frame = command("02")
    got = b""
    for byte in frame:
        host.write(bytes((byte,)))
        got += host.wait(10_000)
    assert payload(got[len(ACK) :]).hex() == VERSION

"""Host frames: what the chip takes for one, what it drops, and what it sends."""

import pytest

from emulator_host import ACK, ERROR, NACK, command, payload
from pinlamp_tools.emulator.chip import frames


def found(data, parser=None):
    parser = parser or frames.Parser()
    items = [parser.feed(byte) for byte in data]
    return [item for item in items if item is not None]


def test_constants_are_the_standards():
    assert (frames.ACK, frames.NACK, frames.ERROR) == (ACK, NACK, ERROR)


@pytest.mark.parametrize("size", [0, 1, 253, 254, 255, 263])
def test_a_frame_of_any_size_arrives(size):
    text = "00" + bytes(i & 0xFF for i in range(size)).hex()
    assert found(command(text)) == [bytes.fromhex(text)]


@pytest.mark.parametrize("size", [0, 252, 253, 254, 255, 263])
def test_the_chips_frames_are_right_and_extended_where_they_must_be(size):
    data = bytes((0x01,)) + bytes(size)
    frame = frames.frame(data)
    assert payload(frame) == data
    assert (frame[3:5] == b"\xff\xff") == (size + 2 > 255)


def test_a_normal_frame_may_be_255_long():
    frame = command("00" + "00" * 253)
    assert frame[3] == 0xFF and frame[4] == 0x01
    assert len(found(frame)[0]) == 254


def test_ack_and_nack_are_told_apart_from_frames():
    first, second, third = found(ACK + NACK + command("02"))
    assert first is frames.ACK and second is frames.NACK and third == b"\x02"


@pytest.mark.parametrize(
    "before", ["", "00" * 40, "5555", "ff00ff", "0000ff0000", "00ffffff010900"]
)
def test_whatever_comes_before_a_frame_is_skipped(before):
    assert found(bytes.fromhex(before) + command("02"))[-1:] == [b"\x02"]


@pytest.mark.parametrize("place", [3, 4, 5, 6, 7, 8, 9])
def test_a_damaged_frame_is_dropped_and_the_next_but_one_is_heard(place):
    frame = bytearray(command("14 01 14 01"))
    frame[place] ^= 0x04
    parser = frames.Parser()
    assert found(frame, parser) == []
    # A damaged length may swallow what follows, as it does in the chip.
    assert b"\x02" in found(bytes(40) + command("02") + bytes(300) + command("02"), parser)


def test_a_frame_for_somebody_else_is_dropped():
    assert found(frames.frame(b"\x03\x32\x01\x06\x07")) == []


def test_a_frame_longer_than_the_buffer_is_dropped():
    assert found(command("00" * 264)) == [bytes(264)]
    assert found(command("00" * 265)) == []

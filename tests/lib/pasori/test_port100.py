"""The Port-100's frames, and its statuses, which stay numbers."""

from both import raises
from pasori import ACTIVATE, GIVE_UP, REOPEN, CorruptError
from pasori import port100 as port
from usb_script import air, framed

TYPE = "0000ffffff0300fdd62a01ff00"  # SetCommandType 1
SENSB = "0000ffffff0700f9d604360105001" + "0da00"


def view(text):
    """Return a frame's bytes as they are received."""
    return memoryview(bytes.fromhex(text))


def test_commands_are_the_published_frames():
    buf = bytearray(port.LONGEST)
    assert port.encode(buf, port.SET_COMMAND_TYPE, b"\x01").hex() == TYPE
    frame = port.encode(buf, port.COMM_RF, port.time(30_000), b"\x05\x00\x10")
    assert frame.hex() == SENSB
    raises(ValueError, port.encode, buf, port.COMM_RF, bytes(port.LONGEST))


def test_a_time_is_in_tenths_of_a_millisecond_and_never_too_short():
    for us, text in ((1, "1400"), (30_000, "3601"), (30_001, "4001"), (9_000_000, "ffff")):
        assert port.time(us).hex() == text, us


def test_a_frame_tells_its_size_as_soon_as_it_can():
    for frame, size in ((bytes.fromhex(TYPE), 13), (port.ACK, 6), (framed(air("50" * 290)), 307)):
        for end in range(len(frame) + 1):
            found = port.size_of(memoryview(frame)[:end])
            assert found in (size, 0) and found == (size if end >= min(size, 8) else 0), end
    for text in ("01", "00ff", "0000ff01", "0000ffff00", "0000ffffff030000"):
        assert port.size_of(view(text)) == port.NO_MESSAGE, text


def test_an_answer_is_its_command_s_or_nobody_s():
    answer = memoryview(framed("D72B00"))
    assert bytes(port.answer(answer, port.SET_COMMAND_TYPE)) == b"\x00"
    assert port.answer(answer, port.COMM_RF) is None
    for at in range(8, len(answer)):
        damaged = bytearray(answer)
        damaged[at] ^= 0x40
        raises(CorruptError, port.answer, memoryview(damaged), port.SET_COMMAND_TYPE)
    raises(CorruptError, port.answer, memoryview(framed("D62B00")), port.SET_COMMAND_TYPE)


def test_a_status_of_one_byte_has_an_advice():
    port.done(b"\x00", port.SET_RF)
    for status, advice in ((1, GIVE_UP), (2, GIVE_UP), (3, ACTIVATE), (7, REOPEN)):
        error = raises(port.Port100Error, port.done, bytes((status,)), port.SET_RF)
        assert (error.status, error.advice) == (status, advice)
    for data in (b"", b"\x00\x00"):
        raises(CorruptError, port.done, data, port.SET_RF)


def test_what_comes_from_a_card_is_behind_a_status_of_0_and_whole_bytes():
    assert (
        bytes(port.received(memoryview(bytes.fromhex("0000000008" + "0263C5")))) == b"\x02\x63\xc5"
    )
    for text, status in (("80000000", 0x80), ("00000080", 0x80000000), ("00040000", 0x400)):
        error = raises(port.Port100Error, port.received, memoryview(bytes.fromhex(text)))
        assert (error.status, error.advice) == (status, ACTIVATE)
    for text in ("", "000000", "00000000", "0000000008", "0000000007" + "0263C5"):
        raises(CorruptError, port.received, memoryview(bytes.fromhex(text)))


def test_nothing_asks_for_the_reader_s_number():
    names = [name for name in dir(port) if isinstance(getattr(port, name), int)]
    codes = {getattr(port, name) for name in ("SET_RF", "SET_PROTOCOL", "COMM_RF", "SWITCH_RF")}
    codes |= {port.VERSION, port.SET_COMMAND_TYPE}
    assert codes == {0x00, 0x02, 0x04, 0x06, 0x20, 0x2A}
    assert len(names) >= len(codes)

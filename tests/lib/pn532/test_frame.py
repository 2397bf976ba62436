"""Frames on the wire, cut up and damaged in every way."""

from both import ACK, CMD, ERROR, NACK, RSP, frame, raises
from pn532 import frame as f


def _encode(code, params=b"", data=b""):
    buf = bytearray(f.MAX_FRAME)
    return bytes(buf[: f.encode(buf, code, params, data)])


def _decode(chunks):
    decoder = f.Decoder()
    found = []
    for chunk in chunks:
        decoder.push(chunk)
        while True:
            item = decoder.next()
            if item is None:
                break
            found.append((item[0], bytes(item[1])))
    return found


def test_encode():
    assert _encode(0x02) == bytes.fromhex("0000ff02fed4022a00")
    assert _encode(0x14, b"\x01\x14\x01") == CMD("14 01 14 01")
    assert _encode(0x40, b"\x01", b"\x00\x20\x00\x80") == CMD("40 01 00200080")


def test_encode_at_the_border_of_normal_and_extended():
    for size in (252, 253, 254, 255, 263):
        assert _encode(0x00, b"\x00", bytes(size - 1)) == frame(0xD4, bytes(1 + size)), size
    assert _encode(0, b"", bytes(253))[3:5] == b"\xff\x01"  # LEN 255 is still a normal frame
    assert _encode(0, b"", bytes(254))[3:5] == b"\xff\xff"
    raises(ValueError, _encode, 0, b"", bytes(264))


def test_decode_each_kind():
    assert _decode([ACK]) == [(f.IS_ACK, b"")]
    assert _decode([NACK]) == [(f.IS_NACK, b"")]
    assert _decode([ERROR]) == [(f.IS_ERROR, b"")]
    assert _decode([RSP("03 32010607")]) == [(f.IS_ANSWER, bytes.fromhex("0332010607"))]


def test_a_frame_arrives_however_it_is_cut():
    stream = ACK + RSP("41 00 9000") + RSP("41 00" + "ab" * 258)
    whole = _decode([stream])
    assert [kind for kind, _ in whole] == [f.IS_ACK, f.IS_ANSWER, f.IS_ANSWER]
    assert len(whole[2][1]) == 260
    for size in (1, 2, 3, 7, 64):
        assert _decode([stream[i : i + size] for i in range(0, len(stream), size)]) == whole


def test_garbage_before_a_frame_is_dropped():
    for garbage in (b"\xff", b"\x55\x55", b"\x00" * 40, b"\xaa\x00\xab\xff\x00", b"\xff" * 700):
        found = _decode([garbage + RSP("41 00")])
        assert found[-1] == (f.IS_ANSWER, b"\x41\x00"), garbage


def test_a_frame_without_postamble_and_one_without_preamble_count():
    assert _decode([ACK[1:-1] + RSP("15")[1:-1]]) == [(f.IS_ACK, b""), (f.IS_ANSWER, b"\x15")]


def test_one_damaged_byte_never_gives_another_answer():
    good = RSP("41 00 63c3")
    for at in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            for kind, pd in _decode([bytes(bad), b"\x00" * 300]):
                assert kind != f.IS_ANSWER or pd == bytes.fromhex("410063c3"), (at, bit)


def test_after_a_damaged_frame_the_next_one_is_found():
    for at in range(3, 12):
        bad = bytearray(RSP("41 00 63c3"))
        bad[at] ^= 0x10
        found = _decode([bytes(bad) + RSP("41 00 9000") + bytes(300)])
        assert (f.IS_ANSWER, bytes.fromhex("41009000")) in found, at


def test_a_wrong_length_checksum_and_a_wrong_data_checksum_are_said():
    bad = bytearray(RSP("41 00"))
    bad[4] ^= 1
    assert _decode([bytes(bad)])[0][0] == f.IS_CORRUPT
    bad = bytearray(RSP("41 00"))
    bad[-2] ^= 1
    assert _decode([bytes(bad)])[0][0] == f.IS_CORRUPT


def test_a_frame_to_the_chip_is_no_answer():
    assert _decode([CMD("40 01")]) == [(f.IS_CORRUPT, b"")]


def test_the_decoder_holds_no_more_than_its_buffer():
    decoder = f.Decoder()
    for _ in range(100):
        decoder.push(b"\x00\xff\x10" * 50)
    decoder.push(bytes(2 * f.MAX_FRAME + 5))
    decoder.push(RSP("41 00 9000"))
    found = None
    while True:
        item = decoder.next()
        if item is None:
            break
        found = (item[0], bytes(item[1]))
    assert found == (f.IS_ANSWER, bytes.fromhex("41009000"))

"""Frames on a UART: the published ones, cut up and damaged in every way."""

from both import raises
from pasori import ACK, IS_ACK, IS_CORRUPT, IS_MESSAGE, Decoder, Port400, encode

VERSION = "0000ff000ef26b040000000000000000ff5600003c00"
ANSWER = bytes.fromhex("83120000000005020000c003009000920100960200009702" + "63c39000")


def decode(chunks):
    decoder = Decoder()
    found = []
    for chunk in chunks:
        decoder.push(chunk)
        while True:
            item = decoder.next()
            if item is None:
                break
            found.append((item[0], bytes(item[1])))
    return found


def test_the_published_frame_of_the_firmware_version():
    assert encode(Port400().firmware_version()).hex() == VERSION
    assert decode([bytes.fromhex(VERSION)]) == [
        (IS_MESSAGE, bytes.fromhex("6b040000000000000000ff560000"))
    ]


def test_an_ack_has_seven_bytes():
    assert ACK.hex() == "0000ff0000ff00"
    assert decode([ACK]) == [(IS_ACK, b"")]
    assert decode([bytes.fromhex("0000ff00ff00")]) == [(IS_CORRUPT, b"")]  # a PN532's


def test_sizes_at_the_border():
    for size in (1, 255, 256, 277):
        message = bytes([i & 0xFF for i in range(size)])
        frame = encode(message)
        assert len(frame) == size + 8 and frame[3] << 8 | frame[4] == size
        assert decode([frame]) == [(IS_MESSAGE, message)]
    raises(ValueError, encode, b"")
    raises(ValueError, encode, bytes(278))


def test_a_frame_arrives_however_it_is_cut():
    stream = ACK + encode(ANSWER) + ACK + encode(bytes(277)) + encode(b"\x83\x00\xff")
    whole = decode([stream])
    assert [kind for kind, _ in whole] == [IS_ACK, IS_MESSAGE, IS_ACK, IS_MESSAGE, IS_MESSAGE]
    for size in range(1, 20):
        assert decode([stream[i : i + size] for i in range(0, len(stream), size)]) == whole, size


def test_garbage_before_a_frame_is_dropped():
    for garbage in (b"\xff", b"\x55\x55", b"\x00" * 40, b"\xaa\x00\xab\xff\x00", b"\xff" * 700):
        assert decode([garbage + encode(ANSWER)])[-1] == (IS_MESSAGE, ANSWER), garbage


def test_a_frame_without_preamble_and_postamble_counts():
    assert decode([ACK[1:-1] + encode(ANSWER)[1:-1]]) == [(IS_ACK, b""), (IS_MESSAGE, ANSWER)]


def test_one_damaged_byte_never_gives_another_message():
    good = encode(ANSWER)
    for at in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            for kind, message in decode([bytes(bad), bytes(300)]):
                assert kind != IS_MESSAGE or message == ANSWER, (at, bit)


def test_after_a_damaged_frame_the_next_one_is_found():
    for at in range(3, len(encode(ANSWER)) - 1):
        bad = bytearray(encode(ANSWER))
        bad[at] ^= 0x10
        found = decode([bytes(bad) + encode(b"\x83\x01") + bytes(300)])
        assert (IS_MESSAGE, b"\x83\x01") in found, at


def test_wrong_checksums_and_lengths_are_said():
    for at in (5, -2):
        bad = bytearray(encode(ANSWER))
        bad[at] ^= 1
        assert decode([bytes(bad)])[0][0] == IS_CORRUPT
    assert decode([b"\x00\xff\x01\x16\xe9"])[0][0] == IS_CORRUPT  # 278 bytes
    assert decode([b"\x00\xff\x00\x00\x00"])[0][0] == IS_CORRUPT  # none


def test_the_decoder_says_how_many_bytes_are_missing():
    frame = encode(ANSWER)
    decoder = Decoder()
    assert (decoder.missing, decoder.begun) == (6, False)
    decoder.push(frame[:4])
    assert decoder.next() is None and (decoder.missing, decoder.begun) == (2, True)
    decoder.push(frame[4:6])
    assert decoder.next() is None and decoder.missing == len(frame) - 6
    decoder.clear()
    assert decoder.next() is None and (decoder.missing, decoder.begun) == (6, False)


def test_the_decoder_holds_no_more_than_its_buffer():
    decoder = Decoder()
    for _ in range(100):
        decoder.push(b"\x00\xff\x01" * 50)
    decoder.push(bytes(2 * 285 + 5))
    while decoder.next() is not None:
        pass
    decoder.push(encode(ANSWER))
    assert bytes(decoder.next()[1]) == ANSWER

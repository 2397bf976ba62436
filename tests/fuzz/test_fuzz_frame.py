"""Arbitrary bytes into the decoder: it never raises, and takes nothing whose sums are wrong."""

from hypothesis import example, given
from hypothesis import strategies as st

from both import ACK, ERROR, NACK, frame
from fuzzing import cases, count
from pn532 import frame as frames
from streams import check, decoded

LONGEST = 2 * frames.MAX_FRAME  # what the decoder holds

payloads = st.one_of(st.binary(min_size=1, max_size=20), st.binary(min_size=240, max_size=264))
answers = st.builds(lambda pd: frame(0xD5, pd), payloads)


@st.composite
def damaged(draw):
    """A frame with some of its bytes changed, or only a part of it."""
    whole = bytearray(draw(answers))
    for _ in range(draw(st.integers(0, 3))):
        last = draw(st.sampled_from((7, len(whole) - 1)))
        whole[draw(st.integers(0, last))] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        return bytes(whole)
    start = draw(st.integers(0, 8))
    return bytes(whole[start : draw(st.integers(start, len(whole)))])


pieces = st.one_of(
    st.binary(max_size=40),
    answers,
    damaged(),
    st.sampled_from((ACK, NACK, ERROR, b"\x00", b"\xff", b"\x00\x00\xff", b"\x00\xff\xff\xff")),
)
streams = st.lists(pieces, max_size=6).map(b"".join)


@cases(2)
@given(streams)
@example(frame(0xD5, b"\x03" + bytes(254)))
@example(b"\x00\x00\xff\x02\xff\xd5\x03\x28\x00")  # the length's sum is wrong, the other right
def test_only_what_is_in_the_stream_with_right_sums_is_an_answer(stream):
    count("frame: answers")
    check(stream)


@cases(1)
@given(streams.filter(lambda stream: len(stream) <= LONGEST), st.lists(st.integers(1, 30)))
def test_it_does_not_matter_how_the_stream_is_cut(stream, sizes):
    count("frame: chunks")
    chunks = []
    rest = stream
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert decoded([*chunks, rest]) == decoded([stream])


@cases(0.5)
@given(st.binary(max_size=60).map(lambda noise: noise.replace(b"\xff", b"\xfe")), payloads)
def test_a_frame_is_found_behind_any_noise_without_a_start_code(noise, pd):
    count("frame: noise")
    assert decoded([noise + frame(0xD5, pd)])[-1] == (frames.IS_ANSWER, pd)


@cases(0.5)
@given(st.lists(st.binary(max_size=1500), max_size=4), payloads)
def test_more_than_it_can_hold_never_raises_and_it_goes_on_when_cleared(chunks, pd):
    count("frame: floods")
    decoder = frames.Decoder()
    for chunk in chunks:
        decoder.push(chunk)
    for _ in range(6000):
        if decoder.next() is None:
            break
    decoder.clear()
    decoder.push(frame(0xD5, pd))
    what, found = decoder.next()
    assert (what, bytes(found)) == (frames.IS_ANSWER, pd)

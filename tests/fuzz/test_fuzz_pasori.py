"""`pasori` and whatever bytes a reader sends: a card's answer comes only out of a tag 97.

And only if the reader's two statuses, outer SW and C0's SW, are 9000: its own 63 00 is no counter.
"""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from fuzzing import cases, count
from pasori import IS_MESSAGE, BusyError, Decoder, PasoriError, Port400, encode
from reader_script import OK, ready, says

QUERY = b"\x00\x20\x00\x80"
SEQ = 5  # of the query of a port that is ready
WORDS = st.sampled_from(
    [b"\x90\x00", b"\x90\x00", b"\x63\x00", b"\x63\x01", b"\x63\xc3", b"\x64\x01", b"\x62\x82"]
)


def ber(size, form):
    """Return a length in a form that has room for it, or in a longer one."""
    if form == 0 and size < 0x80:
        return bytes((size,))
    if form < 2 and size < 0x100:
        return bytes((0x81, size))
    return bytes((0x82, size >> 8, size & 0xFF))


def data_object(tag, values):
    """Make data objects of a tag: a list of them, with values and forms of length."""
    forms = st.integers(0, 2)
    return st.tuples(values, forms).map(lambda it: (tag, it[0], tag + ber(len(it[0]), it[1])))


statuses = data_object(b"\xc0", st.tuples(st.just(b"\x00"), WORDS).map(b"".join))
answers = data_object(
    b"\x97", st.one_of(WORDS, st.binary(max_size=6), st.binary(min_size=126, max_size=260))
)
receptions = data_object(b"\x96", st.sampled_from([b"\x00\x00"] * 3 + [b"\x01\x00", b"\x00"]))
last_bits = data_object(b"\x92", st.sampled_from([b"\x00"] * 3 + [b"\x04", b""]))
others = data_object(b"\x5f\x51", st.binary(max_size=14))
some = st.lists(st.one_of(statuses, answers, receptions, last_bits, others), max_size=3)
whole = st.tuples(statuses, receptions, last_bits, answers).map(list)
heads = st.tuples(
    st.sampled_from([0x83] * 5 + [0x80, 0x81]),
    st.sampled_from([SEQ] * 5 + [4, 6]),
    st.sampled_from([0x02] * 5 + [0x00, 0x42, 0x82, 0xC2]),
    st.sampled_from([0x00, 0xE0, 0x81]),
)


def answer_of(messages):
    """Let a port ask the query and read messages; return the card's answer, or None."""
    port = ready()
    assert port.exchange_apdu(QUERY)[6] == SEQ
    for message in messages:
        try:
            if port.receive(message):
                return port.answer
        except BusyError:
            pass
        except PasoriError as error:
            assert str(error) and port.answer is None
            return None
        assert port.answer is None
    return None


@given(heads, st.one_of(whole, some), WORDS)
@example((0x83, SEQ, 0x02, 0), [(b"\xc0", b"\x00\x63\x00", b"\xc0\x03")], b"\x90\x00")
@cases(5)
def test_an_answer_needs_three_statuses(head, objects, outer):
    count("pasori: statuses")
    kind, seq, status, error = head
    data = b"".join(start + value for _, value, start in objects)
    said = says(data.hex(), seq, outer.hex(), status, error, kind)
    values = {tag: value for tag, value, _ in objects}
    allowed = (
        (kind, seq, status >> 6, outer) == (0x83, SEQ, 0, b"\x90\x00")
        and len(values) == len(objects)
        and values.get(b"\xc0") == b"\x00\x90\x00"
        and values.get(b"\x96", b"\x00\x00") == b"\x00\x00"
        and values.get(b"\x92", b"\x00") == b"\x00"
        and len(values.get(b"\x97", b"")) >= 2
    )
    assert answer_of([said]) == (values[b"\x97"] if allowed else None)


GOOD = says(OK + "920100960200009702" + "63C3", SEQ)
damaged = st.builds(
    lambda at, new, cut, more: GOOD[:at] + new + GOOD[at + cut :] + more,
    st.integers(0, len(GOOD)),
    st.binary(max_size=3),
    st.integers(0, 3),
    st.binary(max_size=3),
)
headed = st.binary(max_size=40).map(lambda data: says(data.hex(), SEQ))


def has_said(message, answer):
    """Tell from the bytes alone whether a message says that this came from the card."""
    rest = re.escape(answer)
    size = re.escape(bytes((len(answer),))) if len(answer) < 256 else b"x"
    tag = b"\x97(?:" + size + b"|\x81" + size + b"|\x82\x00" + size + b")" + rest
    return (
        message[0] == 0x83
        and message[6] == SEQ
        and message[7] & 0xC0 == 0
        and message[-2:] == b"\x90\x00"
        and re.search(b"\xc0(?:\x03|\x81\x03|\x82\x00\x03).\x90\x00", message[10:-2], re.S)
        and re.search(tag, message[10:-2], re.S)
    )


@given(st.lists(st.one_of(st.binary(max_size=60), damaged, headed), max_size=4))
@example([GOOD])
@cases(5)
def test_whatever_bytes_come(messages):
    count("pasori: bytes")
    answer = answer_of(messages)
    assert answer is None or any(has_said(bytes(message), answer) for message in messages)
    assert messages != [GOOD] or answer == b"\x63\xc3"


@given(st.lists(st.one_of(headed, st.binary(min_size=1, max_size=277)), max_size=4), st.data())
@cases(3)
def test_a_stream_of_frames_in_any_pieces(messages, data):
    count("pasori: pieces")
    stream = b"".join(encode(message) for message in messages)
    decoder, found = Decoder(), []
    while stream:
        size = data.draw(st.integers(1, 64))
        decoder.push(stream[:size])
        stream = stream[size:]
        while (item := decoder.next()) is not None:
            found.append((item[0], bytes(item[1])))
    assert found == [(IS_MESSAGE, message) for message in messages]


@given(st.lists(st.binary(max_size=300), max_size=5))
@cases(3)
def test_arbitrary_streams_and_ports_end(chunks):
    count("pasori: streams")
    decoder, port = Decoder(), Port400(usb=True)
    port.activate_b()
    for chunk in chunks:
        decoder.push(chunk)
        for _ in range(1 + 2 * 570):
            if (item := decoder.next()) is None:
                break
            try:
                port.receive(item[1])
            except PasoriError:
                port.abort()
                port.activate_b()
        else:
            raise AssertionError("no end")
        assert decoder.missing > 0

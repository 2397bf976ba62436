"""The driver of an RC-S300 on a scripted reader: the published session, and what may go wrong."""

from both import raises, run
from pasori import (
    RELEASE,
    TYPE_A,
    CardError,
    InnerStatusError,
    LostError,
    NoAnswerError,
    OrderError,
    OwnedError,
    carried,
)
from reader_script import OK, says
from usb_script import block, make

QUERY = b"\x00\x20\x00\x80"


def active(*special):
    """Return (driver, pipe) with a card; what is said to the blocks for it."""
    reader, pipe, script = make("rcs300")
    run(reader.open())
    assert run(reader.find_b()) == bytes.fromhex("0081B1")
    script.special = list(special)
    return reader, pipe


def commands(pipe):
    """Return the commands sent, as hex digits."""
    return [message[10:].hex() for message in pipe.sent]


def test_a_session_is_the_published_one_with_the_host_s_flags():
    reader, pipe = active()
    assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"
    run(reader.close())
    assert commands(pipe) == [
        "ff50000002820000",
        "ff50000002810000",
        "ff50000002830000",
        "ff50000002840000",
        "ff50000210ff6e03010108ff6e030801028f02010400",
        "ff50000104" + "9002001c" + "00",
        # 2^11 frame waiting times and a margin, and the reader's own 50 ms
        "ff5000010000115f4604"
        + pipe.sent[6][20:24].hex()
        + "95820006"
        + "0a0200200080"
        + "000000",
        "ff50000002830000",
        "ff50000002820000",
    ]
    assert carried(pipe.sent[6]) == b"\x0a\x02" + QUERY


def test_the_session_is_ended_though_the_field_did_not_go_off():
    for text in ("C003026300", "C003026985", None):
        reader, pipe = active()
        answer = pipe.answer

        def stuck(message, answer=answer, text=text):
            if message[10:] != bytes.fromhex("ff50000002830000"):
                return answer(message)
            return [says(text, message[6])] if text else []

        pipe.answer = stuck
        run(reader.close())
        assert commands(pipe)[-1] == "ff50000002820000", text


def test_a_session_that_could_not_be_used_is_ended_too():
    reader, pipe, script = make("rcs300")
    off = bytes.fromhex("ff50000002830000")
    pipe.answer = lambda message: [] if message[10:] == off else script.rcs300(message)
    raises(LostError, run, reader.open())
    run(reader.close())
    assert commands(pipe)[-1] == "ff50000002820000"


def test_the_number_of_a_card_of_another_type_is_not_kept():
    reader, pipe, script = make("rcs300")
    number = bytes.fromhex("DEADBEEFDEADBEEF")

    def told(message):
        is_look = message[10 + 3] == 2
        return [says(OK + "5F5108" + number.hex(), message[6])] if is_look else answer(message)

    answer = pipe.answer
    pipe.answer = told
    assert run(reader.sense(TYPE_A)) is True
    assert number not in bytes(reader._transfers._buf)


def test_the_field_rests_before_it_goes_on_and_before_a_card_is_asked():
    reader, pipe, _ = make("rcs300")
    at = []
    answer = pipe.answer
    pipe.answer = lambda data: at.append(pipe.clock.now) or answer(data)
    run(reader.open())
    run(reader.find_b())
    run(reader.exchange(QUERY))
    off, on, look, flags = at[2:6]
    assert on - off >= 30 and look - on >= 25 and flags - look >= 20


def test_nobody_there_is_none_and_a_card_of_type_a_is_seen():
    reader, _, script = make("rcs300")
    script.here = False
    assert run(reader.find_b()) is None
    assert run(reader.sense(TYPE_A)) is False
    script.here = True
    assert run(reader.sense(TYPE_A)) is True


def test_a_busy_reader_is_asked_again_with_the_same_message():
    busy = lambda seq: [says("", seq, "", 0x42, 0xE0)]  # noqa: E731
    reader, pipe = active(busy, busy)
    assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"
    assert pipe.sent[-3:] == [pipe.sent[-1]] * 3


def test_more_time_is_waited_for_and_an_old_answer_is_dropped():
    def both(seq):
        old, right = block("0A0263C0"), says(block("0A0263C5"), seq)
        return [says(old, seq - 1 & 0xFF), says("", seq, "", 0x82), right[:9], right[9:]]

    reader, _ = active(both)
    assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"


def test_a_reader_that_another_program_has_says_so():
    reader, pipe, script = make("rcs300")
    start = bytes.fromhex("ff50000002810000")

    def owned(message):
        owns = message[10:] == start
        return [says("C00301698A" if owns else OK, message[6])]

    pipe.answer = owned
    error = raises(OwnedError, run, reader.open())
    assert isinstance(error, LostError) and error.advice == RELEASE
    pipe.answer = script.rcs300
    run(reader.open())


def test_a_block_that_was_lost_is_asked_for_and_the_command_is_not_sent_again():
    nothing = lambda seq: [says("C003026401", seq)]  # noqa: E731
    damaged = lambda seq: [says(OK + "920100" + "96020100" + "9700", seq)]  # noqa: E731
    answer = lambda seq: [says(block("0A0263C5"), seq)]  # noqa: E731
    for lost in (nothing, damaged):
        reader, pipe = active(lost, answer)
        assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"
        assert [carried(message).hex() for message in pipe.sent[-2:]] == ["0a0200200080", "ba02"]


def test_a_card_that_stays_mute_is_a_card_error_and_the_activation_is_over():
    nothing = lambda seq: [says("C003026401", seq)]  # noqa: E731
    reader, pipe = active(*[nothing] * 9)
    raises(CardError, run, reader.exchange(QUERY))
    sent = len(pipe.sent)
    raises(CardError, run, reader.exchange(QUERY))
    assert len(pipe.sent) == sent


def test_the_reader_s_own_6300_is_no_counter():
    for text in ("C003026300", "C0030263C5", "C003026985"):
        reader, _ = active(*[lambda seq, text=text: [says(text, seq)]] * 9)
        raises((CardError, InnerStatusError), run, reader.exchange(QUERY))


def test_after_an_unclear_end_nothing_goes_out_again_and_a_new_session_begins():
    for what in ([], [b"\x83\x00"], [b"rubbish"]):
        reader, pipe = active(lambda seq, what=what: what)
        before = len(pipe.sent)
        raises(NoAnswerError, run, reader.exchange(QUERY))
        raises(OrderError, run, reader.exchange(QUERY))
        assert len(pipe.sent) == before + 1
        run(reader.field_off())
        assert commands(pipe)[before + 1 : before + 3] == ["ff50000002820000", "ff50000002810000"]


def test_a_reader_that_is_unplugged_is_lost_at_once():
    reader, pipe = active()
    pipe.plugged = False
    before = pipe.clock.now
    raises(LostError, run, reader.exchange(QUERY))
    raises(LostError, run, reader.find_b())
    run(reader.close())
    assert pipe.clock.now - before < 100
    pipe.plugged = True
    assert run(reader.find_b()) is not None

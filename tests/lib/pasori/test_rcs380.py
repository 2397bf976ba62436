"""The driver of an RC-S380 on a scripted reader: the host does everything."""

from both import raises, run
from pasori import (
    TYPE_A,
    TYPE_F,
    CardError,
    LostError,
    NoAnswerError,
    OrderError,
    PasoriError,
    SeveralError,
)
from pasori.port100 import ACK
from pasori.rcs380 import _ROUNDS
from usb_script import ATQB, air, framed, make

QUERY = b"\x00\x20\x00\x80"
DEFAULTS = "02" + "00180101020103000400050006000708080009000a000b000c000e040f001000110012001306"
PUPI = bytes.fromhex("DEADBEEF")


def active(*special):
    """Return (driver, pipe) with a card; what is said to the blocks for it."""
    reader, pipe, script = make("rcs380")
    run(reader.open())
    assert run(reader.find_b()) == bytes.fromhex("0081B1")
    script.special = list(special)
    return reader, pipe


def commands(pipe):
    """Return the commands sent, as hex digits: the code and what is behind it; "" for an ACK."""
    return ["" if frame == ACK else frame[9:-2].hex() for frame in pipe.sent]


def says(text, status="00000000"):
    """Return what makes the reader say that the card answers this."""
    return lambda data: [ACK, framed(air(text, status))]


def test_a_session_is_what_several_programs_do():
    reader, pipe = active()
    assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"
    run(reader.close())
    sent = commands(pipe)
    assert sent[:9] == [
        "",
        "2a01",
        "0600",
        "000307" + "0f07",
        DEFAULTS,
        "02" + "00140901" + "0a010b010c01",
        "04" + "3601" + "050010",
        "04" + "3601" + "1d" + PUPI.hex() + "00080100",
        sent[8],
    ]
    assert sent[8][6:] == "02" + QUERY.hex() and sent[9:] == ["0600", ""]


def test_the_number_of_a_card_is_used_once_and_overwritten():
    reader, pipe = active()
    assert PUPI not in bytes(reader._attrib) + bytes(reader._air._out)
    assert all(PUPI not in bytes(data) for data in pipe.given)
    reader.overwrite()
    assert PUPI not in bytes(reader._air._transfers._buf)


def kept(reader):
    """Return all bytes that a driver still holds."""
    air = reader._air
    return bytes(reader._attrib) + bytes(air._out) + bytes(air._transfers._buf)


def test_no_number_is_kept_however_the_activation_ends():
    ends = (
        says("00"),  # well
        says("", "80000000"),  # the card left before ATTRIB, or did not like it
        says("", "04000000"),
        says("", "00040000"),
        says("01"),  # with a CID that it was not given
        lambda data: [ACK],
    )
    for end in ends:
        reader, pipe, _ = make("rcs380")
        answer = pipe.answer
        pipe.answer = lambda frame, answer=answer, end=end: (
            end(frame) if frame[9:10] + frame[12:13] == b"\x04\x1d" else answer(frame)
        )
        try:
            run(reader.find_b())
        except PasoriError:
            pass
        assert PUPI not in kept(reader) and PUPI[2:] not in kept(reader)
    reader, pipe, _ = make("rcs380")
    pipe.answer = slots(["damaged", ATQB, "damaged"] + [None] * 30)
    assert run(reader.find_b()) is None
    assert PUPI not in kept(reader) and PUPI[2:] not in kept(reader)


def test_the_number_of_a_card_of_type_f_is_not_kept():
    reader, _, script = make("rcs380")
    script.special = [says("1201" + PUPI.hex() * 4)]
    assert run(reader.sense(TYPE_F))
    assert PUPI not in kept(reader)


def test_a_reader_that_is_let_go_is_stopped_though_it_did_not_answer():
    reader, pipe = active()
    answer = pipe.answer
    pipe.answer = lambda frame: [] if frame[9:10] == b"\x06" else answer(frame)
    run(reader.close())
    assert commands(pipe)[-2:] == ["0600", ""]


def test_an_atqb_has_12_or_13_bytes():
    for atqb, there in ((ATQB, True), (ATQB + "40", True), (ATQB[:-2], False), ("51", False)):
        reader, _, script = make("rcs380")
        script.atqb = atqb
        if there:
            assert run(reader.find_b()) == bytes.fromhex("0081B1")
        else:
            raises(Exception, run, reader.find_b())


def test_nobody_there_is_none_and_other_cards_are_seen():
    reader, pipe, script = make("rcs380")
    script.here = False
    assert run(reader.find_b()) is None
    script.special = [says("", "80000000"), says("0004"), says("", "04000000")]
    assert [run(reader.sense(kind)) for kind in (TYPE_F, TYPE_A, TYPE_A)] == [False, True, True]
    sent = commands(pipe)
    assert "0002030f03" in sent and "0001010f01" in sent
    assert [one[6:] for one in sent if one.startswith("04")][1:] == ["0600ffff0000", "26", "26"]


def slots(answers):
    """Return a pipe's `answer` where each slot of a round has one of `answers`, or nobody."""
    _, pipe, script = make("rcs380")

    def answer(frame):
        if frame != ACK and frame[9] == 0x04 and frame[12] & 0x0F == 0x05:
            text = answers.pop(0) if answers else None
            if text is None:
                return [ACK, framed(air("", "80000000"))]
            return [ACK, framed(air("", "04000000") if text == "damaged" else air(text))]
        return script.rcs380(frame)

    return answer


def test_two_cards_are_several_and_neither_is_activated():
    other = ATQB.replace("DEADBEEF", "01020304")
    for rounds in (
        ["damaged", None, ATQB, None, other],
        ["damaged", "damaged"] + [None] * 15 + [ATQB, other],
    ):
        reader, pipe, _ = make("rcs380")
        pipe.answer = slots(list(rounds))
        raises(SeveralError, run, reader.find_b())
        assert not [one for one in commands(pipe) if one[6:8] == "1d"]
        raises(OrderError, run, reader.exchange(QUERY))
        sent = [one[6:] for one in commands(pipe) if one[:2] == "04"]
        assert sent[:3] == ["050010", "050014", "15"]


def test_one_card_after_a_disturbance_is_one():
    reader, pipe, _ = make("rcs380")
    pipe.answer = slots(["damaged", None, None, ATQB])
    assert run(reader.find_b()) == bytes.fromhex("0081B1")


def test_what_is_always_disturbed_is_no_card():
    reader, pipe, _ = make("rcs380")
    pipe.answer = slots(["damaged"] * 99)
    error = raises(Exception, run, reader.find_b())
    assert not isinstance(error, SeveralError)
    assert len([one for one in commands(pipe) if one[:2] == "04"]) == 1 + 16 * _ROUNDS


def test_a_block_that_was_lost_is_asked_for_and_the_command_is_not_sent_again():
    for status in ("80000000", "04000000", "08000000", "00000080"):
        reader, pipe = active(says("", status), says("0263C5"))
        assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"
        assert [one[6:] for one in commands(pipe)[-2:]] == ["02" + QUERY.hex(), "b2"]


def test_a_mute_card_or_a_field_that_is_off_ends_the_activation():
    for status, times in (("80000000", 9), ("00040000", 1)):
        reader, pipe = active(*[says("", status)] * times)
        raises(Exception, run, reader.exchange(QUERY))
        sent = len(pipe.sent)
        error = raises(Exception, run, reader.exchange(QUERY))
        assert isinstance(error, (OrderError, CardError)) and len(pipe.sent) == sent


def test_an_answer_without_its_ack_is_an_older_command_s():
    def old(data):
        return [framed(air("0263C0")), ACK, framed("D70700"), ACK, framed(air("0263C5"))]

    reader, _ = active(old)
    assert bytes(run(reader.exchange(QUERY))) == b"\x63\xc5"


def test_a_reader_that_only_repeats_its_ack_gives_no_answer():
    reader, pipe = active()
    began = pipe.clock.now

    async def read(timeout_ms):
        pipe.clock.now += 50
        assert pipe.clock.now - began < 60_000
        return bytearray(ACK)

    pipe.read = read
    raises(NoAnswerError, run, reader.exchange(QUERY))


def test_after_an_unclear_end_nothing_goes_out_again_and_all_begins_anew():
    for what in ([], [ACK], [ACK, framed(air("0263C5"))[:-3]], [framed(air("0263C5"))]):
        reader, pipe = active(lambda data, what=what: list(what))
        before = len(pipe.sent)
        raises(NoAnswerError, run, reader.exchange(QUERY))
        raises(OrderError, run, reader.exchange(QUERY))
        assert len(pipe.sent) == before + 1
        run(reader.field_off())
        assert commands(pipe)[before + 1 :] == ["", "2a01", "0600", "0600"]


def test_a_reader_that_forgot_its_settings_is_begun_anew():
    reader, pipe, script = make("rcs380")
    run(reader.open())
    pipe.answer = lambda frame: [ACK, framed("D70107")] if frame[9] == 0 else script.rcs380(frame)
    raises(PasoriError, run, reader.find_b())  # 7: the command type is not set
    pipe.answer = script.rcs380
    before = len(pipe.sent)
    assert run(reader.find_b()) is not None
    assert commands(pipe)[before : before + 3] == ["", "2a01", "0600"]


def test_a_reader_that_is_unplugged_is_lost_at_once():
    reader, pipe = active()
    pipe.plugged = False
    raises(LostError, run, reader.exchange(QUERY))
    raises(LostError, run, reader.find_b())
    run(reader.close())
    pipe.plugged = True
    assert run(reader.find_b()) is not None


def test_only_the_firmware_s_version_is_asked():
    reader, _ = active()
    assert run(reader.firmware_version()) == b"\x11\x01"

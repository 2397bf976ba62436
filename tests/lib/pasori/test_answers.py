"""What the reader answers, and what is made of it: three statuses that never meet."""

from both import raises
from pasori import (
    ACTIVATE,
    GIVE_UP,
    REOPEN,
    RETRY,
    BusyError,
    CorruptError,
    InnerStatusError,
    OrderError,
    OuterStatusError,
    PasoriError,
    Port400,
    ReceptionError,
    SlotError,
)
from reader_script import ATR, OK, ask, ready, says

QUERY = b"\x00\x20\x00\x80"
COUNTER = "9201009602000097" + "02" + "63C3"


def fails(text, sw="9000", **other):
    """Return the error that an answer to a query makes; there is no answer of a card then."""
    port = ready()
    message = port.exchange_apdu(QUERY)
    error = raises(PasoriError, port.receive, says(text, message[6], sw, **other))
    assert port.answer is None
    return error


def test_the_card_s_status_is_the_end_of_tag_97():
    port = ready()
    assert ask(port, port.exchange_apdu(QUERY), OK + COUNTER) == b"\x63\xc3"
    assert ask(port, port.exchange_apdu(QUERY), OK + "97026300") == b"\x63\x00"


def test_the_reader_s_own_6300_is_no_counter():
    for sw in (0x6300, 0x6301, 0x63C3):
        text = "%04X" % sw
        error = fails("C00301" + text)
        assert isinstance(error, InnerStatusError) and error.inner_sw == sw
        error = fails("C00301" + text + COUNTER)  # whatever else it says
        assert isinstance(error, InnerStatusError) and error.inner_sw == sw
        error = fails("", text)
        assert isinstance(error, OuterStatusError) and error.outer_sw == sw
        error = fails(OK + COUNTER, text)
        assert isinstance(error, OuterStatusError) and error.outer_sw == sw
        assert not hasattr(error, "inner_sw")


def test_what_to_do_after_each_status():
    for sw, advice in (
        ("6282", ACTIVATE),
        ("6300", ACTIVATE),
        ("6301", ACTIVATE),
        ("6400", ACTIVATE),
        ("6401", ACTIVATE),
        ("6700", GIVE_UP),
        ("6985", REOPEN),
        ("698A", REOPEN),
        ("6A80", GIVE_UP),
        ("6A81", ACTIVATE),
        ("1234", ACTIVATE),
    ):
        error = fails("C00301" + sw)
        assert (error.advice, "%04X" % error.inner_sw) == (advice, sw)
        assert sw in str(error)
    for sw, advice in (("6700", GIVE_UP), ("6985", REOPEN), ("698A", REOPEN), ("6300", GIVE_UP)):
        assert fails("", sw).advice == advice


def test_a_session_that_another_program_has():
    port = Port400()
    error = raises(InnerStatusError, port.receive, says("C00301698A", port.start()[6]))
    assert (error.inner_sw, error.advice) == (0x698A, REOPEN)
    ask(port, port.end(), OK)
    ask(port, port.start(), OK)


def test_a_busy_slot_is_asked_again_with_the_same_message():
    port = ready()
    message = port.exchange_apdu(QUERY)
    for _ in range(3):
        error = raises(BusyError, port.receive, says("", message[6], "", 0x42, 0xE0))
        assert error.advice == RETRY
        raises(OrderError, port.exchange_apdu, QUERY)  # only the same message
    assert ask(port, message, OK + COUNTER) == b"\x63\xc3"


def test_a_message_that_the_reader_failed():
    for error, advice in ((0, GIVE_UP), (1, GIVE_UP), (5, GIVE_UP), (0x81, REOPEN), (7, REOPEN)):
        found = fails("", "", status=0x42, error=error)
        assert isinstance(found, SlotError)
        assert (found.error, found.advice) == (error, advice)
    assert isinstance(fails("", "", kind=0x80), SlotError)
    assert isinstance(fails("", "", kind=0x80, status=0x42, error=5), SlotError)


def test_more_time_and_older_answers_are_read_past():
    port = ready()
    message = port.exchange_apdu(QUERY)
    seq = message[6]
    for other in (
        says(OK + "97029000", seq - 1),
        says(OK + "97029000", seq + 1),
        says("", seq - 1, "6300"),
        says("", seq - 1, "", 0x42, 0xE0),
        says("", seq, "", 0x82),
        says(OK + "97029000", seq, status=0x80),
    ):
        assert port.receive(other) is False and port.answer is None
    assert ask(port, message, OK + COUNTER) == b"\x63\xc3"
    assert port.receive(says(OK + "97029000", seq)) is False  # once more: nobody asked
    assert port.answer == b"\x63\xc3"


def test_after_an_abort_nothing_old_counts():
    port = ready()
    old = port.exchange_apdu(QUERY)
    message = port.abort()
    assert message == bytes((0x72, 0, 0, 0, 0, 0, message[6], 0, 0, 0)) and message[6] != old[6]
    assert port.receive(says(OK + COUNTER, old[6])) is False
    start = port.start()
    for seq in (old[6], message[6]):
        assert port.receive(says(OK, seq)) is False
    assert ask(port, start, OK) is None


def test_sequence_numbers_go_round():
    port = Port400()
    numbers = []
    for _ in range(257):
        message = port.firmware_version()
        numbers.append(message[6])
        ask(port, message, "0102")
    assert numbers == [i & 0xFF for i in range(257)]


def test_what_was_damaged_on_the_air():
    for bits in (1, 2, 4, 8, 0x0F):
        error = fails(OK + "920100" + "9602%02x00" % bits + "970263C3")
        assert isinstance(error, ReceptionError)
        assert (error.bits, error.advice) == (bits, ACTIVATE)
    assert isinstance(fails(OK + "920104" + "970263C3"), ReceptionError)


def test_answers_that_make_no_sense():
    for text in (
        "",
        "C003009000"[:-2],
        "C0029000" + COUNTER,
        OK,  # and no tag 97
        OK + "9700",
        OK + "970163",
        OK + "970363C3",  # longer than the message
        OK + "97820263C3",
        OK + "978063C3",
        OK + "978300000263C3",
        OK + "9781",
        OK + "97",
        OK + "5F",
        OK + COUNTER + "97029000",  # two answers
        "C003016300" + OK + COUNTER,  # two statuses
        COUNTER,  # none
        OK + "00" + COUNTER,
    ):
        error = fails(text)
        assert isinstance(error, CorruptError) and error.advice == ACTIVATE, text


def test_messages_that_make_no_sense():
    good = bytearray(says(OK + COUNTER, 5))
    for at, value in ((0, 0x81), (0, 0x6B), (1, 0), (2, 1), (4, 1), (5, 1), (7, 0xC2)):
        bad = bytearray(good)
        bad[at] = value
        port = ready()
        port.exchange_apdu(QUERY)
        raises(CorruptError, port.receive, bad)
    for size in range(len(good)):
        port = ready()
        assert port.exchange_apdu(QUERY)[6] == 5
        raises(CorruptError, port.receive, good[:size])
    assert isinstance(fails("", ""), CorruptError)  # not even an outer SW


def test_no_error_has_a_byte_of_an_answer():
    for text in (OK + COUNTER + "9700", OK + "970163", OK + ATR + ATR):
        error = fails(text)
        assert "63" not in str(error) and error.args == (str(error),)


def test_memoryviews_are_taken():
    port = ready()
    message = port.exchange_apdu(memoryview(QUERY))
    assert port.receive(memoryview(bytearray(says(OK + COUNTER, message[6])))) is True
    assert port.answer == b"\x63\xc3"

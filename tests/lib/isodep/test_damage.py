"""What a card must not do: each ends in an error with numbers, and the activation with it."""

from isodep import (
    ACTIVATE,
    InvalidBlockError,
    IsoDepError,
    NoAnswerError,
    OverError,
    Pcd,
    ProtocolError,
    TooLongError,
    WaitError,
)

COMMAND = b"\x00\x20\x00\x80"


def error_of(function, *arguments):
    """Return the IsoDepError that a call raises."""
    try:
        function(*arguments)
    except IsoDepError as error:
        assert error.advice == ACTIVATE and str(error)
        return error
    raise AssertionError("no error")


def over(host):
    """Assert that a host sends nothing more, but S(DESELECT)."""
    for call, arguments in (
        (host.receive, (b"\x02\x90\x00",)),
        (host.exchange, (COMMAND,)),
        (host.probe, ()),
    ):
        assert isinstance(error_of(call, *arguments), OverError)
    assert host.answer is None
    return host.deselect()[0] & 0xF7 == 0xC2


def after(*texts, **options):
    """Return what a host says to a card's blocks, the last one often enough: the error."""
    host = Pcd(256, 302_065, **options)
    host.exchange(COMMAND)
    blocks = [bytes.fromhex(text.replace(" ", "")) for text in texts]
    for block in blocks[:-1]:
        assert host.receive(block)
    for _ in range(3):  # as if nothing had come
        assert host.receive(blocks[-1])[0] & 0xF7 == 0xB2
    error = error_of(host.receive, blocks[-1])
    assert over(host)
    return error


def at_once(*texts, **options):
    """The same for what is no lost block: the last block is an error at once."""
    host = Pcd(256, 302_065, **options)
    host.exchange(COMMAND)
    blocks = [bytes.fromhex(text.replace(" ", "")) for text in texts]
    for block in blocks[:-1]:
        assert host.receive(block)
    error = error_of(host.receive, blocks[-1])
    assert over(host)
    return error


def test_no_block_of_this_card():
    no_such_pcb = ("00", "42 90 00", "22 90 00", "82", "E2", "D2", "F0 01", "C3", "F3 01")
    with_a_nad = ("06 00 90 00", "16 00 90 00")
    of_no_such_length = ("A2 00", "B2 00", "C2 00", "F2", "F2 01 01")
    with_a_cid = ("0A 02 90 00", "AA 02", "CA 02", "FA 02 01")
    for text in no_such_pcb + with_a_nad + of_no_such_length + with_a_cid:
        error = after(text)
        assert isinstance(error, InvalidBlockError), text
        assert (error.size, error.pcb) == (len(text.split()), int(text[:2], 16))
    error = after("")
    assert isinstance(error, InvalidBlockError) and (error.size, error.pcb) == (0, None)


def test_no_block_with_this_cid():
    for text in ("02 90 00", "A2", "0A", "0A 03 90 00", "0A 12 90 00", "0A 22 90 00", "F2 01"):
        assert isinstance(after(text, cid=2), InvalidBlockError), text


def test_how_much_power_the_card_gets_is_no_part_of_its_cid():
    for power in (0x40, 0x80, 0xC0):
        host = Pcd(256, 302_065, 2)
        host.exchange(COMMAND)
        assert host.receive(bytes((0xFA, power | 2, power | 5))) == b"\xfa\x02\x05"
        assert host.receive(bytes((0x0A, power | 2, 0x90, 0x00))) is None
        assert host.answer == b"\x90\x00"


def test_a_block_longer_than_the_reader_s_frames():
    longest = "02" + "11" * 61
    host = Pcd(64, 302, fsd=64)
    host.exchange(COMMAND)
    assert host.receive(bytes.fromhex(longest)) is None and len(host.answer) == 61
    error = after(longest + "11", fsd=64)
    assert isinstance(error, InvalidBlockError) and error.size == 63


def test_a_block_against_the_rules():
    for texts, sent in (
        (("03 90 00",), 0x02),  # its number
        (("13 90 00",), 0x02),
        (("A2",), 0x02),  # an R(ACK) for what was no part of a chain
        (("B2",), 0x02),  # an R(NAK): only a reader sends them
        (("B3",), 0x02),
        (("C2",), 0x02),  # nobody asked for it
        (("12",), 0x02),  # an empty part, and more of them
        (("12 11", "12 11"), 0xA3),
        (("12 11", "13"), 0xA3),
        (("12 11", "A2"), 0xA3),
        (("12 11", "A3"), 0xA3),
        (("12 11", "13 11", "03 11"), 0xA2),
    ):
        error = at_once(*texts)
        assert isinstance(error, ProtocolError), texts
        assert (error.sent, error.received) == (sent, int(texts[-1][:2], 16))


def test_an_answer_amid_the_host_s_chain():
    for text in ("02 90 00", "12 90 00", "A3", "B2", "C2"):
        host = Pcd(16, 302)
        assert host.exchange(bytes(20))[0] == 0x12
        error = error_of(host.receive, bytes.fromhex(text.replace(" ", "")))
        assert isinstance(error, ProtocolError) and error.sent == 0x12, text
        assert over(host)


def test_a_probe_answered_by_anything_but_r_ack():
    for text in ("02 90 00", "A2", "B2", "B3", "C2"):
        host = Pcd(256, 302)
        host.probe()
        error = error_of(host.receive, bytes.fromhex(text.replace(" ", "")))
        assert isinstance(error, ProtocolError) and error.sent == 0xB2, text
        assert over(host)


def test_deselect_answered_by_another_block():
    for block in (b"\x02\x90\x00", b"\xf2\x01", b"\xa2"):
        host = Pcd(256, 302)
        host.deselect()
        assert isinstance(error_of(host.receive, block), ProtocolError)
        assert over(host)


def test_a_chain_without_an_end():
    host = Pcd(256, 302, longest=258)
    host.exchange(COMMAND)
    for i in range(258):
        assert host.receive(bytes((0x12 | i & 1, 0x11)))
    error = error_of(host.receive, b"\x12\x11")
    assert isinstance(error, TooLongError) and error.size == 259
    assert over(host)


def test_a_whole_block_longer_than_the_caller_allows():
    assert at_once("02 11 22 90 00", longest=3).size == 4


def test_nothing_is_sent_after_the_end_and_nothing_twice_at_a_time():
    host = Pcd(256, 302)
    assert isinstance(error_of(host.receive, b"\x02\x90\x00"), OverError)
    host.exchange(COMMAND)
    for call, arguments in ((host.exchange, (COMMAND,)), (host.probe, ())):
        assert isinstance(error_of(call, *arguments), OverError)
    assert host.receive(b"\x02\x90\x00") is None and host.answer == b"\x90\x00"
    assert isinstance(error_of(host.receive, b"\x02\x90\x00"), OverError)
    host.probe()
    assert host.answer is None and host.receive(b"\xa2") is None
    host.deselect()
    assert host.receive(b"\xc2") is None
    assert over(host)


def test_deselect_breaks_an_exchange_off():
    host = Pcd(256, 302, 2)
    host.exchange(COMMAND)
    assert host.deselect() == b"\xca\x02" and host.receive(b"\xca\x02") is None
    assert over(host)


def test_wtxm_that_the_standard_does_not_allow():
    for wtxm in (0, 60, 61, 62, 63):
        error = at_once("F2 %02x" % wtxm)
        assert isinstance(error, WaitError) and error.wtxm == wtxm


def test_a_card_that_never_has_enough_time():
    for wtxm, fwt_us in ((1, 302), (59, 302), (59, 302_065), (7, 4_949_032)):
        host = Pcd(256, fwt_us)
        host.exchange(COMMAND)
        granted = host.timeout_us
        for _ in range(4_001):
            try:
                assert host.receive(bytes((0xF2, wtxm))) == bytes((0xF2, wtxm))
            except WaitError as error:
                assert error.wtxm == wtxm and error.waited_us >= granted
                break
            granted += host.timeout_us
        else:
            raise AssertionError("never")
        assert granted <= 20_000_000
        assert over(host)


def test_patience_counts_for_repeats_too():
    host = Pcd(256, 4_949_032, patience_us=10_000_000)
    host.exchange(COMMAND)
    assert host.receive(None) == b"\xb2"
    assert isinstance(error_of(host.receive, None), NoAnswerError)

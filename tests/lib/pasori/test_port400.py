"""A reader's session: the published bytes, over the UART and over USB."""

from both import raises
from isodep import Pcd, protocol_info
from pasori import (
    HOST_DOES_ISO_DEP,
    READER_DOES_ISO_DEP,
    CorruptError,
    InnerStatusError,
    OrderError,
    Port400,
    carried,
    encode,
)
from reader_script import ATR, OK, PROTOCOL, ask, atr, data_of, ready, says

QUERY = b"\x00\x20\x00\x80"


def test_a_session_over_usb():
    port = Port400(usb=True)
    for call, sent in (
        (port.end, "ff50000002820000"),
        (port.start, "ff50000002810000"),
        (port.field_off, "ff50000002830000"),
        (port.field_on, "ff50000002840000"),
    ):
        message = call()
        assert data_of(message) == sent
        assert ask(port, message, OK) is None
    message = port.activate_b()
    assert data_of(message) == "ff50000210ff6e03010108ff6e030801028f02010400"
    assert ask(port, message, OK + ATR) == bytes.fromhex(PROTOCOL)
    message = port.flags(HOST_DOES_ISO_DEP)
    assert data_of(message) == "ff500001049002001c00"


def test_a_session_over_the_uart():
    port = Port400()
    for call, sent in ((port.end, "82"), (port.start, "81"), (port.field_on, "84")):
        message = call()
        assert data_of(message) == "ffc2000002%s0000" % sent
        ask(port, message, OK)
    message = port.activate_b()
    assert data_of(message) == "ffc20002048f02010400"
    assert ask(port, message, OK + ATR) == bytes.fromhex(PROTOCOL)
    message = port.flags(READER_DOES_ISO_DEP)
    assert data_of(message) == "ffc20001049002000c00"


def test_the_published_empty_query_over_the_uart():
    port = ready()
    message = port.exchange_apdu(QUERY, 200_000)
    assert message[6] == 5
    assert encode(message).hex() == (
        "0000ff001de36b130000000005000000ffc200010d5f4604400d0300950400200080007c00"
    )
    assert carried(message) == QUERY and message[22:24] == b"\x95\x04"
    assert ask(port, message, OK + "920100 96020000 970263ca") == b"\x63\xca"


def test_the_published_empty_query_over_usb():
    port = ready(True, HOST_DOES_ISO_DEP)
    message = port.exchange_block(bytes.fromhex("0a0200200080"), 2_500_000)
    assert data_of(message) == "ff5000010000115f4604a0252600958200060a0200200080000000"
    answer = ask(port, message, OK + "920100 96020000 97040a0263c3")
    assert answer == bytes.fromhex("0a0263c3")


def test_the_length_of_the_innermost_bytes():
    for cid, size in ((2, 6), (None, 5)):
        info = protocol_info(bytes.fromhex(PROTOCOL))
        block = Pcd(info.fsc, info.fwt_us, cid).exchange(QUERY)
        message = ready(True, HOST_DOES_ISO_DEP).exchange_block(block, 2_500_000)
        inside = carried(message)
        assert len(inside) == size and inside[1 if cid is None else 2 :] == QUERY
        assert message[24:28] == bytes((0x95, 0x82, 0x00, size))
        assert message[28:] == block + bytes(3)
    message = ready(True).exchange_apdu(QUERY)
    assert message[24:] == bytes.fromhex("95820004") + QUERY + bytes(3)


def test_lengths_of_an_answer_are_ber():
    for size in (2, 0x7F, 0x80, 0xFF, 0x100, 258):
        answer = bytes([i & 0xFF for i in range(size)])
        lengths = ["8200%02x" % size if size < 256 else "82%04x" % size]
        if size < 256:
            lengths.append("81%02x" % size)
        if size < 128:
            lengths.append("%02x" % size)
        for length in lengths:
            port = ready()
            text = OK + "92010096020000" + "97" + length + answer.hex()
            assert ask(port, port.exchange_apdu(QUERY), text) == answer, length


def test_no_card_is_no_fault():
    for sw in ("6401", "6400"):
        for nn in ("00", "01", "03"):
            port = Port400()
            assert ask(port, port.activate_b(), "C003" + nn + sw) is None
            raises(OrderError, port.exchange_apdu, QUERY)


def test_what_is_no_card_of_type_b_is_not_activated():
    good = bytes.fromhex(atr())
    for text in (
        "",  # no ATR at all
        "5F5100",
        "5F510C" + good[3:-1].hex(),
        "5F510D" + good[3:-1].hex() + "%02x" % (good[-1] ^ 1),  # TCK
        "5F510D3B8F" + good[5:].hex(),
    ):
        port = Port400()
        raises(CorruptError, port.receive, says(OK + text, port.activate_b()[6]))
        raises(OrderError, port.exchange_apdu, QUERY)


def test_nothing_that_tells_one_card_from_another_comes_out():
    answers = set()
    for application in ("00000000", "DEADBEEF", "12345678"):
        port = Port400()
        answers.add(ask(port, port.activate_b(), OK + atr(application)))
    assert answers == {bytes.fromhex(PROTOCOL)}


def test_firmware_version_and_reset():
    port = Port400()
    message = port.firmware_version()
    assert ask(port, message, "00112233445566778899aabbccddeeff0011")[:2] == b"\x00\x11"
    message = port.reset()
    assert data_of(message) == "ff550000" and ask(port, message, "") is None


def test_a_card_is_asked_only_once_activated_with_flags_and_in_turn():
    port = ready()
    raises(OrderError, port.exchange_block, b"\x02", 1)  # the reader does the blocks
    raises(OrderError, ready(False, HOST_DOES_ISO_DEP).exchange_apdu, QUERY)
    message = port.exchange_apdu(QUERY)
    for call in (lambda: port.exchange_apdu(QUERY), port.field_on, port.activate_b):
        raises(OrderError, call)
    port = ready()
    message = port.exchange_apdu(QUERY)
    raises(InnerStatusError, port.receive, says("C003016401", message[6]))
    raises(OrderError, port.exchange_apdu, QUERY)  # after an unclear end, nothing is sent again
    for call, text in (
        ("field_off", OK),
        ("start", OK),
        ("end", OK),
        ("reset", ""),
        ("activate_b", "C003006401"),
    ):
        port = ready()
        ask(port, getattr(port, call)(), text)
        raises(OrderError, port.exchange_apdu, QUERY)
    port = ready()
    port.abort()
    raises(OrderError, port.exchange_apdu, QUERY)


def test_flags_are_told_again_after_a_start_and_kept_for_the_next_card():
    port = ready()
    ask(port, port.activate_b(), OK + ATR)
    port.exchange_apdu(QUERY)
    port = ready()
    for message in (port.end, port.start):
        ask(port, message(), OK)
    ask(port, port.activate_b(), OK + ATR)
    raises(OrderError, port.exchange_apdu, QUERY)


def test_what_cannot_be_sent():
    port = ready()
    for apdu in (b"", b"\x00\x20\x00", b"\xff\xca\x00\x00", bytes(128)):
        raises(ValueError, port.exchange_apdu, apdu)
    for timeout_us in (0, -1, 1 << 32):
        raises(ValueError, port.exchange_apdu, QUERY, timeout_us)
    raises(ValueError, ready(True).exchange_apdu, bytes(280))
    raises(ValueError, port.flags, 0x0003)
    raises(ValueError, ready(True, HOST_DOES_ISO_DEP).exchange_block, b"", 1)
    assert ask(port, port.exchange_apdu(QUERY), OK + "97029000") == b"\x90\x00"


def test_a_block_that_did_not_arrive_is_for_its_maker_to_repeat():
    port = ready(True, HOST_DOES_ISO_DEP)
    for text in ("C003026401", "C003026301", "C003026300", OK + "9602010097020a02"):
        assert ask(port, port.exchange_block(b"\x0a\x02", 300_000), text) is None
    message = port.exchange_block(b"\x0a\x02", 300_000)
    raises(InnerStatusError, port.receive, says("C003026A81", message[6]))

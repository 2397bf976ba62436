"""Frame sizes and times: what the ATQB says, and how long the host waits for each block."""

from isodep import Pcd, WaitError, fwt_us, protocol_info

MARGIN_US = 3_625


def test_the_protocol_info_of_an_atqb():
    # bit rates; FSCI and protocol type; FWI, application data coding, frame options
    atqb = bytes.fromhex("5011223344000000 00 0081B1")
    info = protocol_info(atqb[9:])
    assert (info.fsc, info.fwt_us, info.cid, info.iso14443_4) == (256, 618_629, True, True)
    assert protocol_info(memoryview(b"\x00\x01\x70")) == (16, 38_664, False, True)
    assert protocol_info(b"\x00\x51\x42").cid is False  # frame option NAD


def test_what_is_no_iso_14443_4():
    assert [protocol_info(bytes((0, 0x80 | n, 0xB1))).iso14443_4 for n in (0, 1, 7, 8, 9)] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_frame_sizes():
    sizes = [protocol_info(bytes((0, code << 4, 0))).fsc for code in range(16)]
    assert sizes == [16, 24, 32, 40, 48, 64, 96, 128, 256] + 7 * [256]


def test_frame_waiting_times():
    assert [fwt_us(fwi) for fwi in (0, 4, 10, 14)] == [302, 4_833, 309_314, 4_949_032]
    assert fwt_us(15) == fwt_us(4)  # reserved


def test_less_than_three_bytes():
    for data in (b"", b"\x00\x81"):
        try:
            protocol_info(data)
        except ValueError:
            continue
        raise AssertionError(data)


def test_the_longest_inf():
    for fsc, cid, longest in ((16, None, 13), (16, 2, 12), (256, None, 253), (256, 0, 252)):
        head = 1 if cid is None else 2
        assert Pcd(fsc, 302, cid).exchange(bytes(longest))[0] & 0x10 == 0
        block = Pcd(fsc, 302, cid).exchange(bytes(longest + 1))
        assert block[0] & 0x10 and len(block) == longest + head == fsc - 2


def waits(host, *answers):
    """Return how long the host waits for each block, in µs without the margin."""
    found = [host.timeout_us - MARGIN_US]
    for answer in answers:
        if host.receive(answer) is not None:
            found.append(host.timeout_us - MARGIN_US)
    return found


def test_an_extension_is_for_one_block():
    host = Pcd(256, 10_000)
    host.exchange(b"\x01")
    found = waits(host, b"\xf2\x05", b"\x12\x11", b"\xf2\x3b", b"\x03\x90")
    assert found == [10_000, 50_000, 10_000, 590_000]
    host.exchange(b"\x02")
    assert waits(host, b"\x02\x90") == [10_000]


def test_an_extension_lasts_until_a_block_comes():
    host = Pcd(256, 10_000)
    host.exchange(b"\x01")
    assert waits(host, b"\xf2\x05", None, b"\x12\x11", None) == [10_000, 50_000, 50_000] + 2 * [
        10_000
    ]


def test_an_extension_has_a_limit():
    host = Pcd(256, 618_629)
    host.exchange(b"\x01")
    assert waits(host, b"\xf2\x3b") == [618_629, 4_949_000]
    host = Pcd(256, 4_949_032)
    host.exchange(b"\x01")
    assert waits(host, b"\xf2\x01") == [4_949_032, 4_949_000]


def test_deselect_has_a_time_of_its_own():
    host = Pcd(256, 618_629)
    host.deselect()
    assert waits(host, None, b"\xc2") == [4_833, 4_833]


def test_patience_is_one_for_all_parts_of_an_answer():
    host = Pcd(256, 1_000_000, patience_us=6_000_000)
    host.exchange(b"\x01")
    number = 0
    for part in range(10):
        try:
            assert host.receive(b"\xf2\x01") == b"\xf2\x01"
        except WaitError as error:
            assert part == 4 and error.waited_us > 5_000_000
            return
        assert host.receive(bytes((0x12 | number, 0x00)))[0] == 0xA3 ^ number  # the next part
        number ^= 1
    raise AssertionError("each part has a patience of its own")


def test_patience_is_the_caller_s():
    host = Pcd(256, 1_000_000, patience_us=2_100_000)
    host.exchange(b"\x01")
    assert waits(host, b"\xf2\x01", b"\x02\x90") == [1_000_000, 1_000_000]

"""The host's side in each scenario of ISO/IEC 14443-4, with and without a CID."""

from isodep import NoAnswerError, Pcd, ProtocolError
from scenarios import ALL, lines

CIDS = (None, 0, 2, 14)


def pcd(cid=None, **options):
    """Return a host whose blocks have two bytes of INF at most."""
    return Pcd(5 if cid is None else 6, 302, cid, **options)


def play(host, text, cid):
    """Let a host play its part of a scenario; return how many blocks it sent."""
    block, answer, sent = None, None, 0
    for line in lines(text, cid):
        if isinstance(line[0], str):
            assert block is None and host.answer == answer
            begin = {"send": host.exchange, "probe": host.probe, "deselect": host.deselect}
            block = begin[line[0]](*line[1:2])
            answer = line[2] if len(line) > 1 else None
            continue
        expected, heard, card, lost = line
        assert block == expected, (block, expected)
        assert host.answer is None
        sent += 1
        block = host.receive(card if heard and not lost else None)
    assert block is None and host.answer == answer
    return sent


def test_each_scenario():
    for name, text in ALL.items():
        for cid in CIDS:
            try:
                assert play(pcd(cid), text, cid)
            except AssertionError:
                print(name, cid)
                raise


def test_each_scenario_with_an_invalid_block_in_place_of_none():
    class Damaged(Pcd):
        def receive(self, block):
            return super().receive(b"" if block is None else block)

    for text in ALL.values():
        for cid in CIDS:
            play(Damaged(5 if cid is None else 6, 302, cid), text, cid)


def test_the_parts_sent_once_are_the_command():
    command = bytes(range(1, 60))
    for fsc in (16, 24, 64):
        for cid in (None, 2):
            host = Pcd(fsc, 302, cid)
            block, parts, number = host.exchange(command), b"", 0
            while True:
                assert len(block) + 2 <= fsc and block[0] & 1 == number
                parts += block[1 if cid is None else 2 :]
                if not block[0] & 0x10:
                    break
                ack = bytes((block[0] & 0x09 | 0xA2,)) + (b"" if cid is None else b"\x02")
                block = host.receive(ack)
                number ^= 1
            assert parts == command


def test_a_short_command_is_its_frame_less_pcb_and_cid():
    query = b"\x00\x20\x00\x80"
    assert Pcd(256, 302).exchange(query) == b"\x02" + query
    assert Pcd(256, 302, 2).exchange(query) == b"\x0a\x02" + query
    assert Pcd(256, 302).exchange(memoryview(query)) == b"\x02" + query
    assert Pcd(256, 302).exchange(bytearray(query)) == b"\x02" + query


def test_waiting_times_amid_both_chains():
    for cid in CIDS:
        play(
            pcd(cid),
            """
            send 010203 get 11229000
            12 0102 > F2 01
            F2 01 > F2 3B
            F2 3B > A2
            03 03 > F2 01
            F2 01 > 13 1122
            A2 > F2 01
            F2 01 > 02 9000
            send 04 get 9000
            03 04 > 03 9000
            """,
            cid,
        )


def test_the_last_part_of_an_answer_may_be_empty_and_so_may_an_answer():
    play(pcd(), "send 01 get 9000\n02 01 > 12 9000\nA3 > 03", None)
    host = pcd()
    host.exchange(b"\x01")
    assert host.receive(b"\x02") is None and host.answer == b""


def test_no_more_than_three_repeats():
    for text, blocks in (
        ("send 01 get 9000", ["02 01", "B2", "B2", "B2"]),
        ("send 01 get 9000\n02 01 > 12 11", ["A3", "A3", "A3", "A3"]),
        ("send 010203 get 90\n12 0102 > A2", ["03 03", "B3", "B3", "B3"]),
        ("send 01 get 9000\n02 01 > F2 01", ["F2 01", "B2", "B2", "B2"]),
        ("probe", ["B2", "B2", "B2", "B2"]),
        ("deselect", ["C2", "C2", "C2", "C2"]),
    ):
        host = pcd()
        try:
            play(host, "\n".join([text] + [block + " x" for block in blocks]), None)
        except NoAnswerError as error:
            assert error.tries == 4
        else:
            raise AssertionError(text)


def test_a_command_is_sent_again_only_for_an_r_nak_and_while_nothing_shows_that_it_arrived():
    for text in (
        "send 01 get 90\n02 01 > A3",
        "send 01 get 90\n02 01 > F2 01\nF2 01 > A3",
        "send 01 get 90\n02 01 > F2 01\nF2 01 x\nB2 > A3",
        "send 01 get 90\n02 01 x\nB2 > A3\n02 01 > A3",
    ):
        try:
            play(pcd(), text, None)
        except ProtocolError as error:
            assert (error.sent, error.received) == (0x02, 0xA3)
        else:
            raise AssertionError(text)

"""Every answer of the table in `mynacard.state`, and answers that are in no table."""

from mynacard import state


def _state(answer, maximum=3):
    return state.of_counter(bytes.fromhex(answer), maximum)


def test_counters_with_a_known_maximum():
    assert _state("63C3") == ("ok", 3, 3)
    assert _state("63C2") == ("used", 2, 3)
    assert _state("63C1") == ("last", 1, 3)
    assert _state("63C0") == ("locked", 0, 3)
    assert _state("63C5", 5) == ("ok", 5, 5)
    assert _state("63C4", 5) == ("used", 4, 5)
    assert _state("63CA", 10) == ("ok", 10, 10)


def test_counters_with_an_unknown_maximum():
    for left in range(3, 16):
        assert _state("63C%X" % left, None) == ("ok", left, None)
    assert _state("63C2", None) == ("used", 2, None)
    assert _state("63C1", None) == ("last", 1, None)
    assert _state("63C0", None) == ("locked", 0, None)


def test_counters_whose_maximum_is_not_known_but_not_below_a_floor():
    for left in range(2, 10):
        assert state.of_counter(bytes((0x63, 0xC0 | left)), None, 10) == ("used", left, None)
    for left in range(10, 16):
        assert state.of_counter(bytes((0x63, 0xC0 | left)), None, 10) == ("ok", left, None)
    assert state.of_counter(b"\x63\xc1", None, 10) == ("last", 1, None)
    assert state.of_counter(b"\x63\xc0", None, 10) == ("locked", 0, None)


def test_a_counter_above_its_maximum_contradicts_the_maximum():
    assert _state("63C4", 3) == ("ok", 4, None)
    assert _state("63CF", 10) == ("ok", 15, None)


def test_a_single_try_with_a_maximum_of_one_is_the_last():
    assert _state("63C1", 1) == ("last", 1, 1)


def test_words_without_a_counter_never_become_a_number():
    assert _state("6984") == ("locked", None, 3)
    assert _state("6983") == ("locked", None, 3)
    assert _state("6300") == ("unlimited", None, None)
    assert _state("9000") == ("not_reported", None, 3)
    for word in ("6A82", "6A83", "6A88"):
        assert _state(word) == ("absent", None, 3)


def test_whatever_is_not_in_the_table_is_unknown():
    for word in ("6986", "6A86", "6700", "6D00", "6E00", "6F00", "6982", "63", "", "0163C3"):
        assert _state(word) == ("unknown", None, 3), word
    assert _state("63C300") == ("unknown", None, 3)
    assert _state("00" * 300) == ("unknown", None, 3)
    assert _state("9000" * 150) == ("unknown", None, 3)


def test_sixty_three_alone_and_other_warnings_of_it_are_no_number():
    """63 00 is "no limit" [S soltia]; no source gives 63 01 to 63 0F a meaning."""
    for low in range(1, 0x10):
        assert _state("63%02X" % low) == ("unknown", None, 3)
        assert _state("63%02X" % low, None) == ("unknown", None, None)
    for word in ("63", "69", "6A", "90", "C3"):
        assert _state(word) == ("unknown", None, 3), word


def test_no_two_byte_answer_outside_the_table_is_green_or_red():
    known = {0x6984, 0x6983, 0x6300, 0x9000, 0x6A82, 0x6A83, 0x6A88}
    for word in range(0x10000):
        if word in known or 0x63C0 <= word <= 0x63CF:
            continue
        assert state.of_counter(bytes((word >> 8, word & 0xFF)), 3)[0] == "unknown", hex(word)


def test_an_answer_to_a_select():
    assert state.missing(b"\x90\x00") is None
    for word in (b"\x6a\x82", b"\x6a\x83", b"\x6a\x88"):
        assert state.missing(word) == "absent"
    for word in (b"", b"\x90", b"\x00\x90\x00", b"\x6a\x86", b"\x69\x82", b"\x61\x10"):
        assert state.missing(word) == "unknown", word


def test_the_worst_of_two_states_is_the_design_s():
    order = (
        "locked by_design last unknown used not_reported not_set not_issued unlimited ok absent"
    ).split()
    for i, bad in enumerate(order):
        for better in order[i:]:
            assert state.worst((bad, better)) == bad
            assert state.worst((better, bad)) == bad

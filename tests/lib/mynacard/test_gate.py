"""The gate, driven by surveys that misbehave: nothing forbidden gets through."""

from both import raises
from mynacard import Gate, GateError, keys
from mynacard.apdu import QUERY, query_short, read_binary, select_df, select_ef

JPKI = bytes.fromhex("D392F000260100000001")
TEXT = bytes.fromhex("D3921000310001010408")
VISUAL = bytes.fromhex("D3921000310001010402")
LICENCE = bytes.fromhex("A0000002310600000000000000000000")
OK = b"\x90\x00"


def _gate(*exchanges):
    gate = Gate()
    for command, answer in exchanges:
        gate.check(command)
        gate.answered(answer)
    return gate


def _refused(gate, command):
    return raises(GateError, gate.check, command)


def test_the_bytes_are_exactly_those_of_the_facts():
    assert select_df(JPKI).hex() == "00a4040c0ad392f000260100000001"
    assert select_df(LICENCE).hex() == "00a4040c10" + LICENCE.hex()
    assert select_ef(0x001B).hex() == "00a4020c02001b"
    assert QUERY.hex() == "00200080"
    assert query_short(0x0006).hex() == "00200086"
    assert read_binary(32).hex() == "00b0000020"


def test_the_way_of_every_key_in_the_table_is_open():
    for key in keys.KEYS:
        gate = _gate((select_df(key.aid), OK))
        if key.short:
            gate.check(query_short(key.ef))
        else:
            gate.check(select_ef(key.ef))
            gate.answered(OK)
            gate.check(QUERY)
    for file in keys.FILES:
        gate = _gate((select_df(file.aid), OK), (select_ef(file.ef), OK))
        gate.check(read_binary(file.length))


def test_nothing_passes_while_an_answer_is_outstanding():
    gate = _gate((select_df(JPKI), OK), (select_ef(0x18), OK))
    gate.check(QUERY)
    for command in (select_df(JPKI), select_ef(0x18), QUERY):
        _refused(gate, command)
    gate.answered(b"\x63\xc3")
    gate.check(select_ef(0x18))
    _refused(gate, select_ef(0x1B))
    gate.answered(OK)  # of the one that passed: the other changed nothing
    gate.check(QUERY)
    gate.answered(None)
    gate.check(select_df(TEXT))
    gate.answered(None)


def test_what_is_refused_leaves_nothing_outstanding():
    gate = _gate()
    _refused(gate, QUERY)
    gate.check(select_df(JPKI))


def test_a_query_needs_its_own_ef_selected_with_9000():
    for answer in (b"\x6a\x82", b"\x6f\x00", b"\x90", b"", b"\x90\x00\x90\x00", b"\x61\x10", None):
        gate = _gate((select_df(JPKI), OK), (select_ef(0x1B), OK), (select_ef(0x18), answer))
        _refused(gate, QUERY)


def test_a_query_passes_only_as_the_very_next_command():
    gate = _gate((select_df(JPKI), OK), (select_ef(0x1B), OK), (QUERY, b"\x63\xc5"))
    _refused(gate, QUERY)
    gate = _gate((select_df(JPKI), OK), (select_ef(0x1B), OK), (select_df(TEXT), OK))
    _refused(gate, QUERY)


def test_a_refused_command_uses_up_the_turn():
    gate = _gate((select_df(JPKI), OK), (select_ef(0x1B), OK))
    _refused(gate, b"\x00\x20\x00\x80\x00")
    _refused(gate, QUERY)


def test_nothing_passes_before_its_applet_answered():
    _refused(Gate(), QUERY)
    _refused(Gate(), select_ef(0x1B))
    for answer in (b"\x6a\x82", b"\x62\x83", None):
        gate = _gate((select_df(JPKI), answer))
        _refused(gate, select_ef(0x1B))
    gate = Gate()
    gate.check(select_df(JPKI))  # its answer never came
    _refused(gate, select_ef(0x1B))


def test_an_ef_belongs_to_its_own_applet():
    _refused(_gate((select_df(TEXT), OK)), select_ef(0x1B))
    _refused(_gate((select_df(JPKI), OK), (select_df(TEXT), OK)), select_ef(0x18))
    # The last SELECT DF counts, also when it fails.
    _refused(_gate((select_df(JPKI), OK), (select_df(TEXT), b"\x6a\x82")), select_ef(0x1B))


def test_text_ap_ef_0012_is_never_selected_though_the_other_applet_has_one():
    _refused(_gate((select_df(TEXT), OK)), select_ef(0x12))
    _gate((select_df(VISUAL), OK)).check(select_ef(0x12))


def test_a_file_is_not_queried_and_a_key_is_not_read():
    _refused(_gate((select_df(JPKI), OK), (select_ef(0x06), OK)), QUERY)
    _refused(_gate((select_df(JPKI), OK), (select_ef(0x1B), OK)), read_binary(32))
    _refused(_gate((select_df(JPKI), OK), (select_ef(0x06), OK)), read_binary(33))
    _refused(_gate((select_df(JPKI), OK), (select_ef(0x08), OK)), read_binary(32))


def test_files_that_name_the_holder_stay_closed():
    for ef in (0x0A, 0x01, 0x02, 0x0B, 0x03):
        _refused(_gate((select_df(JPKI), OK)), select_ef(ef))
        _refused(_gate((select_df(VISUAL), OK)), select_ef(ef))


def test_the_short_query_follows_its_select_df_and_nothing_else():
    gate = _gate((select_df(LICENCE), OK), (select_ef(0x1A), OK))
    _refused(gate, b"\x00\x20\x00\x86")
    _refused(_gate((select_df(LICENCE), b"\x6a\x82")), b"\x00\x20\x00\x86")
    _refused(_gate((select_df(JPKI), OK)), b"\x00\x20\x00\x86")
    _refused(_gate((select_df(LICENCE), OK)), b"\x00\x20\x00\x80")


def test_other_commands_never_pass():
    gate = _gate((select_df(JPKI), OK), (select_ef(0x18), OK))
    for text in (
        "002000800431323334",  # VERIFY with a PIN
        "0020008000",
        "0020008004",
        "00200081",
        "00a40000023f00",  # the MF
        "00a4040c05d392f00026",  # a part of an AID
        "00a4040c0ad392f00026010000000100",
        "0024000008313233343132333435",
        "",
        "00",
    ):
        _refused(gate, bytes.fromhex(text))


def test_only_bytes_pass():
    class Sly(bytes):
        pass

    for command in (bytearray(select_df(JPKI)), memoryview(select_df(JPKI)), None, "00a4", 7):
        _refused(Gate(), command)
    _refused(Gate(), Sly(select_df(JPKI)))


def test_an_answer_nobody_asked_for_opens_nothing():
    gate = Gate()
    gate.answered(OK)
    _refused(gate, QUERY)
    gate = _gate((select_df(JPKI), OK))
    gate.answered(OK)
    _refused(gate, QUERY)

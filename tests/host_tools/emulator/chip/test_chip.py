"""One command at a time: what an ACK, a NACK, another command or a reset does in between."""

from emulator_host import ACK, ERROR, NACK, WAKE, Host, activated, command

JPKI = "00A4040C0AD392F000260100000001"
QUERY = "00200080"
FIND_B = "4A 01 03 00"


def test_an_ack_ends_the_running_command_and_its_answer_never_comes():
    host = activated("slow")
    host.write(command("40 01" + JPKI))
    assert host.wait(10_000) == ACK
    host.write(ACK)
    assert host.wait(3_000_000) == b""
    assert host.ask("00 00 77") == "010077"


def test_a_new_command_ends_the_running_one():
    host = activated("slow")
    host.write(command("40 01" + JPKI))
    host.wait(10_000)
    assert host.ask("00 00 77") == "010077"


def test_a_nack_brings_the_last_answer_again_but_not_in_the_middle_of_a_command():
    host = activated("slow")
    first = host.apdu("00A4040C07D3921000310001")
    host.write(NACK)
    assert host.read().hex().endswith("d541" + first + "5a00")
    host.write(command("40 01" + JPKI))
    host.wait(5_000)
    host.write(NACK)
    assert host.wait(10_000) == b""
    assert host.read().hex().endswith("d5410090005a00")
    host = Host()
    host.ask("99")
    host.write(NACK)
    assert host.read() == ERROR


def test_a_nack_before_any_answer_is_answered_by_nothing():
    host = Host(raw=True)
    host.write(WAKE + NACK)
    assert host.read() == b""


def test_a_reset_in_mid_session_forgets_everything():
    host = activated("fresh")
    host.chip.reset()
    assert not host.field.on and host.chip.asleep
    host.write(WAKE)
    assert host.ask("14 01") == "15"
    assert host.apdu(QUERY) == "27"
    assert host.ask("32 05 FF 01 02") == "33"
    assert host.ask(FIND_B).startswith("4b0101")

"""The reader on a scripted chip: what it finds, and that the gate stands before the card."""

from both import ACK, CMD, ERROR, RSP, Clock, ScriptedLink, raises, run
from chip_script import SAM, resettle, start
from mynacard import GateError
from pinlamp.reader import NoTypeBError, Reader
from pn532 import PN532, LostError

ATQB = "50 90be4e5b 000005e0 b381a1"
ONE_B = "4B 01 01" + ATQB + "01 01"
FIND_B = CMD("4A 02 03 00")
FIND_A = CMD("4A 01 00")
FIND_F = CMD("4A 01 01 00FFFF0100")
FIELD_OFF = [CMD("32 01 00"), [ACK + RSP("33")]]
SELECT = "00a4040c0ad392f000260100000001"


def _opening(support="07"):
    return start() + [CMD("02"), [ACK + RSP("03 320106" + support)]]


def _ready():
    return _opening() + [CMD("32 05 FF 01 01"), [ACK + RSP("33")]] + FIELD_OFF


class Case:
    """A reader that is open, on a script."""

    def __init__(self, *script):
        """`script` follows the opening."""
        self.clock = Clock()
        self.link = ScriptedLink(self.clock, _ready() + list(script))
        self.reader = Reader(PN532(self.link), self.clock)
        run(self.reader.open())

    def done(self):
        """Check that nothing of the script is left."""
        assert self.link.script == [], self.link.script


def _answered(command, answer):
    return [command, [ACK + RSP(answer)]]


def test_nothing_there_switches_the_field_off():
    none = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 00") + _answered(FIND_F, "4B 00")
    case = Case(*none, *FIELD_OFF)
    assert run(case.reader.find()) is None
    case.done()


def test_one_type_b_card_is_found_and_the_field_stays_on():
    case = Case(*_answered(FIND_B, ONE_B))
    assert case.reader.fwi is None
    assert run(case.reader.find()) == "type_b"
    assert case.reader.fwi == 10
    case.done()


def test_after_its_release_a_card_is_sent_nothing():
    case = Case(*_answered(FIND_B, ONE_B), *FIELD_OFF)
    run(case.reader.find())
    run(case.reader.release())
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    case.done()


def test_a_chip_that_is_lost_while_a_card_lies_there_is_told():
    case = Case(*_answered(FIND_B, ONE_B), OSError(19, "ENODEV"))
    run(case.reader.find())
    raises(LostError, case.reader.present)
    # One missing answer is no loss, but the chip may have forgotten its settings.
    script = [*_answered(FIND_B, ONE_B), CMD("42 BA 01"), *resettle(2), *FIELD_OFF]
    case = Case(*script, *RETRIES, *_answered(FIND_B, ONE_B))
    run(case.reader.find())
    assert run(case.reader.present()) is False
    run(case.reader.release())
    assert run(case.reader.find()) == "type_b"
    case.done()


def test_two_type_b_cards_are_several_and_nothing_is_asked():
    two = "4B 02 01" + ATQB + "01 01 02" + ATQB + "01 02"
    case = Case(*_answered(FIND_B, two), *FIELD_OFF)
    assert run(case.reader.find()) == "several"
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    case.done()


def test_cards_of_other_types_are_told_apart():
    a = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 01 01 0004 08 04 01020304")
    case = Case(*a, *FIELD_OFF)
    assert run(case.reader.find()) == "other_a"
    case.done()
    f = "4B 01 01 12 01 0101010101010101 0202020202020202"
    none = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 00")
    case = Case(*none, *_answered(FIND_F, f), *FIELD_OFF)
    assert run(case.reader.find()) == "other_f"
    case.done()


def test_a_command_that_the_gate_refuses_never_reaches_the_link():
    case = Case(*_answered(FIND_B, ONE_B))
    run(case.reader.find())
    raises(GateError, case.reader.exchange, b"\x00\x20\x00\x80")
    case.done()  # the scripted link would have complained of any byte


def test_an_exchange_gives_the_answer_and_feeds_the_gate():
    case = Case(
        *_answered(FIND_B, ONE_B),
        *_answered(CMD("40 01" + SELECT), "41 00 9000"),
        *_answered(CMD("40 01 00a4020c020018"), "41 00 9000"),
        *_answered(CMD("40 01 00200080"), "41 00 63c3"),
    )
    run(case.reader.find())
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) == b"\x90\x00"
    assert run(case.reader.exchange(bytes.fromhex("00a4020c020018"))) == b"\x90\x00"
    assert run(case.reader.exchange(bytes.fromhex("00200080"))) == b"\x63\xc3"
    raises(GateError, case.reader.exchange, bytes.fromhex("00200080"))
    case.done()


def test_a_card_is_addressed_by_the_number_that_the_chip_gave_it():
    case = Case(
        *_answered(FIND_B, ONE_B.replace("4B 01 01", "4B 01 02")),
        *_answered(CMD("40 02" + SELECT), "41 00 9000"),
    )
    run(case.reader.find())
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) == b"\x90\x00"
    case.done()


def test_meanwhile_nothing_is_done_if_a_longer_answer_is_due():
    case = Case(
        *_answered(FIND_B, ONE_B),
        *_answered(CMD("40 01" + SELECT), "41 00 9000"),
        *_answered(CMD("40 01 00a4020c020006"), "41 00 9000"),
        *_answered(CMD("40 01 00b0000020"), "41 00" + "20" * 32 + "9000"),
    )
    done = []
    case.reader.meanwhile = lambda: done.append(len(case.link.script))
    run(case.reader.find())
    for command in (SELECT, "00a4020c020006", "00b0000020"):
        run(case.reader.exchange(bytes.fromhex(command)))
    case.done()
    assert done == [4, 2]


def test_a_card_that_is_gone_is_no_answer():
    case = Case(*_answered(FIND_B, ONE_B), *_answered(CMD("40 01" + SELECT), "41 01"))
    run(case.reader.find())
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    case.done()  # the activation is over: nothing more was sent


def test_every_activation_has_a_gate_of_its_own():
    case = Case(
        *_answered(FIND_B, ONE_B),
        *_answered(CMD("40 01" + SELECT), "41 00 9000"),
        *FIELD_OFF,
        *_answered(FIND_B, ONE_B),
    )
    run(case.reader.find())
    run(case.reader.exchange(bytes.fromhex(SELECT)))
    run(case.reader.release())
    run(case.reader.find())
    raises(GateError, case.reader.exchange, bytes.fromhex("00a4020c020018"))
    case.done()


def test_release_leaves_the_field_off_long_enough():
    case = Case(*FIELD_OFF)
    before = case.clock.now
    run(case.reader.release())
    assert case.clock.now - before >= 5


def test_between_two_looks_the_field_is_off_long_enough_and_no_longer():
    none = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 00") + _answered(FIND_F, "4B 00")
    no_b = _answered(FIND_B, "4B 00")
    case = Case(*none, *FIELD_OFF, *no_b, *FIELD_OFF, *no_b, *FIELD_OFF)
    run(case.reader.find())
    before = case.clock.now
    run(case.reader.find())
    assert case.clock.now - before >= 5
    case.clock.now += 100
    before = case.clock.now
    run(case.reader.find())
    assert case.clock.now == before
    case.done()


def test_types_a_and_f_are_looked_for_every_third_time_and_always_while_one_is_there():
    no_b, no_a = _answered(FIND_B, "4B 00"), _answered(FIND_A, "4B 00")
    none = [*no_b, *no_a, *_answered(FIND_F, "4B 00"), *FIELD_OFF]
    no_b_alone = [*no_b, *FIELD_OFF]
    an_a = [*no_b, *_answered(FIND_A, "4B 01 01 0004 08 04 01020304"), *FIELD_OFF]
    script = [*none, *no_b_alone, *no_b_alone, *an_a, *an_a, *none, *no_b_alone]
    case = Case(*script)
    found = [run(case.reader.find()) for _ in range(7)]
    assert found == [None, None, None, "other_a", "other_a", None, None]
    case.done()


def test_presence_is_asked_of_the_running_activation():
    case = Case(*_answered(FIND_B, ONE_B), *_answered(CMD("42 BA 01"), "43 00 AA 01"))
    run(case.reader.find())
    assert run(case.reader.present()) is True
    case.done()
    # A chip that does not answer does not say so either.
    case = Case(*_answered(FIND_B, ONE_B), CMD("42 BA 01"))
    run(case.reader.find())
    assert run(case.reader.present()) is False
    no_cid = ONE_B.replace("b381a1", "b381a0")
    case = Case(*_answered(FIND_B, no_cid), *_answered(CMD("42 B2"), "43 01"))
    run(case.reader.find())
    assert run(case.reader.present()) is False


def test_a_chip_without_type_b_is_refused():
    clock = Clock()
    link = ScriptedLink(clock, _opening("05"))
    raises(NoTypeBError, Reader(PN532(link), clock).open)
    assert link.script == []


def test_a_chip_out_of_reach_is_lost_and_one_fault_is_not():
    case = Case(FIND_B, *[ACK, SAM] * 3)
    raises(LostError, case.reader.find)
    case.done()
    # one answer missing: nothing found this time, and the field is off all the same
    case = Case(FIND_B, *resettle(2), *FIELD_OFF)
    assert run(case.reader.find()) is None
    case.done()


RETRIES = [CMD("32 05 FF 01 01"), [ACK + RSP("33")]]


def test_a_clone_without_type_f_reads_our_card_all_the_same():
    none = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 00") + [FIND_F, [ACK + ERROR]]
    no_b_alone = _answered(FIND_B, "4B 00") + FIELD_OFF
    script = none + resettle(2) + FIELD_OFF + RETRIES + no_b_alone + no_b_alone
    script += none + resettle(3) + FIELD_OFF + RETRIES
    case = Case(*script, *_answered(FIND_B, ONE_B))
    for _ in range(4):
        assert run(case.reader.find()) is None
    assert run(case.reader.find()) == "type_b"
    case.done()


def test_a_chip_that_was_reset_refuses_once_and_is_set_up_again():
    rejected = [FIND_B, [ACK + ERROR], *resettle(2), *FIELD_OFF, *RETRIES]
    case = Case(*rejected, *_answered(FIND_B, ONE_B))
    assert run(case.reader.find()) is None
    assert run(case.reader.find()) == "type_b"
    case.done()


def test_a_chip_that_goes_on_refusing_our_commands_is_lost():
    rejected = [FIND_B, [ACK + ERROR]]
    case = Case(*rejected, *resettle(2), *FIELD_OFF, *RETRIES, *rejected)
    assert run(case.reader.find()) is None
    raises(LostError, case.reader.find)
    case.done()


def test_a_chip_that_may_have_been_reset_at_an_echo_of_its_port_is_set_up_again():
    none, other = _answered(FIND_B, "4B 00"), _answered(FIND_A, "4B 01 01 0004 08 04 01020304")
    script = none + other + FIELD_OFF + none + _answered(FIND_A, "4B 00")
    script += _answered(FIND_F, "4B 00") + FIELD_OFF + [CMD("00 00" + 200 * "00"), [ACK + ERROR]]
    case = Case(*script, *resettle(2), *RETRIES, *_answered(FIND_B, ONE_B))
    case.link.drown = None  # as a UART has one
    for found in ("other_a", None, "type_b"):
        assert run(case.reader.find()) == found
    case.done()


def test_opening_opens_the_chip():
    case = Case(*resettle(2), *_ready()[len(start()) :])
    run(case.reader.open())
    assert case.link.wakeups == 2
    case.done()


def test_every_orderly_exchange_feeds_the_watchdog():
    apdu = _answered(CMD("40 01" + SELECT), "41 00 9000")
    gone = _answered(CMD("40 01" + SELECT), "41 01")
    none = _answered(FIND_B, "4B 00") + _answered(FIND_A, "4B 00") + _answered(FIND_F, "4B 00")
    one = _answered(FIND_B, ONE_B)
    script = none + FIELD_OFF + one + apdu + _answered(CMD("42 BA 01"), "43 00 AA 01")
    fed = []
    case = Case()
    case.reader = Reader(PN532(case.link), case.clock, lambda: fed.append(1))
    case.link.script = _ready() + script + FIELD_OFF + one + gone
    run(case.reader.open())
    calls = (
        lambda: case.reader.find(),
        lambda: case.reader.find(),
        lambda: case.reader.exchange(bytes.fromhex(SELECT)),
        lambda: case.reader.present(),
    )
    for call in calls:
        before = len(fed)
        run(call())
        assert len(fed) == before + 1
    run(case.reader.release())
    run(case.reader.find())
    before = len(fed)
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    assert len(fed) == before + 1  # the card went away, but the chip is well
    case.done()


def test_a_field_that_does_not_go_off_is_tried_once_more_and_then_lost():
    mute = [CMD("32 01 00"), [ACK]]
    case = Case(*mute, *resettle(2), *RETRIES, *FIELD_OFF)
    run(case.reader.release())
    case.done()
    case = Case(*mute, *resettle(2), *RETRIES, *mute)
    raises(LostError, case.reader.release)
    case.done()


def test_a_chip_that_never_tells_its_version_is_lost():
    clock = Clock()
    link = ScriptedLink(clock, [*start(), CMD("02"), [ACK]])
    raises(LostError, Reader(PN532(link), clock).open)
    assert link.script == []


def test_a_fault_in_an_exchange_may_be_a_lost_chip_or_one_that_was_reset():
    select = CMD("40 01" + SELECT)
    case = Case(*_answered(FIND_B, ONE_B), OSError(19, "ENODEV"))
    run(case.reader.find())
    raises(LostError, case.reader.exchange, bytes.fromhex(SELECT))
    script = [*_answered(FIND_B, ONE_B), select, [ACK], *resettle(2), *FIELD_OFF]
    case = Case(*script, *RETRIES, *_answered(FIND_B, ONE_B))
    run(case.reader.find())
    assert run(case.reader.exchange(bytes.fromhex(SELECT))) is None
    run(case.reader.release())
    assert run(case.reader.find()) == "type_b"
    case.done()

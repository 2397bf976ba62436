"""Answers of a card in parts, and what is none: endless ones, empty ones, and those with a NAD."""

from both import ACK, CMD, RSP, raises, run
from chip_script import VERSION, Case
from pn532 import CARD_MS, CorruptError, NoAnswerError, StatusError

MOST = 16  # parts of one answer
READ = bytes.fromhex("00b0000000")


def _parts(*answers):
    """Return the script of one command and its parts."""
    script = [CMD("40 01" + READ.hex()), [ACK + RSP(answers[0])]]
    for answer in answers[1:]:
        script += [CMD("40 01"), [ACK + RSP(answer)]]
    return script


def _is_damage(*answers):
    """Check that the answer is damage, and that the chip is in step all the same."""
    case = Case(*_parts(*answers), VERSION, [ACK + RSP("03 32010607")])
    assert raises(CorruptError, case.chip.in_data_exchange, 1, READ).code == 0x40
    run(case.chip.get_firmware_version())
    case.done()


def test_as_many_parts_as_there_may_be():
    parts = ["41 40 %02x" % number for number in range(MOST - 1)]
    case = Case(*_parts(*parts, "41 00 9000"))
    assert run(case.chip.in_data_exchange(1, READ)) == bytes(range(MOST - 1)) + b"\x90\x00"
    case.done()


def test_an_answer_without_an_end_is_damage():
    _is_damage(*["41 40" + "aa" * 254] * MOST)
    _is_damage(*["41 40 aa"] * MOST)


def test_an_empty_part_is_damage_wherever_it_comes():
    _is_damage("41 40")
    _is_damage("41 40 aabb", "41 40")


def test_the_last_part_may_be_empty():
    case = Case(*_parts("41 40 9000", "41 00"))
    assert run(case.chip.in_data_exchange(1, READ)) == b"\x90\x00"
    case.done()


def test_a_nad_is_not_taken_for_data():
    _is_damage("41 80 00 63c3")
    _is_damage("41 C0 00 63c3")
    _is_damage("41 40 aabb", "41 80 00 9000")
    # A fault is a fault, with or without a NAD.
    case = Case(*_parts("41 AB"))
    assert raises(StatusError, case.chip.in_data_exchange, 1, READ).status == 0x2B


def _slow(case, ms):
    """Return a `meanwhile` by which `ms` pass with each part."""

    def pass_by():
        case.clock.now += ms

    return pass_by


def test_all_parts_have_the_time_of_one_answer():
    # A device's watchdog has 8 s: a card that takes its time for each part must not set it off.
    case = Case(*_parts(*["41 40 aa"] * 6), VERSION, [ACK + RSP("03 32010607")])
    before = case.clock.now
    raises(NoAnswerError, case.chip.in_data_exchange, 1, READ, CARD_MS, _slow(case, 1000))
    assert case.clock.now - before == 6000
    run(case.chip.get_firmware_version())
    case.done()


def test_the_wait_for_a_later_part_is_the_rest():
    case = Case(*_parts("41 40 aa")[:2], CMD("40 01"), [ACK])
    before = case.clock.now
    raises(NoAnswerError, case.chip.in_data_exchange, 1, READ, 3000, _slow(case, 1000))
    assert case.clock.now - before == 4000  # 1000 each, and 2000 in vain
    case.done()

"""The driver against a scripted chip: bytes on the wire, and what it makes of them."""

from both import ACK, CMD, ERROR, NACK, RSP, raises, run
from chip_script import QUERY, SAM, VERSION, Case, echo, resettle, start
from pn532 import (
    TYPE_A,
    TYPE_B,
    TYPE_F,
    CorruptError,
    LinkError,
    LostError,
    NoAckError,
    NoAnswerError,
    RejectedError,
    StatusError,
)
from pn532.target import TargetB


def test_constructing_does_no_io():
    case = Case(opened=False)
    assert case.link.wakeups == 0
    case.done()


def test_open_wakes_then_proves():
    case = Case()
    assert case.link.wakeups == 1
    case.done()


def test_firmware_version():
    case = Case(VERSION, [ACK + RSP("03 32010607")])
    assert run(case.chip.get_firmware_version()) == (0x32, 1, 6, 7)
    case.done()


def test_what_comes_before_an_ack_is_dropped():
    stale = RSP("41 00 9000")
    case = Case(QUERY, [b"\x12\x00\xff" + stale + ACK + RSP("41 00 63c3")])
    assert run(case.chip.in_data_exchange(1, bytes.fromhex("00200080"))) == b"\x63\xc3"
    case.done()


def test_a_command_is_sent_again_when_its_ack_is_lost():
    case = Case(VERSION, VERSION, VERSION, [ACK + RSP("03 32010607")])
    assert run(case.chip.get_firmware_version())[0] == 0x32
    case.done()


def test_in_data_exchange_is_never_sent_again():
    case = Case(QUERY)
    error = raises(NoAckError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert error.code == 0x40
    assert error.advice == "activate"
    case.done()


def test_what_is_done_meanwhile_is_done_between_command_and_answer():
    case = Case(QUERY, [ACK + RSP("41 00 63c3")])
    order = []
    write_data, read_data = case.link.write_data, case.link.read_data

    async def write(buf):
        await write_data(buf)
        order.append("sent")

    async def read(n):
        order.append("read")
        return await read_data(n)

    case.link.write_data, case.link.read_data = write, read
    apdu = bytes.fromhex("00200080")
    done = case.chip.in_data_exchange(1, apdu, 500, lambda: order.append("meanwhile"))
    assert run(done) == b"\x63\xc3"
    assert order[:3] == ["sent", "meanwhile", "read"] and order.count("meanwhile") == 1
    case.done()


def test_a_prepared_frame_is_sent_as_it_is_and_only_for_the_first_part():
    case = Case(QUERY, [ACK + RSP("41 40 aa")], CMD("40 01"), [ACK + RSP("41 00 9000")])
    apdu = bytes.fromhex("00200080")
    prepared = case.chip.prepare(1, apdu)
    assert prepared == QUERY
    answer = run(case.chip.in_data_exchange(1, apdu, 500, None, prepared))
    assert answer == b"\xaa\x90\x00"
    case.done()


def test_after_a_missing_ack_the_link_is_proven_before_the_next_command():
    case = Case(QUERY, *resettle(2), VERSION, [ACK + RSP("03 32010607")])
    raises(NoAckError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    run(case.chip.get_firmware_version())
    case.done()


def test_a_late_answer_is_not_taken_for_the_next_command_s():
    late = RSP("41 00 9000")
    # It comes with the drain after the abort, or even before the echo's own answer.
    for at_abort, before_echo in ((late, b""), (b"", late)):
        case = Case(
            QUERY,
            [ACK],
            ACK,
            [at_abort] if at_abort else [],
            SAM,
            [ACK + RSP("15")],
            CMD("00 00 0002 A55A"),
            [before_echo + ACK + RSP("01 00 0002 A55A")],
            QUERY,
            [ACK + RSP("41 00 63c0")],
        )
        raises(NoAnswerError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
        answer = run(case.chip.in_data_exchange(1, bytes.fromhex("00200080")))
        assert answer == b"\x63\xc0"
        case.done()


def test_a_damaged_answer_is_asked_for_once_more():
    bad = bytearray(RSP("41 00 63c3"))
    bad[-2] ^= 0x40
    case = Case(QUERY, [ACK + bytes(bad)], NACK, [RSP("41 00 63c3")])
    assert run(case.chip.in_data_exchange(1, bytes.fromhex("00200080"))) == b"\x63\xc3"
    case.done()
    case = Case(QUERY, [ACK + bytes(bad)], NACK, [bytes(bad)])
    error = raises(CorruptError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert error.code == 0x40
    case.done()


def test_a_nack_is_never_sent_while_the_chip_is_merely_busy():
    case = Case(QUERY, [ACK])
    raises(NoAnswerError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    case.done()


def test_the_host_waits_longer_than_any_card():
    case = Case(QUERY, [ACK])
    before = case.clock.now
    raises(NoAnswerError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert case.clock.now - before > 4950


def test_a_chip_that_rejects_a_command_is_configured_anew_and_may_reject_it_again():
    field, rejected, answered = CMD("32 01 00"), [ACK + ERROR], [ACK + RSP("33")]
    version = [VERSION, [ACK + RSP("03 32010607")]]
    case = Case(field, rejected, *resettle(2), *version, field, rejected, *resettle(3), *version)
    error = raises(RejectedError, case.chip.rf_field, False)
    assert (error.code, error.advice) == (0x32, "activate")
    run(case.chip.get_firmware_version())
    assert raises(RejectedError, case.chip.rf_field, False).advice == "give up"
    run(case.chip.get_firmware_version())
    case.done()
    # A chip that takes the command in between has only lost its power.
    case = Case(field, rejected, *resettle(2), field, answered, field, rejected)
    raises(RejectedError, case.chip.rf_field, False)
    run(case.chip.rf_field(False))
    assert raises(RejectedError, case.chip.rf_field, False).advice == "activate"
    # So may one that was opened in between.
    case = Case(field, rejected, *start(2), field, rejected)
    raises(RejectedError, case.chip.rf_field, False)
    run(case.chip.open())
    assert raises(RejectedError, case.chip.rf_field, False).advice == "activate"
    # Each command counts for itself.
    case = Case(field, rejected, *resettle(2), VERSION, rejected)
    raises(RejectedError, case.chip.rf_field, False)
    assert raises(RejectedError, case.chip.get_firmware_version).advice == "activate"


def test_status_is_a_number():
    case = Case(QUERY, [ACK + RSP("41 01")])
    error = raises(StatusError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert error.status == 0x01
    case = Case(QUERY, [ACK + RSP("41 AB")])  # NAD bit and 2B: the card is gone
    error = raises(StatusError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert error.status == 0x2B


def test_more_to_come_is_fetched():
    case = Case(
        CMD("40 01 00b0000000"),
        [ACK + RSP("41 40" + "aa" * 200)],
        CMD("40 01"),
        [ACK + RSP("41 00" + "bb" * 58)],
    )
    answer = run(case.chip.in_data_exchange(1, bytes.fromhex("00b0000000")))
    assert answer == b"\xaa" * 200 + b"\xbb" * 58
    case.done()


def test_an_extended_answer_of_258_bytes():
    case = Case(CMD("40 01 00"), [ACK + RSP("41 00" + "cd" * 258)])
    assert run(case.chip.in_data_exchange(1, b"\x00")) == b"\xcd" * 258


def test_type_b_cards_are_cut_from_the_answer():
    atqb = "50 90be4e5b 000005e0 b381a1"
    one = "4B 01 01" + atqb + "01 01"
    case = Case(CMD("4A 02 03 00"), [ACK + RSP(one)])
    targets = run(case.chip.in_list_passive_target(2, TYPE_B))
    assert len(targets) == 1 and targets[0].tg == 1
    assert targets[0].atqb == bytes.fromhex(atqb.replace(" ", ""))
    assert targets[0].attrib_res == b"\x01"
    two = "4B 02 01" + atqb + "01 01 02" + atqb + "00"
    case = Case(CMD("4A 02 03 00"), [ACK + RSP(two)])
    targets = run(case.chip.in_list_passive_target(2, TYPE_B))
    assert [target.tg for target in targets] == [1, 2]
    case = Case(CMD("4A 02 03 00"), [ACK + RSP("4B 00")])
    assert run(case.chip.in_list_passive_target(2, TYPE_B)) == []


def test_type_a_and_f_cards_are_cut_from_the_answer():
    case = Case(CMD("4A 01 00"), [ACK + RSP("4B 01 01 0004 20 04 01020304 05 7877b102")])
    (target,) = run(case.chip.in_list_passive_target(1, TYPE_A))
    assert (target.sens_res, target.sel_res) == (0x0004, 0x20)
    assert (target.nfcid, target.ats) == (b"\x01\x02\x03\x04", b"\x78\x77\xb1\x02")
    case = Case(CMD("4A 01 00"), [ACK + RSP("4B 01 01 0044 00 07 04112233445566")])
    (target,) = run(case.chip.in_list_passive_target(1, TYPE_A))
    assert target.ats == b""
    pol_res = "12 01 0101010101010101 0202020202020202"
    case = Case(CMD("4A 01 01 00FFFF0100"), [ACK + RSP("4B 01 01" + pol_res)])
    (target,) = run(case.chip.in_list_passive_target(1, TYPE_F))
    assert target.pol_res == bytes.fromhex(pol_res.replace(" ", ""))


def test_a_target_list_cut_short_is_a_damaged_answer():
    for text in ("4B 01", "4B 01 01 50", "4B 02 01 50 90be4e5b 000005e0 b381a1 01 01"):
        case = Case(CMD("4A 02 03 00"), [ACK + RSP(text)])
        raises(CorruptError, case.chip.in_list_passive_target, 2, TYPE_B)
    case = Case(CMD("4A 01 00"), [ACK + RSP("4B 01 01 0004 20 04 01020304")])
    raises(CorruptError, case.chip.in_list_passive_target, 1, TYPE_A)


def test_a_target_of_no_number_of_the_chip_s_is_a_damaged_answer():
    a, f = "0004 20 04 01020304 05 7877b102", "12 01" + "01" * 8 + "02" * 8
    b = "50 90be4e5b 000005e0 b381a1 01 01"
    for number in ("00", "03", "FF"):
        for command, kind, card in (("03 00", TYPE_B, b), ("00", TYPE_A, a)):
            case = Case(CMD("4A 01" + command), [ACK + RSP("4B 01" + number + card)])
            raises(CorruptError, case.chip.in_list_passive_target, 1, kind)
        case = Case(CMD("4A 01 01 00FFFF0100"), [ACK + RSP("4B 01" + number + f)])
        raises(CorruptError, case.chip.in_list_passive_target, 1, TYPE_F)


def test_presence_is_asked_without_an_apdu():
    case = Case(CMD("42 BA 01"), [ACK + RSP("43 00 AA 01")])
    target = TargetB(1, bytes.fromhex("5090be4e5b000005e0b381a1"), b"")
    assert run(case.chip.type_b_present(target)) is True
    case = Case(CMD("42 B2"), [ACK + RSP("43 01")])
    target = TargetB(1, bytes.fromhex("5090be4e5b000005e0b381a0"), b"")
    assert run(case.chip.type_b_present(target)) is False


def test_a_link_that_fails_says_so_with_its_number():
    case = Case(OSError(19, "ENODEV"))
    error = raises(LinkError, case.chip.get_firmware_version)
    assert (error.errno, error.advice) == (19, "reopen")


def test_the_ladder_wakes_a_chip_that_was_reset():
    asleep = [SAM]  # without an answer
    not_in_step = [SAM, [ACK + RSP("15")], CMD("00 00 0002 A55A")]
    answered = [VERSION, [ACK + RSP("03 32010607")]]
    for lost, count in ((asleep, 2), (not_in_step, 3)):
        case = Case(VERSION, VERSION, VERSION, ACK, *lost, *start(count), *answered)
        raises(NoAckError, case.chip.get_firmware_version)
        run(case.chip.get_firmware_version())
        assert case.link.wakeups == 2
        case.done()


def test_nothing_there_is_said():
    case = Case(ACK, SAM, ACK, SAM, opened=False)
    error = raises(LostError, case.chip.open)
    assert error.advice == "reopen"
    case.done()


def test_open_changes_to_the_fast_speed_and_proves_it():
    script = start() + [CMD("10 07"), [ACK + RSP("11")], ACK] + echo(2)
    case = Case(*script, opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    assert case.link.baudrates == [115200, 921600]
    case.done()


def test_a_chip_that_refuses_another_speed_stays_slow():
    case = Case(*start(), CMD("10 07"), [ACK + ERROR], opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    assert case.link.baudrates == [115200]
    case.done()


def test_a_chip_that_never_answers_to_another_speed_is_used_at_the_one_it_has():
    unanswered = [CMD("10 07"), [ACK]]
    case = Case(*start(), *unanswered, *start(2), opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    assert case.link.baudrates == [115200, 115200]
    case.done()


def test_a_fast_speed_that_does_not_work_is_given_up():
    script = start() + [CMD("10 07"), [ACK + RSP("11")], ACK, CMD("00 00 0002 A55A")] + start(3)
    case = Case(*script, opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    assert case.link.baudrates == [115200, 921600, 115200]
    case.done()


def test_a_chip_still_at_the_fast_speed_is_found_there():
    case = Case(ACK, SAM, *start(), opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    assert case.link.baudrates == [115200, 921600]
    case.done()


def test_cancellation_leaves_doubt_not_a_shifted_answer():
    import asyncio

    case = Case(
        QUERY,
        [ACK],
        *resettle(2),
        QUERY,
        [ACK + RSP("41 00 63c0")],
    )

    async def scene():
        waiting = asyncio.Event()

        async def wait_ready(timeout_ms, ready=case.link.wait_ready):
            if not case.link._chunks:
                waiting.set()
                await asyncio.Event().wait()
            return await ready(timeout_ms)

        command = bytes.fromhex("00200080")
        original, case.link.wait_ready = case.link.wait_ready, wait_ready
        task = asyncio.create_task(case.chip.in_data_exchange(1, command))
        await waiting.wait()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        case.link.wait_ready = original
        return await case.chip.in_data_exchange(1, command)

    assert run(scene()) == b"\x63\xc0"
    case.done()

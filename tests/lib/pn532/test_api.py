"""The driver as a stranger uses it: any command, several tasks, `async with`, named errors."""

import asyncio
import sys

from both import ACK, CMD, ERROR, RSP, Clock, raises, run
from chip_script import QUERY, VERSION, Case, resettle, start
from pn532 import (
    TYPE_A,
    TYPE_B,
    CommandError,
    CorruptError,
    LostError,
    NoAckError,
    NoAnswerError,
    PN532Error,
    RejectedError,
    StatusError,
)
from pn532.hsu import HSU
from pn532.i2c import I2C
from pn532.spi import SPI
from pn532.target import TargetB

ANSWERED = [ACK + RSP("03 32010607")]
ATQB = bytes.fromhex("5090be4e5b000005e0b381a1")


def test_any_command_can_be_sent():
    case = Case(CMD("32 0C FF 04 85"), [ACK + RSP("33")], CMD("0C 01"), [ACK + RSP("0D 00 07")])
    assert run(case.chip.command(0x32, b"\x0c\xff\x04\x85")) == b""
    answer = run(case.chip.command(0x0C, b"\x01"))
    assert type(answer) is bytes and answer == b"\x00\x07"
    case.done()


def test_an_answer_outlives_the_next_command():
    case = Case(CMD("04"), [ACK + RSP("05 010203")], VERSION, ANSWERED)
    answer = run(case.chip.command(0x04))
    run(case.chip.get_firmware_version())
    assert answer == b"\x01\x02\x03"


def test_any_command_is_sent_once_and_its_time_is_the_caller_s():
    case = Case(CMD("60 FF"), *resettle(2), CMD("60 FF"), [ACK])
    raises(NoAckError, case.chip.command, 0x60, b"\xff")
    before = case.clock.now
    raises(NoAnswerError, case.chip.command, 0x60, b"\xff", 3000)
    assert 3000 <= case.clock.now - before < 3200
    case.done()


def test_a_command_that_the_chip_does_not_take_or_that_is_too_long():
    case = Case(CMD("99"), [ACK + ERROR])
    assert raises(RejectedError, case.chip.command, 0x99).code == 0x99
    case = Case()
    raises(ValueError, case.chip.command, 0x42, bytes(264))
    case.done()


def test_every_fault_of_one_command_is_a_command_error():
    for kind in (NoAckError, NoAnswerError, CorruptError, RejectedError):
        assert issubclass(kind, CommandError)
        assert "0x40" in str(kind(0x40)) and kind(0x40).code == 0x40
    for kind in (CommandError, StatusError, LostError):
        assert issubclass(kind, PN532Error)


def test_a_status_has_its_name():
    case = Case(QUERY, [ACK + RSP("41 2B")])
    error = raises(StatusError, case.chip.in_data_exchange, 1, bytes.fromhex("00200080"))
    assert str(error) == "PN532 status 0x2B (the activated card is gone)"
    assert str(StatusError(0x01)).startswith("PN532 status 0x01 (time-out")
    assert str(StatusError(0x3F)) == "PN532 status 0x3F"


def test_a_version_tells_whether_it_does_type_b():
    for support, does in (("07", True), ("05", False), ("02", True), ("00", False)):
        case = Case(VERSION, [ACK + RSP("03 320106" + support)])
        version = run(case.chip.get_firmware_version())
        assert version.type_b is does
        assert (version.ic, version.version, version.revision) == (0x32, 1, 6)
        assert version.support == int(support, 16)
    case = Case(VERSION, [ACK + RSP("03 3201")])
    raises(CorruptError, case.chip.get_firmware_version)


def test_what_an_atqb_says_of_the_card():
    target = TargetB(1, ATQB, b"\x01")
    assert (target.cid, target.fwi) == (True, 10)
    other = TargetB(2, ATQB[:11] + b"\xd0", b"")
    assert (other.cid, other.fwi) == (False, 13)


def test_the_initiator_data_can_be_another():
    none = [ACK + RSP("4B 00")]
    case = Case(CMD("4A 01 03 20"), none, CMD("4A 01 00 01020304"), none)
    assert run(case.chip.in_list_passive_target(1, TYPE_B, b"\x20")) == []
    uid = b"\x01\x02\x03\x04"
    assert run(case.chip.in_list_passive_target(1, TYPE_A, initiator_data=uid)) == []
    case.done()


def test_async_with_opens_and_closes():
    case = Case(*start(), VERSION, ANSWERED, opened=False)
    closed = []
    case.link.close = lambda: closed.append(1)

    async def scene():
        async with case.chip as chip:
            assert chip is case.chip and closed == []
            return await chip.get_firmware_version()

    assert run(scene()).ic == 0x32
    assert closed == [1]
    case.done()


def test_async_with_gives_the_bus_back_when_there_is_no_chip():
    closed = []

    async def scene(case):
        case.link.close = lambda: closed.append(1)
        async with case.chip:
            raise AssertionError("it is not open")

    raises(LostError, scene, Case(*[ACK, CMD("14 01 14 01")] * 2, opened=False))
    assert closed == [1]


def _slowly(case):
    """Let every wait for the chip be a moment in which another task runs."""

    async def wait_ready(timeout_ms, ready=case.link.wait_ready):
        await asyncio.sleep(0)
        return await ready(timeout_ms)

    case.link.wait_ready = wait_ready


def test_two_tasks_take_turns():
    part, rest = [ACK + RSP("41 40 aabb")], [ACK + RSP("41 00 9000")]
    # An answer in parts stays in one piece, too.
    case = Case(QUERY, part, CMD("40 01"), rest, VERSION, ANSWERED, QUERY, rest)
    _slowly(case)

    async def scene():
        return await asyncio.gather(
            case.chip.in_data_exchange(1, bytes.fromhex("00200080")),
            case.chip.get_firmware_version(),
            case.chip.in_data_exchange(1, bytes.fromhex("00200080")),
        )

    first, version, last = run(scene())
    assert (first, version.ic, last) == (b"\xaa\xbb\x90\x00", 0x32, b"\x90\x00")
    case.done()


def test_opening_waits_for_a_command_that_is_under_way():
    case = Case(VERSION, ANSWERED, *start(2))
    _slowly(case)

    async def scene():
        await asyncio.gather(case.chip.get_firmware_version(), case.chip.open())

    run(scene())
    case.done()


async def _cancelled(task):
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    raise AssertionError("it was not cancelled")


def test_a_task_cancelled_while_it_waits_its_turn_sends_nothing():
    case = Case(QUERY, [ACK + RSP("41 00 9000")], VERSION, ANSWERED)
    _slowly(case)

    async def scene():
        first = asyncio.create_task(case.chip.in_data_exchange(1, bytes.fromhex("00200080")))
        await asyncio.sleep(0)
        second = asyncio.create_task(case.chip.rf_field(False))
        await asyncio.sleep(0)
        await _cancelled(second)
        assert await first == b"\x90\x00"
        return await case.chip.get_firmware_version()

    assert run(scene()).ic == 0x32
    case.done()


def test_a_task_cancelled_in_its_turn_lets_the_next_one_go_on_behind_an_abort():
    for send in (
        lambda chip: chip.in_data_exchange(1, bytes.fromhex("00200080")),
        lambda chip: chip.command(0x40, bytes.fromhex("0100200080")),
    ):
        case = Case(QUERY, [ACK], *resettle(2), VERSION, ANSWERED)
        original = case.link.wait_ready

        async def scene(case=case, send=send, original=original):
            waits = asyncio.Event()

            async def wait_ready(timeout_ms):
                if case.link._chunks or waits.is_set():
                    return await original(timeout_ms)
                waits.set()
                await asyncio.Event().wait()  # the card takes its time

            case.link.wait_ready = wait_ready
            first = asyncio.create_task(send(case.chip))
            await waits.wait()
            second = asyncio.create_task(case.chip.get_firmware_version())
            await asyncio.sleep(0)
            assert case.link.script[0] == ACK, "the second one did not wait its turn"
            await _cancelled(first)
            return await second

        assert run(scene()).ic == 0x32
        case.done()


def test_a_link_takes_its_options_by_name():
    class Bus:
        def any(self):
            return 0

    bus, clock = Bus(), Clock()
    raises(TypeError, lambda: HSU(bus, clock))
    raises(TypeError, lambda: I2C(bus, clock))
    raises(TypeError, lambda: SPI(bus, bus, clock))
    links = I2C(bus, clock=clock), SPI(bus, bus, clock=clock)
    for link in links:
        assert link.clock is clock and link.speeds == () and link.whole_frames
        run(link.set_baudrate(9600))


def test_the_seam_is_there_for_type_checkers_alone_and_can_be_imported_anywhere():
    from pn532 import link

    assert not hasattr(link, "Link") and not hasattr(link, "Clock")


def test_without_a_clock_a_link_takes_micropython_s_own():
    if sys.implementation.name != "micropython":
        return
    from pn532 import clock

    assert I2C(None).clock is clock and SPI(None, None).clock is clock

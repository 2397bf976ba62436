"""The handshake after faults: what is dropped, what is doubted, and that all of it ends."""

from both import ACK, CMD, ERROR, NACK, RSP, Clock, ScriptedLink, raises, run
from chip_script import QUERY, SAM, VERSION, Case, echo, resettle, start
from pn532 import (
    PN532,
    LinkError,
    LostError,
    NoAckError,
    NoAnswerError,
    RejectedError,
    StatusError,
)

APDU = bytes.fromhex("00200080")
ANSWERED = [VERSION, [ACK + RSP("03 32010607")]]
# The beginning of a frame that would swallow the frames after it.
TORN = b"\x00\x00\xff\xc8\x38\xd5\x41\x00"


class Noisy(ScriptedLink):
    """A link on which bytes never end; a byte takes a tenth of a millisecond."""

    def __init__(self, noise, whole_frames):
        """`noise` comes again and again, whatever the host does."""
        super().__init__(Clock(), [])
        self.whole_frames = whole_frames
        self._noise = noise
        self.reads = 0

    async def wait_ready(self, timeout_ms):
        return True

    async def read_data(self, n):
        self.reads += 1
        assert self.reads < 20_000, "it reads for ever"
        self.clock.now += 1 + n // 10
        return memoryview(self._noise * n)[:n]

    async def write_data(self, buf):
        pass


def test_noise_without_an_end_is_given_up():
    for noise in (b"\x5a", b"\x00", b"\xff", TORN, ACK, RSP("41 00 9000"), ACK + TORN):
        for whole_frames in (False, True):
            link = Noisy(noise, whole_frames)
            raises(LostError, PN532(link).open)
            assert link.clock.now < 60_000


def test_before_it_is_open_the_link_is_in_doubt():
    case = Case(*resettle(1), VERSION, [ACK + ERROR], *resettle(2), *ANSWERED, opened=False)
    assert case.chip.baudrate == 0
    assert raises(RejectedError, case.chip.get_firmware_version).advice == "activate"
    run(case.chip.get_firmware_version())
    case.done()


def test_an_open_that_fails_before_it_says_anything_leaves_doubt():
    case = Case(*resettle(2), *ANSWERED)

    async def reset():
        raise OSError(5, "EIO")

    case.link.reset = reset
    assert raises(LinkError, case.chip.open).errno == 5
    run(case.chip.get_firmware_version())
    case.done()


def test_a_torn_frame_does_not_swallow_what_follows_an_abort():
    abort, *settled = resettle(2)
    for left in ([TORN], [RSP("41 00 9000"), TORN], [RSP("41 00 9000")] * 4 + [TORN]):
        case = Case(QUERY, [ACK], abort, left, *settled, *ANSWERED)
        raises(NoAnswerError, case.chip.in_data_exchange, 1, APDU)
        run(case.chip.get_firmware_version())
        assert case.link.wakeups == 1
        case.done()


def test_an_answer_that_breaks_off_is_asked_for_again():
    good = RSP("41 00 63c3")
    for size in range(4, len(good) - 1):
        case = Case(QUERY, [ACK + good[:size]], NACK, [good])
        read_data, reads = case.link.read_data, []

        async def counted(n, read_data=read_data, reads=reads):
            reads.append(n)
            assert len(reads) < 100, "it reads on although nothing comes"
            return await read_data(n)

        case.link.read_data = counted
        assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"
        case.done()


def test_after_much_noise_the_frame_is_still_waited_for():
    noise = b"\x5a" * 70
    case = Case(QUERY, [noise, ACK, noise, noise, RSP("41 00 63c3")])
    assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"
    case.done()


def test_a_link_without_speeds_is_never_told_one():
    case = Case()
    assert case.link.baudrates == [] and case.chip.baudrate == 0


def test_a_chip_that_cannot_be_woken_is_sent_nothing_until_it_can():
    case = Case(*start(), opened=False)
    failures = [OSError(19, "ENODEV")]

    async def wakeup():
        if failures:
            raise failures.pop()

    case.link.wakeup = wakeup
    run(case.chip.open())
    case.done()


def test_a_torn_frame_does_not_swallow_what_a_nack_brings():
    bad = bytearray(RSP("41 00 63c3"))
    bad[4] ^= 0x40
    case = Case(QUERY, [ACK + bytes(bad) + TORN], NACK, [RSP("41 00 63c3")])
    assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"
    case.done()


def test_a_damaged_answer_is_dropped_whole_before_a_nack():
    # Its data look like the beginning of a frame.
    good = RSP("41 00 00ffc838 9000")
    bad = bytearray(good)
    bad[4] ^= 0x40
    case = Case(QUERY, [ACK + bytes(bad)], NACK, [good])
    assert run(case.chip.in_data_exchange(1, APDU)) == bytes.fromhex("00ffc8389000")
    case.done()


def test_no_frame_but_an_ack_acknowledges():
    answer = RSP("41 00 9000")
    for frame in (NACK, ERROR, answer, bytes(answer[:-2]) + b"\x01\x00"):
        case = Case(QUERY, [frame])
        raises(NoAckError, case.chip.in_data_exchange, 1, APDU)
        case = Case(QUERY, [frame + ACK + RSP("41 00 63c3")])
        assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"


def test_no_frame_but_the_command_s_answer_answers():
    for other in (ACK, NACK, RSP("43 00 9000"), RSP("40 00 9000"), RSP("42 00 9000")):
        case = Case(QUERY, [ACK + other + RSP("41 00 63c3")])
        assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"
        case = Case(QUERY, [ACK + other])
        raises(NoAnswerError, case.chip.in_data_exchange, 1, APDU)


def test_what_leaves_doubt_and_what_does_not():
    def goes_on(*script):
        case = Case(QUERY, *script)
        try:
            run(case.chip.in_data_exchange(1, APDU))
        except (StatusError, NoAckError, NoAnswerError, RejectedError):
            pass
        run(case.chip.get_firmware_version())
        case.done()

    goes_on([ACK + RSP("41 00 9000")], *ANSWERED)
    goes_on([ACK + RSP("41 01")], *ANSWERED)
    goes_on(*resettle(2), *ANSWERED)
    goes_on([ACK], *resettle(2), *ANSWERED)
    goes_on([ACK + ERROR], *resettle(2), *ANSWERED)


def test_an_echo_of_other_bytes_proves_nothing():
    for wrong in ("01 00 0001 A55A", "01 00 0002 A55B", "01 00 0002 A5", "01"):
        settle = [ACK, SAM, [ACK + RSP("15")], CMD("00 00 0002 A55A"), [ACK + RSP(wrong)]]
        case = Case(QUERY, *settle, *start(3), *ANSWERED)
        raises(NoAckError, case.chip.in_data_exchange, 1, APDU)
        run(case.chip.get_firmware_version())
        case.done()


def test_each_echo_has_bytes_of_its_own():
    case = Case()
    for count in range(2, 300):
        case.link.script += start(count)
        run(case.chip.open())
    case.done()
    assert echo(1) != echo(257)


def test_a_lost_chip_that_still_acknowledges_says_so():
    silent = [ACK, SAM] * 2
    error = raises(LostError, Case(*silent, opened=False).chip.open)
    assert not error.acknowledged and str(error) == "no PN532 answers"
    mute = [ACK, SAM, [ACK]] * 2
    error = raises(LostError, Case(*mute, opened=False).chip.open)
    assert error.acknowledged and "acknowledges" in str(error)
    no_echo = [ACK, SAM, [ACK + RSP("15")], CMD("00 00 0001 A55A"), [ACK]]
    again = [ACK, SAM, [ACK + RSP("15")], CMD("00 00 0002 A55A"), [ACK]]
    assert raises(LostError, Case(*no_echo, *again, opened=False).chip.open).acknowledged
    # A bus that fails acknowledges nothing either.
    failing = [OSError(19, "ENODEV")] * 2
    assert not raises(LostError, Case(*failing, opened=False).chip.open).acknowledged
    # It is what this opening met that counts.
    case = Case(*mute, *silent, opened=False)
    assert raises(LostError, case.chip.open).acknowledged
    assert not raises(LostError, case.chip.open).acknowledged


def test_the_chip_has_time_to_change_its_speed():
    script = start() + [CMD("10 07"), [ACK + RSP("11")], ACK] + echo(2)
    case = Case(*script, opened=False, speeds=(115200, 921600))
    changes = []

    async def set_baudrate(baudrate):
        changes.append((baudrate, case.clock.now, len(case.link.script)))

    case.link.set_baudrate = set_baudrate
    write_data, written = case.link.write_data, []

    async def noted(buf):
        written.append((bytes(buf), case.clock.now))
        await write_data(buf)

    case.link.write_data = noted
    run(case.chip.open())
    (slow, _, _), (fast, at, left) = changes
    assert (slow, fast, case.chip.baudrate) == (115200, 921600, 921600)
    # The host's ACK goes out at the old speed, and the chip needs about 1 ms from there.
    (acked,) = [now for data, now in written[-2:] if data == ACK]
    assert left == len(echo(2)) and at - acked >= 2


def test_each_speed_has_its_code():
    for fast, code in ((230400, "05"), (460800, "06"), (921600, "07")):
        script = start() + [CMD("10" + code), [ACK + RSP("11")], ACK] + echo(2)
        case = Case(*script, opened=False, speeds=(115200, fast))
        run(case.chip.open())
        assert case.link.baudrates == [115200, fast]
        case.done()


def test_a_chip_that_was_reset_is_made_fast_again():
    speed_up = [CMD("10 07"), [ACK + RSP("11")], ACK]
    opening = start() + speed_up + echo(2)
    woken = [ACK, SAM] + start(3) + speed_up + echo(4)
    case = Case(*opening, QUERY, *woken, *ANSWERED, opened=False, speeds=(115200, 921600))
    run(case.chip.open())
    raises(NoAckError, case.chip.in_data_exchange, 1, APDU)
    run(case.chip.get_firmware_version())
    assert case.link.baudrates == [115200, 921600] * 2 and case.chip.baudrate == 921600
    case.done()


def test_a_wired_reset_is_tried_before_the_chip_is_lost():
    case = Case(ACK, SAM, *start(), opened=False)
    resets = []

    async def reset():
        resets.append(len(case.link.script))
        return True

    case.link.reset = reset
    run(case.chip.open())
    assert resets == [len(start()) + 2, len(start())]
    case.done()


def test_on_a_bus_a_long_frame_is_one_frame():
    long, short = "41 00" + "aa" * 258, "41 00 9000"
    case = Case(QUERY, [ACK, RSP(long)], QUERY, [ACK, RSP(short)])
    case.link.whole_frames = True
    assert run(case.chip.in_data_exchange(1, APDU)) == b"\xaa" * 258
    assert run(case.chip.in_data_exchange(1, APDU)) == b"\x90\x00"
    case.done()


def test_on_a_bus_no_byte_is_read_in_vain_and_each_frame_is_ended():
    answer = RSP("41 00" + "aa" * 40)
    case = Case(QUERY, [ACK, answer])
    case.link.whole_frames = True
    read_data, calls = case.link.read_data, []

    async def noted(n):
        calls.append(n)
        return await read_data(n)

    case.link.read_data = noted
    case.link.end_frame = lambda: calls.append("end")
    run(case.chip.in_data_exchange(1, APDU))
    assert calls == [len(ACK), "end", 12, len(answer) - 12, "end"]
    # What is drained is ended, too.
    case = Case(QUERY, [ACK], ACK, [answer], *resettle(2)[1:], *ANSWERED)
    raises(NoAnswerError, case.chip.in_data_exchange, 1, APDU)
    ends = []
    case.link.end_frame = lambda: ends.append(len(case.link.script))
    run(case.chip.get_firmware_version())
    assert ends[0] == len(resettle(2)[1:]) + len(ANSWERED)


def test_on_a_bus_there_may_be_noise_before_a_frame():
    case = Case(QUERY, [b"\x5a" * 30 + ACK, b"\x5a" * 50 + RSP("41 00 63c3")])
    link, taken = case.link, []

    async def read_data(n):
        # A frame that was not read to its end comes again from its beginning.
        start = sum(taken)
        taken.append(n)
        return memoryview(link._chunks[0])[start : start + n]

    def end_frame():
        if sum(taken) >= len(link._chunks[0]):
            link._chunks.pop(0)
        taken.clear()

    link.whole_frames, link.read_data, link.end_frame = True, read_data, end_frame
    assert run(case.chip.in_data_exchange(1, APDU)) == b"\x63\xc3"
    case.done()

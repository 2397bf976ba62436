"""The I2C link: status byte, one read of a whole frame, errors that pass, a bus that is stuck."""

import errno

from both import ACK, RSP, Clock, raises, run
from pn532.i2c import I2C, clear_bus

ADDRESS = 0x24
ENODEV = 19
ANSWER = RSP("41 00 63c3")


class Bus:
    """A `machine.I2C` with a chip that has `frame` ready after `busy` polls.

    `errors` are raised one by one, before anything else happens; None lets a transfer pass.
    """

    def __init__(self, frame=b"", busy=0, errors=()):
        self.frame = frame
        self.busy = busy
        self.errors = list(errors)
        self.reads = []
        self.written = []

    def readfrom_into(self, addr, buf):
        assert addr == ADDRESS
        self.reads.append(len(buf))
        self._fail()
        self.busy -= 1
        ready = self.busy < 0
        data = (b"\x01" + self.frame if ready else b"\x00") + b"\xee" * len(buf)
        buf[:] = data[: len(buf)]

    def writeto(self, addr, buf):
        assert addr == ADDRESS
        self._fail()
        self.written.append(bytes(buf))
        return len(buf)

    def _fail(self):
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise OSError(error, "of the bus")


class Lines:
    """SCL and SDA of a bus whose SDA is held low for `clocks` clocks."""

    def __init__(self, clocks):
        self.clocks = clocks
        self.seen = 0
        self.level = 1

    def sda(self):
        return _Sda(self)

    def value(self, level):
        if level and not self.level:
            self.seen += 1
        self.level = level


class _Sda:
    def __init__(self, lines):
        self.lines = lines
        self.levels = []

    def value(self, level=None):
        if level is None:
            return 0 if self.lines.seen < self.lines.clocks else 1
        self.levels.append(level)


def _link(bus, **options):
    return I2C(bus, clock=Clock(), **options)


def test_constructing_does_no_io():
    bus = Bus(errors=(ENODEV,))
    _link(bus)
    assert bus.errors == [ENODEV] and bus.reads == [] and bus.written == []


def test_a_frame_is_polled_for_by_one_byte_and_read_in_one_piece():
    bus = Bus(ANSWER, busy=3)
    link = _link(bus)
    assert run(link.wait_ready(100)) is True
    assert bytes(run(link.read_data(len(ANSWER)))) == ANSWER
    assert bus.reads == [1, 1, 1, 1, 1 + len(ANSWER)]


def test_a_chip_that_is_not_ready_is_given_up_in_time():
    clock = Clock()
    link = I2C(Bus(busy=10_000), clock=clock)
    assert run(link.wait_ready(300)) is False
    assert clock.now == 300


def test_polling_slows_down():
    bus = Bus(busy=10_000)
    run(_link(bus).wait_ready(5_000))
    assert 500 < len(bus.reads) < 800


def test_a_longer_frame_is_read_again_from_its_beginning():
    bus = Bus(ANSWER)
    link = _link(bus)
    run(link.wait_ready(0))
    first = bytes(run(link.read_data(7)))
    rest = bytes(run(link.read_data(len(ANSWER) - 7)))
    assert first + rest == ANSWER
    assert bus.reads == [1, 1 + 7, 1 + len(ANSWER)]


def test_the_next_frame_begins_at_its_beginning():
    bus = Bus(ACK)
    link = _link(bus)
    run(link.wait_ready(0))
    run(link.read_data(6))
    link.end_frame()
    bus.frame = ANSWER
    assert bytes(run(link.read_data(6))) == ANSWER[:6]


def test_the_longest_frame_fits():
    frame = RSP("41" + "aa" * 263)
    bus = Bus(frame)
    link = _link(bus)
    run(link.wait_ready(0))
    begin = bytes(run(link.read_data(12)))
    assert begin + bytes(run(link.read_data(len(frame) - 12))) == frame


def test_a_frame_is_written_in_one_transfer():
    bus = Bus()
    run(_link(bus).write_data(bytearray(ANSWER)))
    assert bus.written == [ANSWER]


def test_errors_that_pass_are_tried_again():
    for error in (ENODEV, errno.ETIMEDOUT, errno.EIO):
        bus = Bus(ANSWER, errors=(error, error))
        run(_link(bus).write_data(ACK))
        assert bus.written == [ACK]
        bus = Bus(ANSWER, errors=(error, error))
        assert bytes(run(_link(bus).read_data(6))) == ANSWER[:6]


def test_errors_that_stay_come_out():
    bus = Bus(errors=(ENODEV,) * 9)
    assert raises(OSError, _link(bus).write_data, ACK).errno == ENODEV
    bus = Bus(errors=(errno.EINVAL,))
    assert raises(OSError, _link(bus).write_data, ACK).errno == errno.EINVAL
    assert bus.errors == []


def test_a_chip_that_does_not_answer_its_address_is_merely_not_ready():
    bus = Bus(ANSWER, errors=(ENODEV, errno.ETIMEDOUT))
    assert run(_link(bus).wait_ready(100)) is True


def test_waking_is_addressing():
    bus = Bus(errors=(ENODEV,))
    run(_link(bus).wakeup())
    assert bus.reads == [1, 1]


def test_a_stuck_bus_is_clocked_free_and_made_anew():
    for clocks in range(10):
        lines = Lines(clocks)
        stuck = Bus(errors=(errno.ETIMEDOUT, errno.ETIMEDOUT, errno.ETIMEDOUT))
        anew = Bus()

        async def recover(lines=lines, anew=anew):
            await clear_bus(lines, lines.sda(), Clock())
            return anew

        run(_link(stuck, recover=recover).write_data(ACK))
        assert stuck.written == [] and len(stuck.errors) == 1
        assert anew.written == [ACK]
        assert lines.seen == clocks


def test_a_bus_that_nobody_can_recover_is_tried_as_it_is():
    bus = Bus(errors=(errno.ETIMEDOUT, errno.ETIMEDOUT))
    run(_link(bus).write_data(ACK))
    assert bus.written == [ACK]


def test_clearing_takes_nine_clocks_at_the_most_and_ends_with_a_stop():
    for clocks, seen in ((0, 0), (1, 1), (9, 9), (30, 9)):
        lines = Lines(clocks)
        sda = lines.sda()
        run(clear_bus(lines, sda, Clock()))
        assert lines.seen == seen and lines.level == 1
        assert sda.levels == [0, 1]


def test_reset_frees_the_bus_too_and_tells_whether_it_is_wired():
    levels = []

    class Pin:
        def value(self, level):
            levels.append(level)

    anew = Bus()

    async def recover():
        return anew

    link = _link(Bus(), reset_pin=Pin(), recover=recover)
    assert run(link.reset()) is True
    assert levels == [0, 1]
    run(link.write_data(ACK))
    assert anew.written == [ACK]
    assert run(_link(Bus()).reset()) is False

"""The SPI link: DW, SR and DR, one chip select for a whole answer, bits in either order."""

from both import ACK, RSP, Clock, run
from pn532.spi import SPI

ANSWER = RSP("41 00 63c3")
LONGEST = 31  # bytes of a transfer: from 32 on rp2 uses DMA, which may wait for ever


def _turned(data):
    return bytes(sum(0x80 >> bit for bit in range(8) if byte & 1 << bit) for byte in data)


class Bus:
    """A `machine.SPI` and its chip select; what happens under one is one entry of `log`.

    With `turned` it sends and receives the most significant bit first, the chip does not.
    """

    def __init__(self, frame=b"", busy=0, turned=False):
        self.frame = frame
        self.busy = busy
        self.log = []
        self._selected = False
        self._turn = _turned if turned else bytes
        self.closed = False

    def value(self, level):
        self._selected = not level
        if self._selected:
            self.log.append([])
            self._at = 0

    def write(self, buf):
        assert self._selected and len(buf) <= LONGEST
        self.log[-1].append(self._turn(bytes(buf)))

    def readinto(self, buf):
        assert self._selected and len(buf) <= LONGEST
        if self.log[-1][0] == b"\x02":
            self.busy -= 1
            buf[:] = self._turn(bytes((0xFE | (self.busy < 0),)))
            return
        assert self.log[-1][0] == b"\x03"
        data = self.frame[self._at : self._at + len(buf)]
        self._at += len(buf)
        self.log[-1].append(len(buf))
        buf[:] = self._turn(data + b"\xee" * (len(buf) - len(data)))

    def deinit(self):
        self.closed = True


def _link(bus, **options):
    return SPI(bus, bus, clock=Clock(), **options)


def test_constructing_does_no_io():
    bus = Bus()
    _link(bus)
    assert bus.log == []


def test_the_status_is_asked_for_until_it_says_ready():
    bus = Bus(busy=3)
    assert run(_link(bus).wait_ready(100)) is True
    assert bus.log == [[b"\x02"]] * 4
    assert run(_link(Bus(busy=10_000)).wait_ready(100)) is False


def test_a_frame_is_read_under_one_chip_select():
    for turned in (False, True):
        bus = Bus(ANSWER, turned=turned)
        link = _link(bus, lsb_first=not turned)
        run(link.wait_ready(0))
        first = bytes(run(link.read_data(7)))
        rest = bytes(run(link.read_data(len(ANSWER) - 7)))
        assert first + rest == ANSWER
        link.end_frame()
        assert bus.log[1:] == [[b"\x03", 7, len(ANSWER) - 7]]
        assert not bus._selected


def test_a_frame_is_written_under_one_chip_select():
    for turned in (False, True):
        bus = Bus(turned=turned)
        data = bytearray(ANSWER)
        run(_link(bus, lsb_first=not turned).write_data(data))
        assert b"".join(bus.log[0]) == b"\x01" + ANSWER and len(bus.log) == 1
        assert data == ANSWER and not bus._selected


def test_every_frame_has_a_chip_select_of_its_own():
    bus = Bus(ACK)
    link = _link(bus)
    for _ in range(2):
        run(link.wait_ready(0))
        run(link.read_data(6))
        link.end_frame()
    assert [entry[0] for entry in bus.log] == [b"\x02", b"\x03"] * 2


def test_whatever_follows_ends_a_frame_that_was_not_read_to_its_end():
    for follow in (
        lambda link: link.wait_ready(0),
        lambda link: link.write_data(ACK),
        lambda link: link.wakeup(),
    ):
        bus = Bus(ANSWER)
        link = _link(bus)
        run(link.read_data(3))
        assert bus._selected
        run(follow(link))
        assert len(bus.log) == 2 and not bus._selected


def test_waking_holds_the_chip_select_low():
    bus = Bus()
    clock = Clock()
    run(SPI(bus, bus, clock=clock).wakeup())
    assert bus.log == [[]] and clock.now >= 2


def test_the_longest_frame_fits():
    frame = RSP("41" + "aa" * 263)
    assert bytes(run(_link(Bus(frame)).read_data(len(frame)))) == frame


def test_a_long_frame_is_written_in_pieces_under_one_chip_select():
    for size in (LONGEST, LONGEST + 1, 2 * LONGEST, 271):
        frame = bytes(range(256)) + bytes(range(15))
        for turned in (False, True):
            bus = Bus(turned=turned)
            run(_link(bus, lsb_first=not turned).write_data(frame[:size]))
            assert len(bus.log) == 1 and b"".join(bus.log[0]) == b"\x01" + frame[:size]


def test_close_gives_the_bus_back():
    bus = Bus(ANSWER)
    link = _link(bus)
    run(link.read_data(3))
    link.close()
    assert bus.closed and not bus._selected


def test_reset_tells_whether_it_is_wired():
    assert run(_link(Bus()).reset()) is False
    pin = Bus()
    assert run(_link(Bus(), reset_pin=pin).reset()) is True

"""Messages out of transfers: in one, in many, in too many, and nothing of them left behind."""

from both import Clock, raises, run
from pasori import LostError
from pasori.usb import NO_MESSAGE, TOO_SHORT, Transfers
from usb_script import Pipe

ONE, TWO = b"\x83\x05one", b"\x83\x05two"


def size_of(begun):
    """Tell the size of a message like ONE: its second byte."""
    if len(begun) and begun[0] != 0x83:
        return NO_MESSAGE
    return begun[1] if len(begun) > 1 else TOO_SHORT


class Endless(Pipe):
    """A reader that says the same each millisecond, whatever it is asked."""

    def __init__(self, said):
        super().__init__(Clock(), lambda data: [])
        self._said = said

    async def read(self, timeout_ms):
        self.clock.now += 1
        assert self.clock.now < 10_000, "it is read for ever"
        return bytearray(self._said)


def case(*came):
    """Return (transfers, pipe) with these transfers to be read."""
    clock = Clock()
    pipe = Pipe(clock, lambda data: [])
    pipe.came = list(came)
    return Transfers(pipe, clock, size_of), pipe


def read(transfers, timeout_ms=100):
    """Return the next message as bytes, or None."""
    found = run(transfers.next(transfers._clock.ticks_ms() + timeout_ms))
    return None if found is None else bytes(found)


def test_a_message_comes_in_one_transfer_or_in_many():
    transfers, _ = case(ONE, TWO[:1], TWO[1:2], b"", TWO[2:])
    assert (read(transfers), read(transfers), read(transfers)) == (ONE, TWO, None)


def test_two_messages_in_one_transfer_are_two():
    transfers, _ = case(ONE + TWO[:3], TWO[3:] + ONE)
    assert [read(transfers) for _ in range(4)] == [ONE, TWO, ONE, None]


def test_the_rest_of_an_old_message_is_dropped():
    transfers, _ = case(b"est of it", ONE, b"\x00", TWO)
    assert [read(transfers) for _ in range(3)] == [ONE, TWO, None]


def test_more_than_any_message_has_is_dropped():
    transfers, _ = case(b"\x83\x05on", bytes(5000), b"e")
    assert read(transfers) == ONE


def test_what_never_stops_is_not_read_for_ever():
    for said in (b"noise", ONE):
        pipe = Endless(said)
        transfers = Transfers(pipe, pipe.clock, size_of)
        end = pipe.clock.ticks_ms() + 100
        while run(transfers.next(end)) is not None:
            assert pipe.clock.ticks_ms() < 2 * end


def test_what_was_sent_after_is_not_mixed_with_what_came_before():
    transfers, pipe = case(ONE[:3])
    assert read(transfers) is None
    run(transfers.send(b"ask"))
    pipe.came = [TWO]
    assert read(transfers) == TWO and pipe.sent == [b"ask"]


def test_what_was_read_is_overwritten():
    transfers, pipe = case(ONE, TWO)
    assert read(transfers) == ONE and read(transfers) == TWO
    assert [bytes(data) for data in pipe.given] == [bytes(5)] * 2
    transfers.overwrite()
    assert not any(transfers._buf)


def test_a_noisy_reader_is_drained_and_one_that_never_stops_is_taken_as_it_is():
    transfers, pipe = case(*[ONE] * 10)
    run(transfers.drain())
    assert read(transfers) is None
    pipe.came = [ONE] * 1000
    run(transfers.drain())
    assert pipe.came


def test_a_reader_that_is_gone_is_lost():
    transfers, pipe = case(ONE)
    pipe.plugged = False
    raises(LostError, read, transfers)
    raises(LostError, run, transfers.send(b"ask"))

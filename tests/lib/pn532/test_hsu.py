"""The HSU link: what one wait is for. That no byte is lost: fuzz/test_fuzz_link.py."""

from both import ACK, RSP, Clock, run
from pn532.hsu import HSU

ANSWER = RSP("41 00 63c3")


class Uart:
    """A `machine.UART` that has received `received`."""

    def __init__(self, received):
        self.received = received

    def any(self):
        return len(self.received)

    def readinto(self, buf):
        size = min(len(buf), len(self.received))
        buf[:size] = self.received[:size]
        self.received = self.received[size:]
        return size or None

    def write(self, buf):
        return len(buf)


def _waited(link, ms):
    """Wait for `ms` at most; return whether something is there, and how long that took."""
    before = link.clock.now
    return run(link.wait_ready(ms)), link.clock.now - before


def _asked(received):
    link = HSU(Uart(received), clock=Clock())
    link.write_data(bytes(20))
    return link


def test_the_wait_after_a_command_does_not_end_with_the_ack_alone():
    assert _waited(_asked(ACK), 100) == (True, 100)
    assert _waited(_asked(ACK + ANSWER), 100) == (True, 0)
    assert _waited(_asked(b""), 100) == (False, 100)


def test_every_later_wait_ends_with_a_single_byte():
    link = _asked(ACK)
    _waited(link, 100)
    assert bytes(link.read_data(6)) == ACK
    link._uart.received = ANSWER[:1]
    assert _waited(link, 100) == (True, 0)


def test_after_an_ack_of_the_host_s_a_single_byte_is_enough():
    link = HSU(Uart(b"\x00"), clock=Clock())
    link.write_data(ACK)
    assert _waited(link, 100) == (True, 0)


def test_what_is_there_is_read_at_once():
    link = HSU(Uart(ACK + ANSWER), clock=Clock())
    assert bytes(link.read_data(6)) == ACK + ANSWER

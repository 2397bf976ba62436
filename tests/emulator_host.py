"""A host on a virtual clock, for the emulator's tests. Runs under CPython and MicroPython.

It sits on the far end of the serial line, so every test goes through frames, ACK and pacing.
"""

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.hsu import Hsu

ACK = b"\x00\x00\xff\x00\xff\x00"
NACK = b"\x00\x00\xff\xff\x00\x00"
ERROR = b"\x00\x00\xff\x01\xff\x7f\x81\x00"
WAKE = b"\x55\x55" + bytes(14)
FIND_B = "4A 01 03 00"
LONG = 10_000_000  # µs that a test waits for something at most


def command(text):
    """Return the host's frame for hex digits, code first; extended if necessary."""
    body = b"\xd4" + bytes.fromhex(text.replace(" ", ""))
    if len(body) <= 255:
        head = bytes((len(body), -len(body) & 0xFF))
    else:
        high, low = len(body) >> 8, len(body) & 0xFF
        head = bytes((0xFF, 0xFF, high, low, -(high + low) & 0xFF))
    return b"\x00\x00\xff" + head + body + bytes((-sum(body) & 0xFF, 0x00))


def payload(frame):
    """Check the sums of a chip's frame; return its bytes after D5."""
    assert frame[:3] == b"\x00\x00\xff" and frame[-1] == 0, frame.hex()
    head = 8 if frame[3:5] == b"\xff\xff" else 5
    size = frame[5] << 8 | frame[6] if head == 8 else frame[3]
    body = frame[head:-1]
    assert not sum(frame[5 if head == 8 else 3 : head]) & 0xFF, frame.hex()
    assert len(body) == size + 1 and not sum(body) & 0xFF and body[0] == 0xD5, frame.hex()
    return body[1:-1]


class Host:
    """A host, its chip over `field`, and the clock `now` in µs."""

    def __init__(self, *cards, **options):
        """Lay `cards` in the field; wake the chip and leave low-battery mode unless raw=True."""
        self.now = 0
        self.us = 0  # from the end of a command to the end of its answer, line included
        self.field = Field()
        self.field.put(cards)
        self.chip = Chip(self.field)
        self.line = Hsu(self.chip)
        if not options.get("raw"):
            self.write(WAKE)
            assert self.ask("14 01 14 01") == "15"

    def write(self, data, baudrate=None):
        """Put bytes on the line, and let the time pass until they have arrived."""
        self.line.receive(data, self.now, baudrate)
        self.now += len(data) * 10_000_000 // (baudrate or self.line.baudrate)

    def wait(self, us):
        """Let time pass; return the bytes that arrive meanwhile."""
        return self._until(self.now + us)

    def read(self, limit=LONG, baudrate=None):
        """Return all bytes that arrive until the line is idle, or for `limit` µs."""
        end = self.now + limit
        got = b""
        while True:
            due = self.line.next_due()
            if due is None or due > end:
                return got
            self.now = max(self.now, due)
            got += self.line.take(self.now, baudrate)

    def ask(self, text, limit=LONG):
        """Send a command; return the answer as hex, code first, or "error", or None."""
        self.write(command(text))
        start = self.now
        got = self.read(limit)
        self.us = self.now - start
        assert got.startswith(ACK), "no ACK but " + got.hex()
        got = got[len(ACK) :]
        if not got:
            return None
        return "error" if got == ERROR else payload(got).hex()

    def apdu(self, text, tg=1):
        """Send an APDU by InDataExchange; return status and answer as hex."""
        answer = self.ask("40%02x" % tg + text.replace(" ", ""))
        assert answer.startswith("41"), answer
        return answer[2:]

    def thru(self, text):
        """Send a frame by InCommunicateThru; return status and answer as hex."""
        answer = self.ask("42" + text.replace(" ", ""))
        assert answer.startswith("43"), answer
        return answer[2:]

    def field_off(self, us=6_000):
        """Switch the field off for a time; the next command that needs it switches it on again."""
        assert self.ask("32 01 00") == "33"
        self.wait(us)

    def _until(self, end):
        got = b""
        while True:
            due = self.line.next_due()
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            got += self.line.take(self.now)
        self.now = end
        return got + self.line.take(end)


def host_with(name, **options):
    """Return a host with the cards of a name on it, and few retries."""
    host = Host(*cards.make(name), **options)
    assert host.ask("32 05 FF 01 02") == "33"
    return host


def activated(name):
    """Return a host that has just found the one Type B card of a name."""
    host = host_with(name)
    assert host.ask(FIND_B).startswith("4b0101")
    return host

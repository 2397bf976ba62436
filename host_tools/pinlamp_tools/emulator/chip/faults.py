"""Faults by name, each at any byte of an exchange, on every link.

    faults = Faults()
    chip = Chip(field, faults)
    faults.arm("checksum", at_byte=20, when=lambda command: command[0] == 0x40)

An exchange is a command's frame, its ACK and its answer; its bytes count in that order, from 0. A
fault strikes the next exchange that `when` accepts, once or `times` times, and is over. Without
`at_byte` it strikes where it does most harm: mostly in the answer, and at lost_byte the last 00 of
the command. Catalogue and names follow
go-pn532's simulator (docs/pn532.md).

Corruption always breaks a checksum or the frame's beginning. The protocol cannot detect damage
that keeps the sums right, so `same_sums` and `lost_byte` are faults of their own.
"""

from .frames import ACK, ERROR, NACK, Parser
from .frames import frame as framed

# name, links on which it is possible, what happens
FAULTS = (
    ("checksum", "hsu i2c spi", "a byte is damaged and the checksum does not fit"),
    ("length_checksum", "hsu i2c spi", "a length is damaged and its checksum does not fit"),
    ("dropped_ack", "hsu i2c spi", "no ACK, but an answer"),
    ("late_ack", "hsu i2c spi", "ACK and answer come after the host has given up"),
    ("garbage_before_ack", "hsu i2c spi", "rubbish before the ACK"),
    ("zombie", "hsu i2c spi", "ACK, then nothing"),
    ("truncation", "hsu i2c spi", "a frame breaks off"),
    ("fragmentation", "hsu i2c spi", "a pause in the middle of a frame"),
    ("stale_answer", "hsu i2c spi", "the answer of an aborted command comes with a later one"),
    ("error_frame", "hsu i2c spi", "the chip sends its error frame for an answer"),
    ("nack", "hsu i2c spi", "the chip sends a NACK for an ACK and does nothing"),
    ("lost_byte", "hsu", "a byte gets lost; if it is 00, the sums fit all the same"),
    ("wrong_speed", "hsu", "the chip goes on at another speed"),
    ("stuck_low", "i2c", "the chip is left in the middle of a byte and holds SDA low"),
    ("scl_low", "i2c", "something holds SCL low for a while"),
    ("no_device", "i2c", "the chip does not acknowledge its address"),
    ("chip_reset", "hsu i2c spi", "the chip loses power for a moment"),
    ("forgets", "hsu i2c spi", "the chip loses its settings, and stays awake"),
    ("nad", "hsu i2c spi", "a NAD comes with a card's answer"),
    ("empty_part", "hsu i2c spi", "an empty part for a card's answer, and more to come"),
    ("card_gone", "hsu i2c spi", "the card leaves at a byte on the air"),
    ("same_sums", "hsu i2c spi", "two bytes are damaged and the sums fit all the same"),
)
NAMES = tuple([fault[0] for fault in FAULTS])

STALE_US = 1_000
LATE_US = 150_000  # hosts wait 15 ms for an ACK, or a little more for slow adapters
PAUSE_US = 20_000
LOW_US = 400_000
GARBAGE = (
    b"\x5a\x00\xff\xff\xff\x00\x12\xff\x00\xff\x00\x00\xff\x08\xff\xd5\x41\x00\x00\xff\x03\xfd"
)


class Faults:
    """The faults armed on the link of one chip.

    `struck` counts the faults that happened; `sizes` are the bytes of command and answer in
    the last exchange that `when` accepted.
    """

    def __init__(self) -> None:
        """Begin without a fault."""
        self.struck = 0
        self.sizes = (0, 0)
        self.disarm()

    def disarm(self) -> None:
        """Disarm every fault, and end one that is striking."""
        self._name = None
        self._times = 0
        self._live = False  # a fault is striking an exchange
        self._size = 0  # bytes of the host's last transfer
        self._transfers = 0  # since then
        self._stale = None  # an answer that was held back
        self._code = 0  # of its command
        self._due = False  # it comes with the running command's answer

    def arm(
        self, name: str, at_byte=None, when=None, times: int = 1, mask: int = 0x40, us=None
    ) -> None:
        """Let `name` strike `times` exchanges whose command `when(command)` accepts.

        `at_byte`: see the module's text. For garbage_before_ack: the bytes of rubbish less one.
        For stale_answer: the answer comes before this byte of the next exchange of the same
        command or of Diagnose (None: with the abort). For card_gone: the byte on the air. `mask`:
        the bits that corruption flips. `us`: a delay, a pause, or how long a line stays low.
        Raises ValueError for an unknown name.
        """
        if name not in NAMES:
            raise ValueError("no fault is called %s" % name)
        self.disarm()
        self._name = name
        self._at = at_byte
        self._when = when
        self._times = times
        self._mask = mask
        self._us = us

    # The links' questions. A piece is (pause in µs before it, bytes, action after it).

    def incoming(self, chip, data: bytes) -> list:
        """Return what the chip hears of `data` as pieces; the host sends `data` in one go."""
        whole = [(0, data, None)]
        item = command_of(data)
        if item is None or item is NACK:
            return whole
        self._size = len(data)
        if item is ACK:
            self._live = False
            if self._stale is not None and self._at is None:
                chip.say(self._stale, chip.field.now_us + STALE_US)
                self._stale = None
            return whole
        # The old answer waits for a command whose answer it could seem to be, or for Diagnose,
        # by which the host proves that no old answer is left.
        self._due = bool(item) and item[0] in (_DIAGNOSE, self._code)
        self._live = self._fits(item)
        if not self._live:
            return whole
        if self._name == "card_gone":
            chip.field.lift_at_byte(self._at or 0)
            self._hit()
        elif self._name == "nack":
            chip.say(NACK, chip.field.now_us + STALE_US)
            self._hit()
            return []
        return self._cut(data, data.find(b"\x00\xff") + 2, 0, False)

    def outgoing(self, frame: bytes, at_us: int) -> list:
        """Return (start time, pieces) for each frame that goes out in the place of `frame`."""
        if not self._live:
            frames = [(at_us, [(0, frame, None)])]
            if self._stale is not None and self._due and frame == ACK:
                stale, self._stale = self._stale, None
                behind = self._at is not None and self._at >= self._size
                frames.insert(1 if behind else 0, (at_us, [(0, stale, None)]))
            return frames
        if frame == ACK:
            return self._ack(frame, at_us)
        self.sizes = (self._size, len(frame))
        if self._name == "zombie":
            self._hit()
            return []
        if self._name == "stale_answer":
            self._hit()
            self._stale = frame
            self._code = frame[6] - 1
            return []
        if self._name == "error_frame":
            self._hit()
            frame = ERROR
        elif self._name in ("nad", "empty_part"):
            frame = self._odd(frame)
        return [(at_us, self._cut(frame, 3, self._size + len(ACK), True))]

    def refuses(self, data=None) -> bool:
        """Tell whether nobody acknowledges an I2C transfer's address; `data`: the bytes to send.

        `at_byte` is here the number of the transfer; the command's is 0.
        """
        if self._name != "no_device" or not self._times:
            return False
        item = None if data is None else command_of(data)
        if item is not None:
            self._live = item is not ACK and item is not NACK and self._fits(item)
            self._transfers = 0
        if not self._live:
            return False
        self._transfers += 1
        if self._transfers <= (self._at or 0):
            return False
        self._hit()
        return True

    @property
    def low_us(self) -> int:
        """How long scl_low holds the line, in µs."""
        return self._us or LOW_US

    def _odd(self, frame):
        body = frame[9 if frame[3:5] == b"\xff\xff" else 6 : -2]
        if body[0] != _TO_A_CARD + 1:
            return frame
        self._hit()
        if self._name == "nad":
            return framed(body[:1] + bytes((body[1] | _NAD, 0x00)) + body[2:])
        return framed(body[:1] + bytes((_MORE,)))

    def _fits(self, command):
        return self._times > 0 and (self._when is None or bool(self._when(command)))

    def _hit(self):
        self.struck += 1
        self._times -= 1
        self._live = self._times > 0

    def _ack(self, frame, at_us):
        if self._name == "dropped_ack":
            self._hit()
            return []
        if self._name == "late_ack":
            self._hit()
            at_us += self._us or LATE_US
        elif self._name == "garbage_before_ack":
            self._hit()
            size = len(GARBAGE) if self._at is None else 1 + self._at % len(GARBAGE)
            frame = GARBAGE[:size] + frame
        return [(at_us, self._cut(frame, 3, self._size, False))]

    def _cut(self, frame, head, start, answer):
        """Return `frame` as pieces, with the fault in them if its turn has come.

        `head` is the index of its length, `start` the number of its first byte in the exchange.
        """
        name = self._name
        if self._at is not None:
            at = self._at - start
        elif name == "lost_byte":
            at = -1 if answer else frame.rfind(b"\x00", head + 2, len(frame) - 2)
        elif not answer:
            at = -1
        elif name == "checksum":
            at = len(frame) - 2
        elif name == "length_checksum":
            at = head + 1
        else:
            at = len(frame) // 2
        if not 0 <= at < len(frame):
            return [(0, frame, None)]
        pieces = None
        if name == "checksum":
            pieces = [(0, _damaged(frame, at, self._mask, head), None)]
        elif name == "length_checksum":
            if head <= at < head + (5 if frame[head : head + 2] == b"\xff\xff" else 2):
                pieces = [(0, _damaged(frame, at, self._mask, head), None)]
        elif name == "same_sums":
            if answer and head + 4 <= at < len(frame) - 2:
                raised = (frame[at] + self._mask) & 0xFF
                lowered = (frame[at + 1] - self._mask) & 0xFF
                body = frame[:at] + bytes((raised, lowered)) + frame[at + 2 :]
                pieces = [(0, body, None)]
        elif name == "lost_byte":
            pieces = [(0, frame[:at] + frame[at + 1 :], None)]
        elif name == "truncation":
            pieces = [(0, frame[:at], None)]
        elif name == "fragmentation":
            pieces = [(0, frame[:at], None), (self._us or PAUSE_US, frame[at:], None)]
        elif name in _ACTIONS:
            pieces = [(0, frame[:at], _ACTIONS[name]), (0, frame[at:], None)]
        if pieces is None:
            return [(0, frame, None)]
        self._hit()
        return pieces


_DIAGNOSE = 0x00
_TO_A_CARD = 0x40
_NAD, _MORE = 0x80, 0x40  # bits of its status
_ACTIONS = {
    "chip_reset": "reset",
    "forgets": "forget",
    "wrong_speed": "speed",
    "stuck_low": "stuck",
    "scl_low": "scl",
}


def _damaged(frame, at, mask, head):
    for turned in (mask, mask ^ 0x06):
        damaged = frame[:at] + bytes((frame[at] ^ turned,)) + frame[at + 1 :]
        # One wrong bit turns an ACK's 00 FF into 01 FF, a length whose checksum fits.
        if at not in (head, head + 1) or sum(damaged[head : head + 2]) & 0xFF:
            break
    return damaged


def command_of(data):
    """Return the ACK, the NACK or the command's bytes in the host's `data`, or None."""
    parser = Parser()
    found = None
    for byte in data:
        item = parser.feed(byte)
        if item is not None:
            found = item
    return found

"""Faults of an RC-S660/S by name, each at any byte of an exchange.

    faults = Faults()
    module = Module(field, faults)
    faults.arm("checksum", at_byte=20, when=lambda command: command[3] == 0x01)

An exchange is a command's frame, its ACK and its answer; its bytes count in that order, from 0. A
fault strikes the next exchange that `when` accepts, once or `times` times, and is over. Without
`at_byte` it strikes where it does most harm: mostly in the answer, and at lost_byte the last 00 of
the command. Corruption always breaks a checksum or the frame's beginning, but for lost_byte.
"""

from .frames import ACK, frame, item_of
from .objects import FAILED, HEAD, MORE_TIME, REQUEST, answer, ended, with_long_length

# name, what happens
FAULTS = (
    ("checksum", "a byte is damaged and the checksum does not fit"),
    ("truncation", "a frame breaks off"),
    ("fragmentation", "a pause in the middle of a frame"),
    ("dropped_ack", "no ACK, but an answer"),
    ("late_ack", "ACK and answer come after the host has given up"),
    ("garbage_before_ack", "rubbish before the ACK"),
    ("zombie", "ACK, then nothing"),
    ("stale_sequence", "an answer with an old sequence number comes first"),
    ("time_extension", "the module asks for more time first"),
    ("slot_busy", "the module is busy and does not run the command"),
    ("owned_session", "69 8A: another session owns the module"),
    ("disturbed", "the module's own 63 00 inside, for an answer"),
    ("refused", "the module's own 63 01 outside, for an answer"),
    ("lost_byte", "a byte gets lost; if it is 00, the sums fit all the same"),
    ("ber_81", "the length of a card's answer in two bytes"),
    ("ber_82", "the length of a card's answer in three bytes"),
    ("wtx", "the card asks for more time before each answer"),
    ("chaining", "commands and answers travel in many blocks"),
    ("card_gone", "the card leaves at a byte on the air"),
    ("freeze", "the module hears nothing any more but a reset"),
    ("chip_reset", "the chip loses power for a moment"),
)
NAMES = tuple([fault[0] for fault in FAULTS])

LATE_US = 150_000
PAUSE_US = 20_000
EXTENSION_US = 100_000
WTXM = 3
SMALLEST_FSDI = 0  # 16 bytes of a frame on the air; from the next activation on
GARBAGE = b"\x5a\x00\xff\xff\xff\x00\x12\xff\x00\xff\x00\x00\xff\x00\x0c\xf4\x83\x02\x00\x00"
STALE = bytes.fromhex("c00300900092010096020000970263c19000")
_BUSY, _OWNED, _DISTURBED, _REFUSED = 0xE0, 0x698A, 0x6300, b"\x63\x01"


class Faults:
    """The faults armed on the line of one module.

    `struck` counts the faults that happened; `sizes` are the bytes of command and answer in the
    last exchange that `when` accepted.
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
        self._size = 0  # bytes of the host's command

    def arm(
        self, name: str, at_byte=None, when=None, times: int = 1, mask: int = 0x40, us=None
    ) -> None:
        """Let `name` strike `times` exchanges whose command `when(command)` accepts.

        The command is the message less its head. `at_byte`: see the module's text; for
        garbage_before_ack: the bytes of rubbish less one; for card_gone: the byte on the air.
        `mask`: the bits that corruption flips. `us`: a delay or a pause. Raises ValueError for an
        unknown name.
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

    # The line's questions. A piece is (pause in µs before it, bytes, action after it).

    def incoming(self, module, data: bytes) -> list:
        """Return what the module hears of `data` as pieces; the host sends `data` in one go."""
        whole = [(0, data, None)]
        item = item_of(data)
        if item is None:
            return whole
        self._live = False
        if item is ACK or item[0] != REQUEST:
            return whole
        command = item[HEAD:]
        self._size = len(data)
        self._live = self._times > 0 and (self._when is None or bool(self._when(command)))
        if not self._live or module.frozen:
            return whole
        refused = self._refusal(item[6])
        if refused is not None:
            self._hit()
            now_us = module.field.now_us
            module.say(ACK, now_us + 300)
            module.say(frame(refused), now_us + 2_000)
            self._live = False
            return []
        if self._name == "card_gone":
            module.field.lift_at_byte(self._at or 0)
            self._hit()
        elif self._name == "wtx":
            for card in module.field.cards:
                card.ask_for_time(WTXM)
            self._hit()
        elif self._name == "chaining":
            module.commands.fsdi = SMALLEST_FSDI
            self._hit()
        return self._cut(data, 0, False)

    def outgoing(self, sent: bytes, at_us: int) -> list:
        """Return (start time, pieces) for each frame that goes out in the place of `sent`."""
        if not self._live:
            return [(at_us, [(0, sent, None)])]
        if sent == ACK:
            return self._ack(sent, at_us)
        self.sizes = (self._size, len(sent))
        message = sent[6:-2]
        before = []
        if self._name == "zombie":
            self._hit()
            return []
        if self._name == "stale_sequence":
            self._hit()
            old = frame(answer(message[6] - 1 & 0xFF, STALE))
            before.append((at_us, [(0, old, None)]))
        elif self._name == "time_extension":
            self._hit()
            more = frame(answer(message[6], b"", MORE_TIME))
            before.append((at_us, [(0, more, None)]))
            at_us += self._us or EXTENSION_US
        elif self._name in ("ber_81", "ber_82"):
            sent = self._with_long_length(message, sent)
        return before + [(at_us, self._cut(sent, self._size + len(ACK), True))]

    def _refusal(self, seq):
        """Return the message by which the module refuses to run a command, or None."""
        if self._name == "slot_busy":
            return answer(seq, b"", FAILED, _BUSY)
        if self._name == "owned_session":
            return answer(seq, ended(_OWNED, 1) + b"\x90\x00")
        if self._name == "disturbed":
            return answer(seq, ended(_DISTURBED, 2) + b"\x90\x00")
        if self._name == "refused":
            return answer(seq, _REFUSED)
        return None

    def _with_long_length(self, message, sent):
        more = b"\x81" if self._name == "ber_81" else b"\x82\x00"
        data = with_long_length(message[HEAD:], more)
        if len(data) == len(message) - HEAD:
            return sent
        self._hit()
        return frame(answer(message[6], data))

    def _hit(self):
        self.struck += 1
        self._times -= 1
        self._live = self._times > 0

    def _ack(self, sent, at_us):
        if self._name == "dropped_ack":
            self._hit()
            return []
        if self._name == "late_ack":
            self._hit()
            at_us += self._us or LATE_US
        elif self._name == "garbage_before_ack":
            self._hit()
            size = len(GARBAGE) if self._at is None else 1 + self._at % len(GARBAGE)
            sent = GARBAGE[:size] + sent
        return [(at_us, self._cut(sent, self._size, False))]

    def _cut(self, sent, start, is_answer):
        """Return `sent` as pieces, with the fault in them if its turn has come.

        `start`: the number of its first byte in the exchange.
        """
        name = self._name
        if self._at is not None:
            at = self._at - start
        elif name == "lost_byte":
            at = -1 if is_answer else sent.rfind(b"\x00", 0, len(sent) - 2)
        else:
            at = len(sent) // 2 if is_answer else -1
        pieces = None
        if 0 <= at < len(sent):
            if name == "checksum":
                damaged = sent[:at] + bytes((sent[at] ^ self._mask,)) + sent[at + 1 :]
                pieces = [(0, damaged, None)]
            elif name == "lost_byte":
                pieces = [(0, sent[:at] + sent[at + 1 :], None)]
            elif name == "truncation":
                pieces = [(0, sent[:at], None)]
            elif name == "fragmentation":
                pieces = [(0, sent[:at], None), (self._us or PAUSE_US, sent[at:], None)]
            elif name == "chip_reset":
                pieces = [(0, sent[:at], "reset"), (0, sent[at:], None)]
            elif name == "freeze":
                pieces = [(0, sent[:at], "freeze")]
        if pieces is None or not self._live:
            return [(0, sent, None)]
        self._hit()
        return pieces

"""Faults of a reader on USB by name, each at any byte or transfer of an exchange.

    faults = Faults()
    reader = RCS380(field, now_us, faults)
    faults.arm("checksum", at_byte=20, when=lambda command: command[0] == 0x04)

An exchange is a command, the ACK of an RC-S380, and the answer, whose bytes count from 0. A fault
strikes the next exchange that `when` accepts, once or `times` times, and is over.
"""

from .objects import FAILED, HEAD, MORE_TIME, answer, ended, received, with_long_length
from .usb import packets

# name, readers, what happens
FAULTS = (
    ("several_transfers", "rcs300 rcs380", "an answer comes in two transfers, with a pause"),
    ("short_reads", "rcs300 rcs380", "an answer comes in transfers of a few bytes"),
    ("stale_answer", "rcs300 rcs380", "the answer to an older command comes first"),
    ("time_extension", "rcs300", "the reader asks for more time first"),
    ("slot_busy", "rcs300", "the reader is busy and does not run the command"),
    ("owned_session", "rcs300", "69 8A: another program has the reader"),
    ("disturbed", "rcs300", "the reader's own 63 00 inside, for an answer"),
    ("refused", "rcs300", "the reader's own 63 01 outside, for an answer"),
    ("ber_81", "rcs300", "the length of a card's answer in two bytes"),
    ("ber_82", "rcs300", "the length of a card's answer in three bytes"),
    ("reception", "rcs300 rcs380", "what came from the card is reported as damaged"),
    ("status", "rcs380", "a command fails with a status of the reader"),
    ("long_atqb", "rcs380", "an ATQB of 13 bytes"),
    ("wtx", "rcs300 rcs380", "the card asks for more time before each answer"),
    ("chaining", "rcs300 rcs380", "answers travel in many blocks"),
    ("card_gone", "rcs300 rcs380", "the card leaves at a byte on the air"),
    ("unplugged", "rcs300 rcs380", "the reader is pulled out at a transfer, and comes back"),
    ("no_empty_out", "rcs300 rcs380", "the reader waits for the end of the command's transfer"),
    ("no_empty_in", "rcs300 rcs380", "the end of the answer's transfer comes with the next one"),
    ("truncation", "rcs300 rcs380", "an answer breaks off"),
    ("zombie", "rcs300 rcs380", "no answer"),
    ("late", "rcs300 rcs380", "everything comes after the host has given up"),
    ("checksum", "rcs380", "a byte of the answer is damaged and the sums do not fit"),
    ("dropped_ack", "rcs380", "no ACK, but an answer"),
    ("error_frame", "rcs380", "an error frame, for an ACK"),
)
NAMES = tuple([fault[0] for fault in FAULTS])

PAUSE_US = 5_000
LATE_US = 900_000
BACK_US = 500_000
EXTENSION_US = 100_000
WTXM = 3
FEW = 7  # bytes of a short read
ERROR = b"\x00\x00\xff\xff\xff"
ACK = b"\x00\x00\xff\x00\xff\x00"
COMM_RF = 0x04
STALE_300 = bytes.fromhex("c00300900092010096020000970263c19000")
STALE_380 = b"\xd7\x05\x00\x00\x00\x00\x08\x02\x63\xc1"
_BUSY, _OWNED, _DISTURBED, _REFUSED = 0xE0, 0x698A, 0x6300, b"\x63\x01"


def _frame(data):
    size = len(data).to_bytes(2, "little")
    return ERROR + size + bytes((-sum(size) & 0xFF,)) + data + bytes((-sum(data) & 0xFF, 0))


class Faults:
    """The faults armed on one reader.

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
        self._command = b""
        self._held = b""  # of an answer whose end has not come
        self._seen = 0  # transfers of the exchange

    def arm(
        self, name: str, at_byte=None, when=None, times: int = 1, mask: int = 0x04, us=None
    ) -> None:
        """Let `name` strike `times` exchanges whose command `when(command)` accepts.

        The command is what the reader runs: FF 50 …, or a Port-100's code and parameters.
        `at_byte`: a byte of the answer; for card_gone, one on the air; for unplugged, a transfer:
        0 the command, then the ACK of an RC-S380, then the answer. `mask`: bits of a damaged
        byte, of a reception, or a status. `us`: a delay or a pause. Raises ValueError for an
        unknown name.
        """
        if name not in NAMES:
            raise ValueError("no fault is called %s" % name)
        held = self._held
        self.disarm()
        self._held = held
        self._name = name
        self._at = at_byte
        self._when = when
        self._times = times
        self._mask = mask
        self._us = us

    def incoming(self, device, message: bytes) -> "bytes | None":
        """Return what the reader hears of a message, or None for nothing."""
        command = device.command_of(message)
        self._live = False
        if command is None:
            return message
        self._command = command
        self._seen = 0
        self._live = self._times > 0 and (self._when is None or bool(self._when(command)))
        if not self._live:
            return message
        name = self._name
        if name == "unplugged":
            return self._pulled(device, message)
        if name == "no_empty_out":
            self._hit()
            device.hold(message)
            return None
        refusal = self._refusal(message)
        if refusal is not None:
            self._hit()
            self._live = False
            device.say(refusal, device.field.now_us + 1_000)
            return None
        if name == "card_gone":
            device.field.lift_at_byte(self._at or 0)
            self._hit()
        elif name == "wtx":
            for card in device.field.cards:
                card.ask_for_time(WTXM)
            self._hit()
        elif name == "chaining":
            device.shorten()
            self._hit()
        return message

    def outgoing(self, device, message: bytes, at_us: int) -> list:
        """Return (time, packets) of each transfer that goes out in the place of `message`."""
        if self._held:
            message, self._held = self._held + message, b""
        if not self._live:
            return [(at_us, packets(message))]
        name, usb300 = self._name, message[0] == 0x83
        self._seen += 1
        if name == "unplugged":
            whole = self._pulled(device, message)
            return [(at_us, packets(whole))] if whole is not None else []
        if name in ("zombie", "late"):
            if self._seen == 1:  # the whole exchange counts once
                self.struck += 1
                self._times -= 1
            if name == "zombie":
                return []
            at_us += self._us or LATE_US
        if message == ACK:
            return self._ack(message, at_us)
        self.sizes = (len(self._command), len(message))
        sent = self._before(message, at_us, usb300)
        if name == "time_extension":
            at_us += self._us or EXTENSION_US
        message = self._changed(message, usb300)
        if message:
            sent += self._cut(message, at_us)
        return sent

    def _pulled(self, device, message):
        if self._seen != (self._at or 0):
            return message
        self._hit()
        self._live = False
        device.unplug(self._us or BACK_US)
        return None

    def _refusal(self, message):
        """Return the message by which an RC-S300 refuses to run a command, or None."""
        if self._name == "slot_busy":
            return answer(message[6], b"", FAILED, _BUSY)
        if self._name == "owned_session":
            return answer(message[6], ended(_OWNED, 1) + b"\x90\x00")
        if self._name == "disturbed":
            return answer(message[6], ended(_DISTURBED, 2) + b"\x90\x00")
        if self._name == "refused":
            return answer(message[6], _REFUSED)
        return None

    def _ack(self, message, at_us):
        if self._name in ("dropped_ack", "error_frame"):
            self._hit()
            return [] if self._name == "dropped_ack" else [(at_us, [ERROR])]
        sent = [(at_us, packets(message))]
        if self._name == "stale_answer":
            self._hit()
            sent.insert(0, (at_us, packets(_frame(STALE_380))))
        return sent

    def _before(self, message, at_us, usb300):
        """Return the transfers that an RC-S300 sends before its answer."""
        if not usb300 or self._name not in ("stale_answer", "time_extension"):
            return []
        self._hit()
        if self._name == "time_extension":
            return [(at_us, packets(answer(message[6], b"", MORE_TIME)))]
        return [(at_us, packets(answer(message[6] - 1 & 0xFF, STALE_300)))]

    def _changed(self, message, usb300):
        name = self._name
        changed = message
        if name in ("ber_81", "ber_82"):
            more = b"\x81" if name == "ber_81" else b"\x82\x00"
            changed = answer(message[6], with_long_length(message[HEAD:], more))
        elif name == "reception" and usb300 and message[22:23] == b"\x97":
            data = ended(0x9000) + received(b"", self._mask & 0x0F) + b"\x90\x00"
            changed = answer(message[6], data)
        elif name in ("reception", "status") and not usb300:
            carries = self._command[0] == COMM_RF
            if carries:
                changed = _frame(b"\xd7\x05" + self._mask.to_bytes(4, "little"))
            elif name == "status":
                changed = _frame(message[8:10] + bytes((self._mask & 0xFF,)))
        elif name == "long_atqb" and message[15:16] == b"\x50" and len(message) == 29:
            changed = _frame(message[8:-2] + b"\x40")
        elif name == "no_empty_in":
            self._held, changed = message, b""
        if changed != message:
            self._hit()
        return changed

    def _cut(self, message, at_us):
        """Return the transfers of an answer, with the fault in them."""
        name = self._name
        at = len(message) // 2 if self._at is None else self._at
        pause_us = self._us or PAUSE_US
        if name == "short_reads":
            self._hit()
            parts = [message[i : i + FEW] for i in range(0, len(message), FEW)]
            return [(at_us + i * (self._us or 0), [part]) for i, part in enumerate(parts)]
        if not self._live or not 0 < at < len(message):
            return [(at_us, packets(message))]
        if name == "several_transfers":
            self._hit()
            return [(at_us, packets(message[:at])), (at_us + pause_us, packets(message[at:]))]
        if name == "truncation":
            self._hit()
            return [(at_us, packets(message[:at]))]
        if name == "checksum":
            self._hit()
            damaged = message[:at] + bytes((message[at] ^ self._mask,)) + message[at + 1 :]
            return [(at_us, packets(damaged))]
        return [(at_us, packets(message))]

    def _hit(self):
        self.struck += 1
        self._times -= 1
        self._live = self._times > 0

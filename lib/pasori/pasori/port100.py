"""The frames, commands and statuses of Sony's Port-100 [W], the chip of an RC-S380. No I/O.

frame    00 00 FF FF FF LEN(LE16) LCS data DCS 00     bytes of LEN + LCS, data + DCS: 0 modulo 256
ACK      00 00 FF 00 FF 00                            from the reader: heard; from the host: stop
command  D6 code parameters      answer  D7 code+1 status …

There is nothing here that asks for the reader's number, or changes it for good.
"""

from .errors import ACTIVATE, GIVE_UP, REOPEN, CorruptError, PasoriError
from .usb import NO_MESSAGE, TOO_SHORT

ACK = b"\x00\x00\xff\x00\xff\x00"

SET_RF = 0x00
SET_PROTOCOL = 0x02
COMM_RF = 0x04
SWITCH_RF = 0x06
VERSION = 0x20
SET_COMMAND_TYPE = 0x2A

# What SET_PROTOCOL is told first, and then for Type B: guard time; SOF and EOF, sent and wanted
DEFAULTS = bytes.fromhex(
    "00180101020103000400050006000708080009000A000B000C000E040F001000110012001306"
)
# Kinds of card: (what SET_RF is told, what SET_PROTOCOL is told behind DEFAULTS)
B_106 = (b"\x03\x07\x0f\x07", b"\x00\x14\x09\x01\x0a\x01\x0b\x01\x0c\x01")
A_106 = (b"\x02\x03\x0f\x03", b"\x00\x06\x01\x00\x02\x00\x05\x01\x07\x07")  # short frame, no CRC
F_212 = (b"\x01\x01\x0f\x01", b"\x00\x18")

TIMEOUT = 0x80
DAMAGED = 0x8000001F  # protocol, parity, CRC, collision, overflow, length
_SET_FAILED = {0x01: GIVE_UP, 0x02: GIVE_UP, 0x07: REOPEN}

LONGEST = 300  # bytes of data [I]: 290 for a card [W], and a head
_HEAD = b"\x00\x00\xff\xff\xff"
_SHORTEST = 10
_WHOLE = 8  # valid bits of the last byte
_MOST_TIME = 0xFFFF  # in units of 0.1 ms


class Port100Error(PasoriError):
    """A command failed: `code`, and `status`, a number as the reader has it, of 8 or 32 bits."""

    def __init__(self, code: int, status: int) -> None:
        super().__init__("command %02X failed, status %X" % (code, status))
        self.code = code
        self.status = status
        self.advice = ACTIVATE if code == COMM_RF else _SET_FAILED.get(status, ACTIVATE)


def encode(buf: bytearray, code: int, *parts: "bytes | bytearray | memoryview") -> memoryview:
    """Put a command's frame into `buf`, and return it. ValueError if it is longer than that."""
    size = 2 + sum([len(part) for part in parts])
    if size + _SHORTEST > len(buf):
        raise ValueError("%d bytes are too long for the reader" % size)
    buf[:5] = _HEAD
    buf[5], buf[6] = size & 0xFF, size >> 8
    buf[7] = -(buf[5] + buf[6]) & 0xFF
    buf[8], buf[9] = 0xD6, code
    at = 10
    for part in parts:
        buf[at : at + len(part)] = part
        at += len(part)
    view = memoryview(buf)
    buf[at] = -sum(view[8:at]) & 0xFF
    buf[at + 1] = 0
    return view[: at + 2]


def size_of(begun: memoryview) -> int:
    """Return how long the frame is that begins so, TOO_SHORT, or NO_MESSAGE."""
    size = len(begun)
    if bytes(begun[: min(size, len(ACK))]) == ACK[:size]:
        return len(ACK) if size >= len(ACK) else TOO_SHORT
    if bytes(begun[: min(size, len(_HEAD))]) != _HEAD[:size]:
        return NO_MESSAGE
    if size < _SHORTEST - 2:
        return TOO_SHORT
    if (begun[5] + begun[6] + begun[7]) & 0xFF:
        return NO_MESSAGE
    return (begun[5] | begun[6] << 8) + _SHORTEST


def is_ack(frame: memoryview) -> bool:
    """Tell whether a frame is an ACK."""
    return len(frame) == len(ACK)


def answer(frame: memoryview, code: int) -> "memoryview | None":
    """Return what is behind D7 and the code in an answer's frame; None for another's answer.

    Raises CorruptError for what is none.
    """
    size = len(frame)
    if size < _SHORTEST + 3 or sum(frame[8 : size - 1]) & 0xFF or frame[size - 1]:
        raise CorruptError(size)
    if frame[8] != 0xD7:
        raise CorruptError(size)
    return frame[10 : size - 2] if frame[9] == code + 1 else None


def time(us: int) -> bytes:
    """Return a time-out of at least `us` as COMM_RF wants it."""
    units = min((-(-us // 1000) + 1) * 10, _MOST_TIME)
    return bytes((units & 0xFF, units >> 8))


def done(data: memoryview, code: int) -> None:
    """Check the answer to a SET_… or SWITCH_RF. Raises Port100Error, CorruptError."""
    if len(data) != 1:
        raise CorruptError(len(data))
    if data[0]:
        raise Port100Error(code, data[0])


def received(data: memoryview) -> memoryview:
    """Return what came from the card, a part of COMM_RF's answer. Port100Error, CorruptError."""
    if len(data) < 4:
        raise CorruptError(len(data))
    status = data[0] | data[1] << 8 | data[2] << 16 | data[3] << 24
    if status:
        raise Port100Error(COMM_RF, status)
    if len(data) < 6 or data[4] != _WHOLE:
        raise CorruptError(len(data))
    return data[5:]

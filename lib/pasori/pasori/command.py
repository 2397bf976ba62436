"""Commands to the reader itself: those of PC/SC part 3, with Sony's numbers [W]. No I/O.

FF INS 00 P2 Lc objects 00                 INS C2 in RC-S660/S on a UART, 50 in RC-S300 over USB
FF INS 00 P2 00 hh ll objects 00 00 00     what carries something to a card over USB
FF 56 00 00                                firmware version
FF 55 00 00                                reset (RC-S660/S)

There is no FF CA and no FF 5F here, which would tell a card's or the reader's number, and no FF 5C
and FF 5D, which change the reader for good.
"""

from .message import HEAD
from .tlv import FLAGS, SWITCH, TIMER, TRANSCEIVE, read, tlv

_INS_UART = 0xC2
_INS_USB = 0x50
_SESSION, _EXCHANGE, _PROTOCOL = 0, 1, 2  # P2

VERSION = b"\xff\x56\x00\x00"
RESET = b"\xff\x55\x00\x00"

START, END, FIELD_OFF, FIELD_ON = 0x81, 0x82, 0x83, 0x84

CID = 2  # over USB
_PARAMETERS = b"\xff\x6e\x03\x01\x01\x08\xff\x6e\x03\x08\x01\x02"  # FSDI 8: 256 bytes; CID 2

# What SWITCH is told: kind of card, and up to which layer. A and F: layer 3, where every such card
# can be found [I].
TYPE_A = b"\x00\x03"
TYPE_B = b"\x01\x04"
TYPE_F = b"\x03\x03"

_LONGEST = 290  # bytes of data objects, over USB [S]


def manage(usb: bool, what: int) -> bytes:
    """Return the command for START, END, FIELD_OFF or FIELD_ON."""
    return _short(usb, _SESSION, tlv(what, b""))


def switch_to(usb: bool, kind: bytes) -> bytes:
    """Return the command that finds a card of TYPE_A, TYPE_B or TYPE_F, and activates it."""
    parameters = _PARAMETERS if usb and kind == TYPE_B else b""
    return _short(usb, _PROTOCOL, parameters + tlv(SWITCH, kind))


def set_flags(usb: bool, flags: int) -> bytes:
    """Return the command that sets the flags of an exchange (PC/SC part 3)."""
    return _short(usb, _EXCHANGE, tlv(FLAGS, bytes((flags >> 8, flags & 0xFF))))


def carry(usb: bool, data: bytes, timeout_us: int) -> bytes:
    """Return the command that sends `data` to the card, and waits for its answer.

    Raises ValueError for data that is too long, or a time that does not fit into 32 bits.
    """
    if not 0 < timeout_us <= 0xFFFFFFFF:
        raise ValueError("a time that the reader has not: %d us" % timeout_us)
    timer = bytes([timeout_us >> shift & 0xFF for shift in (0, 8, 16, 24)])
    objects = tlv(TIMER, timer) + tlv(TRANSCEIVE, data, usb)
    if not usb:
        return _short(usb, _EXCHANGE, objects)
    size = len(objects)
    if size > _LONGEST:
        raise ValueError("%d bytes are too long for the reader" % len(data))
    # A Le of two bytes is refused: 6700 [H].
    return (
        bytes((0xFF, _INS_USB, 0x00, _EXCHANGE, 0x00, size >> 8, size & 0xFF)) + objects + bytes(3)
    )


def _short(usb: bool, p2: int, objects: bytes) -> bytes:
    ins = _INS_USB if usb else _INS_UART
    return bytes((0xFF, ins, 0x00, p2, len(objects))) + objects + bytes(1)


def carried(message: bytes) -> bytes:
    """Return what a message has for the card, by its own bytes: what tag 95 and its length say.

    Raises AssertionError if more than Le follows behind the data objects.
    """
    size, start, le = message[HEAD + 4], HEAD + 5, 1
    if not size:
        size, start, le = message[HEAD + 5] << 8 | message[HEAD + 6], HEAD + 7, 3
    end = start + size
    if message[end:] != bytes(le):
        raise AssertionError("more than Le behind the data objects")
    return bytes(read(memoryview(message)[start:end])[TRANSCEIVE])

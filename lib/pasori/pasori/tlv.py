"""The data objects inside commands and answers (PC/SC part 3, and Sony's own). No I/O.

to the reader    5F46 04 t(LE32)     timer, µs
                 90 02 b0 b1         flags: how much of the protocol the reader does
                 95 LL data          exchange with the card; over USB 95 82 hh ll data
                 8F 02 tt ll         switch to a kind of card, up to a layer
                 81, 82, 83, 84 00   start and end of a session, field off and on
from the reader  C0 03 nn SW1 SW2    how it went; nn: which data object failed
                 92 01 bits          valid bits of the last byte from the card, 0: all
                 96 02 e0 e1         e0: 01 CRC, 02 collision, 04 parity, 08 framing
                 97 L data           what came from the card; L in BER: LL, 81 LL or 82 hh ll
                 5F51 LL ATR         of a card that was activated
"""

from .errors import CorruptError, InnerStatusError, ReceptionError

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    Objects = dict[int, memoryview]

TIMER = 0x5F46
FLAGS = 0x90
TRANSCEIVE = 0x95
SWITCH = 0x8F

ATR = 0x5F51
_STATUS = 0xC0
_LAST_BITS = 0x92
_RECEPTION = 0x96
_RECEIVED = 0x97

_OK = 0x9000


def tlv(tag: int, value: bytes, wide: bool = False) -> bytes:
    """Return a data object. `wide`: with a length of 82 hh ll.

    Raises ValueError for more than 127 bytes, if not `wide`.
    """
    size = len(value)
    if size > (0xFFFF if wide else 0x7F):
        raise ValueError("%d bytes are too long for a data object" % size)
    head = bytes((tag,) if tag < 0x100 else (tag >> 8, tag & 0xFF))
    return head + (bytes((0x82, size >> 8, size & 0xFF)) if wide else bytes((size,))) + value


def read(data: memoryview) -> "Objects":
    """Return {tag: value} of data objects that fill `data`.

    Raises CorruptError unless they do, each tag once, with lengths as BER has them.
    """
    found: "Objects" = {}
    at, end = 0, len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag & 0x1F == 0x1F:  # its number is in the next byte
            tag = tag << 8 | (data[at] if at < end else 0x80)
            if tag & 0x80:
                raise CorruptError(end)
            at += 1
        size, bytes_of_size = data[at] if at < end else 0x80, 0
        if size & 0x80:
            bytes_of_size = size & 0x7F
            if not 1 <= bytes_of_size <= 2 or at + bytes_of_size >= end:
                raise CorruptError(end)
            size = data[at + 1]
            if bytes_of_size == 2:
                size = size << 8 | data[at + 2]
        at += 1 + bytes_of_size
        if at + size > end or tag in found:
            raise CorruptError(end)
        found[tag] = data[at : at + size]
        at += size
    return found


def succeeded(data: memoryview) -> "Objects":
    """Return the data objects of an answer whose C0 says 9000.

    Raises InnerStatusError if C0 says something else, and CorruptError.
    """
    found = read(data)
    status = found.get(_STATUS)
    if status is None or len(status) != 3:
        raise CorruptError(len(data))
    inner_sw = status[1] << 8 | status[2]
    if inner_sw != _OK:
        raise InnerStatusError(inner_sw)
    return found


def received(data: memoryview) -> memoryview:
    """Return what came from the card: tag 97 of an answer whose C0 says 9000, whole and intact.

    It is a part of `data`: nothing of it is copied.
    There is no other way to a card's answer. Raises InnerStatusError, ReceptionError and
    CorruptError.
    """
    found = succeeded(data)
    reception = found.get(_RECEPTION)
    last_bits = found.get(_LAST_BITS)
    if reception is not None and (len(reception) != 2 or reception[0]):
        raise ReceptionError(reception[0] if reception else 0)
    if last_bits is not None and bytes(last_bits) != b"\x00":
        raise ReceptionError(0)
    if _RECEIVED not in found:
        raise CorruptError(len(data))
    return found[_RECEIVED]

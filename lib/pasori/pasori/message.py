"""Messages between host and reader, as of CCID's Escape and Abort [W]. No I/O.

request  6B len(LE32) 00 seq 00 00 00 data
answer   83 len(LE32) 00 seq bStatus bError 00 data     the last two bytes of data: the outer SW
abort    72 00000000  00 seq 00 00 00
unknown  80 …                                           the reader does not know the message

bStatus, bits 7–6: 0 done, 1 failed (bError says why), 2 the reader wants more time.
"""

from .errors import BusyError, CorruptError, OuterStatusError, SlotError

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    Bytes = bytes | bytearray | memoryview

_REQUEST = 0x6B
_ABORT = 0x72
UNKNOWN = 0x80
ANSWER = 0x83
HEAD = 10  # bytes before the data

_DONE, _FAILED, _MORE_TIME = 0, 1, 2
_SLOT_BUSY = 0xE0
_OK = 0x9000


def request(seq: int, data: bytes) -> bytes:
    """Return the message that carries a command to the reader."""
    return _message(_REQUEST, seq, data)


def abort(seq: int) -> bytes:
    """Return the message that aborts what the reader is doing."""
    return _message(_ABORT, seq, b"")


def _message(kind: int, seq: int, data: bytes) -> bytes:
    head = bytearray(HEAD)
    head[0] = kind
    head[1] = len(data) & 0xFF
    head[2] = len(data) >> 8
    head[6] = seq
    return bytes(head) + data


def body(message: "Bytes", seq: int) -> "memoryview | None":
    """Return what the reader's answer to request `seq` says, less its outer SW, which is 9000.

    None: read on, because this answers another request, or the reader wants more time. Raises
    BusyError, SlotError, OuterStatusError and CorruptError.
    """
    view = memoryview(message)
    if len(view) < HEAD:
        raise CorruptError(len(view))
    if view[6] != seq:
        return None
    if view[0] not in (ANSWER, UNKNOWN) or view[5] or _size(view) != len(view) - HEAD:
        raise CorruptError(len(view))
    status, error = view[7] >> 6, view[8]
    if status == _MORE_TIME:
        return None
    if status == _FAILED and error == _SLOT_BUSY:
        raise BusyError()
    if status == _FAILED or view[0] == UNKNOWN:
        raise SlotError(error)
    if status != _DONE or len(view) < HEAD + 2:
        raise CorruptError(len(view))
    outer_sw = view[-2] << 8 | view[-1]
    if outer_sw != _OK:
        raise OuterStatusError(outer_sw)
    return view[HEAD : len(view) - 2]


def _size(view: memoryview) -> int:
    return view[1] | view[2] << 8 | view[3] << 16 | view[4] << 24

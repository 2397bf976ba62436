"""Data objects and messages as the module reads and writes them (PC/SC part 3, CCID) [W].

This is the module's own idea of them, and not the library's: two that agree prove more than one.
"""

HEAD = 10
REQUEST, ABORT, ANSWER, UNKNOWN = 0x6B, 0x72, 0x83, 0x80
FAILED = 0x40  # bits 7 and 6 of bStatus
MORE_TIME = 0x80
_RECEIVED_AT = 12  # tag 97, behind C0, 92 and 96
STATUS = 0x02  # bits 1 and 0, even of a success [W]


def answer(seq: int, data: bytes, status: int = 0, error: int = 0, kind: int = ANSWER) -> bytes:
    """Return a message from the module; `data` ends with the outer SW."""
    size = len(data)
    return bytes((kind, size & 0xFF, size >> 8, 0, 0, 0, seq, status | STATUS, error, 0)) + data


def ended(sw: int, object_number: int = 0) -> bytes:
    """Return C0: how a command went; `object_number`: the data object that failed."""
    return bytes((0xC0, 0x03, object_number, sw >> 8, sw & 0xFF))


def received(data: bytes, damage: int = 0) -> bytes:
    """Return 92, 96 and 97: what came from the card. `damage`: bits of 96."""
    size = len(data)
    if size < 0x80:
        length = bytes((size,))
    elif size < 0x100:
        length = bytes((0x81, size))
    else:
        length = bytes((0x82, size >> 8, size & 0xFF))
    return b"\x92\x01\x00\x96\x02" + bytes((damage, 0)) + b"\x97" + length + data


def with_long_length(data: bytes, more: bytes) -> bytes:
    """Return an answer's data with the length of its tag 97 in more bytes: 81 LL, 82 00 LL."""
    at = data.find(b"\x97")
    if at != _RECEIVED_AT or data[at + 1] >= 0x80:
        return data
    return data[: at + 1] + more + data[at + 1 :]


def objects(data: bytes) -> list:
    """Return [(tag, value)] of a command's data objects; ValueError if they do not fill `data`."""
    found = []
    at = 0
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 0x1F == 0x1F:
            tag = tag << 8 | _byte(data, at)
            at += 1
        size = _byte(data, at)
        at += 1
        if size in (0x81, 0x82):
            count = size & 0x7F
            _byte(data, at + count - 1)
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + size > len(data):
            raise ValueError("a data object is cut short")
        found.append((tag, data[at : at + size]))
        at += size
    return found


def _byte(data, at):
    if at >= len(data):
        raise ValueError("a data object is cut short")
    return data[at]

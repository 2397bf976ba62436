"""The module's side of the UART's frames [W]: it parses the host's and builds its own.

message   00 00 FF LENh LENl LCS message DCS 00
ACK       00 00 FF 00 00 FF 00

A frame with wrong sums is dropped silently: the host sees no ACK [I].
"""

ACK = b"\x00\x00\xff\x00\x00\xff\x00"
LONGEST = 277  # bytes of a message [W]


def frame(message: bytes) -> bytes:
    """Return the frame of a message."""
    high, low = len(message) >> 8, len(message) & 0xFF
    head = bytes((0x00, 0x00, 0xFF, high, low, -(high + low) & 0xFF))
    return head + message + bytes((-sum(message) & 0xFF, 0x00))


class Parser:
    """Builds frames from the host's bytes, one byte at a time."""

    def __init__(self) -> None:
        """Begin between two frames."""
        self._before = 0xFF  # the byte before the next one
        self._head = None  # bytes after 00 FF, until the length is known
        self._body = None  # bytes after the length
        self._size = 0

    def feed(self, byte: int):
        """Take one byte; return the frame that it completes, or None.

        An ACK comes back as that very object, a message as its bytes.
        """
        if self._body is not None:
            self._body.append(byte)
            return self._whole() if len(self._body) > self._size else None
        if self._head is not None:
            self._head.append(byte)
            return self._header() if len(self._head) == 3 else None
        if self._before == 0x00 and byte == 0xFF:
            self._head = bytearray()
        self._before = byte
        return None

    def _header(self):
        head, self._head = self._head, None
        self._before = head[-1]
        if bytes(head) == ACK[3:6]:
            return ACK
        size = head[0] << 8 | head[1]
        if not sum(head) & 0xFF and 0 < size <= LONGEST:
            self._size = size
            self._body = bytearray()
        return None

    def _whole(self):
        body, self._body = self._body, None
        self._before = body[-1]
        return None if sum(body) & 0xFF else bytes(body[:-1])


def item_of(data: bytes):
    """Return the ACK or the message in what the host sends in one go, or None."""
    parser = Parser()
    found = None
    for byte in data:
        item = parser.feed(byte)
        if item is not None:
            found = item
    return found

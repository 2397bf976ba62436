"""The chip's side of the host frames: it parses the host's frames and builds its own.

Formats by docs/pn532.md: normal `00 00 FF LEN LCS TFI PD… DCS 00`, extended `00 00 FF FF FF LENm
LENl LCS TFI PD… DCS 00`, ACK, NACK, error frame. The chip silently drops all other bytes and
searches on for `00 FF`, so any number of leading 00 is legal. It also silently drops a frame with
wrong sums: the host sees no ACK [I].
"""

ACK = b"\x00\x00\xff\x00\xff\x00"
NACK = b"\x00\x00\xff\xff\x00\x00"
ERROR = b"\x00\x00\xff\x01\xff\x7f\x81\x00"  # "syntax error"

HOST = 0xD4
CHIP = 0xD5
LONGEST = 265  # TFI and 264 bytes


def frame(payload: bytes) -> bytes:
    """Return the chip's frame for `payload` (bytes after TFI), extended from 255 bytes on."""
    size = len(payload) + 1
    if size <= 0xFF:
        head = bytes((size, -size & 0xFF))
    else:
        head = bytes((0xFF, 0xFF, size >> 8, size & 0xFF, -((size >> 8) + size) & 0xFF))
    check = -(CHIP + sum(payload)) & 0xFF
    return b"\x00\x00\xff" + head + bytes((CHIP,)) + payload + bytes((check, 0x00))


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

        ACK and NACK come back as these very objects, any other frame as its bytes after TFI (which
        may be none). A frame with another TFI than the host's gives None.
        """
        if self._body is not None:
            self._body.append(byte)
            return self._whole() if len(self._body) > self._size else None
        if self._head is not None:
            self._head.append(byte)
            return self._header()
        if self._before == 0x00 and byte == 0xFF:
            self._head = bytearray()
        self._before = byte
        return None

    def _header(self):
        head = self._head
        if len(head) < 2:
            return None
        if head[0] == 0xFF and head[1] == 0xFF:
            if len(head) < 5:
                return None
            size = head[2] << 8 | head[3]
            good = not sum(head[2:5]) & 0xFF and size <= LONGEST
        else:
            size = head[0]
            good = not sum(head) & 0xFF
        self._head = None
        self._before = head[-1]
        if bytes(head) == b"\x00\xff":
            return ACK
        if bytes(head) == b"\xff\x00":
            return NACK
        if good and size:
            self._size = size
            self._body = bytearray()
        return None

    def _whole(self):
        body, self._body = self._body, None
        self._before = body[-1]
        if sum(body) & 0xFF or body[0] != HOST:
            return None
        return bytes(body[1:-1])

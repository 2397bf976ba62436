"""The frames of a UART around the messages of a Port-400 reader [W]: to bytes and back, no I/O.

message   00 00 FF LENh LENl LCS message DCS 00     LEN counts the message, big-endian
ACK       00 00 FF 00 00 FF 00                      seven bytes, one more than a PN532's

LENh + LENl + LCS and the message's bytes + DCS are 0 modulo 256.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = tuple[int, memoryview]  # one of IS_…, and the message

ACK = b"\x00\x00\xff\x00\x00\xff\x00"  # from the reader: heard; from the host: cancel, or heard

MAX_MESSAGE = 277  # bytes that the reader takes and sends [W]
_MAX_FRAME = 6 + MAX_MESSAGE + 2
_START = b"\x00\xff"
_SHORTEST = 6  # an ACK without its preamble; the postamble may be missing, too

# What `Decoder.next` can find
IS_ACK = 1
IS_MESSAGE = 2
IS_CORRUPT = 3


def encode(message: "bytes | bytearray") -> bytes:
    """Return a message's frame. Raises ValueError for none, or more than MAX_MESSAGE bytes."""
    size = len(message)
    if not 0 < size <= MAX_MESSAGE:
        raise ValueError("%d bytes are no message for this frame" % size)
    buf = bytearray(size + 8)
    buf[2] = 0xFF
    buf[3] = size >> 8
    buf[4] = size & 0xFF
    buf[5] = -(buf[3] + buf[4]) & 0xFF
    buf[6 : size + 6] = message
    buf[size + 6] = -sum(message) & 0xFF
    return bytes(buf)


class Decoder:
    """Finds frames in a stream of bytes, however the stream is cut and whatever lies between them.

    missing  after `next` returned None: how many more bytes a frame needs at least
    begun    whether a start code was seen, so that those bytes have to follow without a pause
    """

    def __init__(self) -> None:
        # Room for two frames: a late one does not push out the one after it.
        self._buf = bytearray(2 * _MAX_FRAME)
        self._view = memoryview(self._buf)
        self.clear()

    def clear(self) -> None:
        """Forget all bytes."""
        self._start = self._end = 0
        self.missing = _SHORTEST
        self.begun = False

    def overwrite(self) -> None:
        """Forget all bytes, and leave none of them in memory."""
        self.clear()
        self._buf[:] = bytes(len(self._buf))

    def push(self, chunk: "bytes | bytearray | memoryview") -> None:
        """Append `chunk` (any length); on overflow the oldest bytes are dropped."""
        end = self._end + len(chunk)
        if end > len(self._buf):
            chunk = self._make_room(memoryview(chunk))
            end = self._end + len(chunk)
        self._buf[self._end : end] = chunk
        self._end = end

    def _make_room(self, chunk: memoryview) -> memoryview:
        """Drop the oldest bytes, so that the rest of `chunk` fits; return that rest."""
        if len(chunk) > len(self._buf):
            chunk = chunk[len(chunk) - len(self._buf) :]
        held = min(self._end - self._start, len(self._buf) - len(chunk))
        self._view[:held] = self._view[self._end - held : self._end]
        self._start, self._end = 0, held
        return chunk

    def next(self) -> "Found | None":
        """Return (what, message) of the next frame, or None if more bytes are needed.

        The message is a memoryview into the buffer, valid until the next `push`, and empty for
        what is no message. IS_CORRUPT: a frame with a wrong checksum, or of a wrong length.
        """
        self.begun = self._find_start()
        if not self.begun:
            return self._lacking(self._start + _SHORTEST)
        at = self._start + 5
        if self._end < at:
            return self._lacking(at)
        high, low, lcs = self._view[at - 3 : at]
        if high == low == 0x00 and lcs == 0xFF:
            return self._take(at, IS_ACK)
        size = high << 8 | low
        if (high + low + lcs) & 0xFF or not 0 < size <= MAX_MESSAGE:
            # Drop only the start code: the bytes after it may hold the beginning of a frame.
            return self._take(self._start + 2, IS_CORRUPT)
        end = at + size
        if self._end <= end:
            return self._lacking(end + 2)  # DCS, and the postamble behind it
        if sum(self._view[at : end + 1]) & 0xFF:
            return self._take(end + 1, IS_CORRUPT)
        return self._take(end + 1, IS_MESSAGE, at, end)

    def _find_start(self) -> bool:
        """Move to the next start code 00 FF; tell whether there is one."""
        found = self._buf.find(_START, self._start, self._end)
        if found >= 0:
            self._start = found
            return True
        # A last 00 may be the first half of a start code that is still on its way.
        keep = self._end > self._start and self._buf[self._end - 1] == 0x00
        self._start = self._end - 1 if keep else self._end
        return False

    def _lacking(self, end: int) -> "Found | None":
        self.missing = end - self._end
        return None

    def _take(self, end: int, what: int, start: int = 0, stop: int = 0) -> "Found":
        self._start = end
        return what, self._view[start:stop]

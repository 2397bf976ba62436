"""PN532 frames: bytes to frames and back, no I/O. Source: UM0701-02 §6.2.1, see docs/pn532.md.

normal    00 00 FF LEN LCS TFI PD… DCS 00             LEN counts TFI and PD, 1–255
extended  00 00 FF FF FF LENm LENl LCS TFI PD… DCS 00
ACK       00 00 FF 00 FF 00
NACK      00 00 FF FF 00 00
error     00 00 FF 01 FF 7F 81 00
"""

from .const import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    Found = tuple[int, memoryview]  # one of IS_…, and PD

ACK = b"\x00\x00\xff\x00\xff\x00"
NACK = b"\x00\x00\xff\xff\x00\x00"

_TO_CHIP = const(0xD4)  # TFI, host to PN532
_TO_HOST = const(0xD5)  # TFI, PN532 to host

# At most 264 bytes of PD behind TFI; 3 bytes of preamble and start, 5 of length, DCS, postamble.
MAX_DATA = const(264)
MAX_FRAME = const(3 + 5 + 1 + 264 + 2)
_PREAMBLE = b"\x00\x00\xff"
_START = b"\x00\xff"
_SHORTEST = const(5)  # 00 FF 00 FF 00, an ACK without its preamble

# What `Decoder.next` can find
IS_ACK = const(1)
IS_NACK = const(2)
IS_ERROR = const(3)
IS_ANSWER = const(4)
IS_CORRUPT = const(5)


def encode(buf: bytearray, code: int, params: bytes, data: bytes = b"") -> int:
    """Write the frame of command `code` with PD `params` + `data` into `buf`; return its length.

    `buf` is a bytearray of at least MAX_FRAME bytes. Raises ValueError for more than MAX_DATA
    bytes of PD behind TFI.
    """
    size = 2 + len(params) + len(data)  # LEN
    if size > 1 + MAX_DATA:
        raise ValueError("%d bytes do not fit into a PN532 frame" % (size - 1))
    at = 5
    if size <= 255:
        buf[3] = size
        buf[4] = -size & 0xFF
    else:
        at = 8
        buf[3] = buf[4] = 0xFF
        buf[5] = size >> 8
        buf[6] = size & 0xFF
        buf[7] = -(buf[5] + buf[6]) & 0xFF
    buf[0] = buf[1] = 0x00
    buf[2] = 0xFF
    buf[at] = _TO_CHIP
    buf[at + 1] = code
    at += 2
    end = at + len(params)
    buf[at:end] = params
    at = end + len(data)
    buf[end:at] = data
    buf[at] = -(_TO_CHIP + code + sum(params) + sum(data)) & 0xFF
    buf[at + 1] = 0x00
    return at + 2


def answer(chunk: memoryview, code: int) -> "memoryview | None":
    """Return the data of the answer to command `code`, if `chunk` is just that, intact; else None.

    The data are what follows the response code. This costs a fourth of what a `Decoder` does.
    """
    size = len(chunk) - 7  # TFI and PD: LEN
    if (
        size < 2
        or chunk[:3] != _PREAMBLE
        or chunk[3] != size
        or chunk[4] + size != 256
        or chunk[5] != _TO_HOST
        or chunk[6] != code + 1
        or sum(chunk[5 : size + 6]) & 0xFF
    ):
        return None
    return chunk[7 : size + 5]


class Decoder:
    """Finds frames in a stream of bytes, however the stream is cut and whatever lies between them.

    missing  after `next` returned None: how many more bytes a frame needs at least
    begun    whether a start code was seen, so that those bytes have to follow without a pause
    """

    def __init__(self) -> None:
        # Room for two frames: a late one does not push out the one after it.
        self._buf = bytearray(2 * MAX_FRAME)
        self._view = memoryview(self._buf)
        self._start = 0
        self._end = 0
        self.missing = _SHORTEST
        self.begun = False

    def clear(self) -> None:
        """Forget all bytes."""
        self._start = self._end = 0
        self.begun = False

    def overwrite(self) -> None:
        """Forget all bytes, and leave none of them in memory."""
        self.clear()
        self._buf[:] = bytes(len(self._buf))

    def push(self, chunk: "bytes | memoryview") -> None:
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
        """Return (what, PD) of the next frame, or None if more bytes are needed.

        PD is a memoryview into the buffer, valid until the next `push`: response code and data
        for IS_ANSWER, empty for all others. IS_CORRUPT: a frame with a wrong checksum.
        """
        self.begun = self._find_start()
        if not self.begun:
            return self._lacking(self._start + _SHORTEST)
        buf = self._buf
        held = self._end
        at = self._start + 4
        if held < at:
            return self._lacking(at)
        length, lcs = buf[at - 2], buf[at - 1]
        if length == 0x00 and lcs == 0xFF:
            return self._take(at, IS_ACK)
        if length == 0xFF and lcs == 0x00:
            return self._take(at, IS_NACK)
        if length == 0xFF and lcs == 0xFF:
            if held - at < 3:
                return self._lacking(at + 3)
            high, low, lcs = buf[at], buf[at + 1], buf[at + 2]
            length, lcs = high << 8 | low, high + low + lcs
            at += 3
        else:
            lcs += length
        if lcs & 0xFF or not 0 < length <= 1 + MAX_DATA:
            # Drop only the start code: the bytes after it may hold the beginning of a frame.
            return self._take(self._start + 2, IS_CORRUPT)
        end = at + length
        if held <= end:
            return self._lacking(end + 2)  # DCS, and the postamble behind it
        if sum(self._view[at : end + 1]) & 0xFF:
            return self._take(end + 1, IS_CORRUPT)
        if length == 1 and buf[at] == 0x7F:
            return self._take(end + 1, IS_ERROR)
        if length < 2 or buf[at] != _TO_HOST:
            return self._take(end + 1, IS_CORRUPT)
        return self._take(end + 1, IS_ANSWER, at + 1, end)

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

    def _take(self, end: int, what: int, pd_start: int = 0, pd_end: int = 0) -> "Found":
        self._start = end
        return what, self._view[pd_start:pd_end]

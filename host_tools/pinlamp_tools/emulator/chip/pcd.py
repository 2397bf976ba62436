"""The chip's own ISO/IEC 14443-4: block numbers, chaining, waiting time extension, repeats.

InDataExchange does this between the host's bytes and the card. The methods are generators: they
yield the microseconds that pass and return their result.
"""

from ..air.dep import FRAME_SIZES
from .radio import DELTA_FWT_US, OK

PROTOCOL_ERROR = 0x0B
LONGEST_FRAME = 64  # the chip's FIFO
FSDI = 5  # 64 bytes, as the chip tells the card
FWT_MAX_US = 4_949_000  # FWI 14


def fwt_us(fwi: int) -> int:
    """Return the frame waiting time of `fwi` in µs: 4096 / 13.56 MHz, doubled `fwi` times."""
    return (302_065 << min(fwi, 14)) // 1000


class Pcd:
    """One activated ISO/IEC 14443-4 card, as the chip keeps it."""

    def __init__(self, radio, frame_size_code: int, fwi: int, cid=None, longest=LONGEST_FRAME):
        """Speak over `radio` to a card with this FSCI, `fwi` and `cid` (None: no CID).

        `longest`: bytes of a frame that the chip can send.
        """
        self._radio = radio
        self._cid = cid
        self._inf = min(FRAME_SIZES[min(frame_size_code, 8)], longest) - 3 - (cid is not None)
        self._fwt_us = fwt_us(fwi)
        self._number = 0

    def exchange(self, data: bytes, last: bool):
        """Send `data`, a part or the last part of a command; return (status, the whole answer)."""
        while True:
            part, data = data[: self._inf], data[self._inf :]
            final = last and not data
            status, block = yield from self._block(
                self._make(0x02 | self._number | (0 if final else 0x10), part)
            )
            if status:
                return status, b""
            if final:
                return (yield from self._answer(block))
            if block[0] & 0xF7 != 0xA2 | self._number:
                return PROTOCOL_ERROR, b""
            self._number ^= 1
            if not data:
                return OK, b""

    def deselect(self):
        """Send S(DESELECT); return OK, or an error status if the card does not answer."""
        status, block = yield from self._send(self._make(0xC2), self._fwt_us)
        if not status and block[0] & 0xF7 != 0xC2:
            status = PROTOCOL_ERROR
        return status

    def _answer(self, block):
        answer = b""
        while True:
            if block[0] & 0xE7 != 0x02 | self._number:
                return PROTOCOL_ERROR, b""
            self._number ^= 1
            answer += block[self._skip() :]
            if not block[0] & 0x10:
                return OK, answer
            status, block = yield from self._block(self._make(0xA2 | self._number))
            if status:
                return status, b""

    def _block(self, block):
        # One block and its answer, through waiting time extensions and as many repeats by
        # R(NAK) as RFConfiguration item 4 allows.
        first = block
        timeout_us = self._fwt_us
        repeats = self._radio.com_retries
        while True:
            status, answer = yield from self._send(block, timeout_us)
            if status and not repeats:
                return status, b""
            if status:
                repeats -= 1
                block = self._make(0xB2 | self._number)
                timeout_us = self._fwt_us
            elif repeats and answer[0] & 0xF7 == 0xA2 | self._number ^ 1:
                repeats -= 1  # R(ACK) for the previous block: the card never saw this one
                block = first
            elif answer[0] & 0xF7 == 0xF2 and len(answer) > self._skip():
                more = answer[self._skip()] & 0x3F
                block = self._make(0xF2, bytes((more,)))
                timeout_us = min(self._fwt_us * more, FWT_MAX_US)
            else:
                return OK, answer

    def _send(self, block, timeout_us):
        status, answer = yield from self._radio.exchange(block, timeout_us + DELTA_FWT_US)
        if not status and (
            len(answer) < self._skip() or bool(answer[0] & 0x08) != bool(self._cid)
        ):
            return PROTOCOL_ERROR, b""
        return status, answer

    def _skip(self):
        return 2 if self._cid else 1

    def _make(self, pcb, inf=b""):
        if self._cid:
            return bytes((pcb | 0x08, self._cid)) + inf
        return bytes((pcb,)) + inf

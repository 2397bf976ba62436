"""The reader's side of ISO/IEC 14443-4 for one activated card: blocks out, blocks in. No I/O.

The rules and their numbers are those of 7.5, whose text was not at hand [I]. Two things are
stricter, so that no command can ever run twice: the last I-block goes out again (rule 6) only if
an R(NAK) asked for its fate and the card never showed that it has it; and after any error the
activation is over.
"""

from .block import CHAINING, I_BLOCK, R_ACK, R_NAK, S_DESELECT, S_WTX, make, parse
from .errors import (
    InvalidBlockError,
    NoAnswerError,
    OverError,
    ProtocolError,
    TooLongError,
    WaitError,
)
from .info import protocol_info

TRIES = 3  # how often a block is followed by another question for its answer; ours
PATIENCE_US = 20_000_000  # ours: four of the longest waiting times
LONGEST = 65_538  # an extended Le and the status word
FWT_MAX_US = 4_949_000  # 7.2: FWI 14, and the limit of an extension
DELTA_FWT_US = 3_625  # 49152 / 13.56 MHz: a reader waits so much longer (NFC Forum, Digital) [W]
DESELECT_US = 4_833  # 65536 / 13.56 MHz: the card's time for S(DESELECT) [I]
# An extension of less counts as this much, because two blocks on the air and on the wire take it.
_ROUND_US = 5_000
_WTXM_MAX = 59
_SHORT = 258  # the longest answer to a short APDU

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeVar

    from .block import Bytes

    _T = TypeVar("_T")
    _Steps = Generator[bytes, Bytes | None, _T]  # blocks out, blocks in, then a result


def pcd_of(info: "Bytes", cid: "int | None" = None, longest: int = _SHORT) -> "Pcd":
    """Return the `Pcd` for a card with this protocol info: three bytes of its ATQB.

    `cid`: what it was given at activation, if it supports that. `longest`: see Pcd; short APDUs
    get no longer answer. Raises ValueError for less than three bytes.
    """
    told = protocol_info(info)
    return Pcd(told.fsc, told.fwt_us, cid if told.cid else None, longest=longest)


class Pcd:
    """One activation of one card, from the answer to ATTRIB (or the ATS) to the first error.

    `exchange`, `probe` and `deselect` return the first block to send. Send it, wait `timeout_us`
    at least, and give `receive` what came. That returns the next block, or None at the end.
    """

    def __init__(
        self,
        fsc: int,
        fwt_us: int,
        cid: "int | None" = None,
        fsd: int = 256,
        patience_us: int = PATIENCE_US,
        longest: int = LONGEST,
    ) -> None:
        """Talk to a card that takes frames of `fsc` bytes and answers within `fwt_us`.

        `cid` 0–14 is the number given to it at activation, None for blocks without one. `fsd`:
        the reader's own longest frame. Both sizes count PCB, CID, INF and CRC; if the reader can
        send no more than n bytes, take min(fsc, n). `patience_us`: how long a card may
        take for a block, with all extensions and repeats of its exchange so far. `longest`: bytes
        of an answer; for short APDUs 258 are enough.
        """
        self.timeout_us = 0  # how long to wait for the answer to the block that is to be sent
        self.answer: "memoryview | None" = None  # the card's, after an `exchange`, until the next
        self._kept = bytearray(min(longest, _SHORT))  # where the answer is put together
        self._inf = fsc - (3 if cid is None else 4)
        self._fwt_us = fwt_us
        self._cid = cid
        self._block_size = fsd - 2
        self._patience_us = patience_us
        self._longest = longest
        self._waited_us = 0  # in this exchange, beyond each block's own waiting time
        self._number = 0  # rule A
        self._over = False  # or an exchange is under way
        self._steps: "_Steps[memoryview | None] | None" = None

    def exchange(self, apdu: bytes) -> bytes:
        """Begin to send a command; after the last block its answer is in `answer`.

        That is a view into a buffer, which the next exchange's answer replaces. Raises OverError
        after an error, and while another exchange is under way.
        """
        return self._begin(self._exchange(apdu))

    def probe(self) -> bytes:
        """Begin to ask whether the card is still there (R(NAK), 7.5.6), without a command.

        At the end it is. Otherwise `receive` raises NoAnswerError. Raises OverError as `exchange`.
        """
        return self._begin(self._probe())

    def deselect(self) -> bytes:
        """Begin to send the card to HALT. Allowed at any time, and nothing is after it.

        If the card does not confirm it, `receive` raises an error as ever; the standard then
        allows to ignore the card (rule 8).
        """
        self._over = False
        return self._begin(self._deselect())

    def receive(self, block: "Bytes | None") -> "bytes | None":
        """Take what the card answered to the last block; return the next one, or None at the end.

        `block` is None if nothing came within `timeout_us`, or nothing with a right CRC. It must
        be the answer to that very block: never one that was meant for a block before.
        Raises IsoDepError.
        """
        steps, self._steps = self._steps, None  # an error leaves it None
        if steps is None:
            raise OverError
        try:
            following = steps.send(block)
        except StopIteration as end:
            self.answer = end.value
            return None
        self._steps = steps
        return following

    def overwrite(self) -> None:
        """Replace the card's answer by zeros, for what must leave no trace."""
        self._kept[:] = bytes(len(self._kept))

    def _begin(self, steps: "_Steps[memoryview | None]") -> bytes:
        if self._over:
            raise OverError
        self._over = True
        self._waited_us = 0
        self.answer = None
        self._steps = steps
        return next(steps)

    def _exchange(self, apdu: bytes) -> "_Steps[memoryview | None]":
        at = 0
        while True:
            end = at + self._inf
            sent = I_BLOCK | self._number | (CHAINING if end < len(apdu) else 0)
            pcb, inf = yield from self._ask(sent, bytes(apdu[at:end]))
            if not sent & CHAINING:
                break
            if pcb != R_ACK | self._number:
                raise ProtocolError(sent, pcb)
            self._number ^= 1  # rule B; and rule 7, the next part
            at = end
        size = 0
        while True:
            more = pcb & CHAINING
            if pcb & ~CHAINING != I_BLOCK | self._number or more and not inf:
                raise ProtocolError(sent, pcb)
            self._number ^= 1  # rule B
            at, size = size, size + len(inf)
            if size > self._longest:
                raise TooLongError(size)
            if size > len(self._kept):
                self._make_room(size)
            self._kept[at:size] = inf
            if not more:
                self._over = False
                return memoryview(self._kept)[:size]
            sent = R_ACK | self._number  # rule 2
            pcb, inf = yield from self._ask(sent)

    def _make_room(self, size: int) -> None:
        """Take a larger buffer, and leave nothing in the old one."""
        old, self._kept = self._kept, bytearray(2 * size)
        self._kept[: len(old)] = old
        old[:] = bytes(len(old))

    def _probe(self) -> "_Steps[None]":
        sent = R_NAK | self._number
        pcb, _ = yield from self._ask(sent)
        if pcb != R_ACK | self._number ^ 1:  # rule 12: the card's number is that of its last block
            raise ProtocolError(sent, pcb)
        self._over = False
        return None

    def _deselect(self) -> "_Steps[None]":
        pcb, _ = yield from self._ask(S_DESELECT)
        if pcb != S_DESELECT:
            raise ProtocolError(S_DESELECT, pcb)
        return None

    def _ask(self, sent: int, inf: bytes = b"") -> "_Steps[tuple[int, Bytes]]":
        """Send a block; return PCB and INF of the card's answer to it.

        An S(WTX) is granted here, and what was lost or is invalid is asked for again: an I-block's
        answer by R(NAK) (rule 4), the next part of a chain by the same R(ACK) (rule 5), any other
        by the same block (rule 8).
        """
        block = first = make(sent, self._cid, inf)
        is_command = not sent & 0xC0
        asked = False  # by R(NAK), what became of the I-block
        self.timeout_us = DELTA_FWT_US + (DESELECT_US if sent == S_DESELECT else self._fwt_us)
        own_us = self.timeout_us
        waited_us = self._waited_us + own_us
        tries = 1
        heard = False  # the card has shown that it has the I-block
        while True:
            received = yield block
            parsed = None
            if received is not None:
                parsed = parse(received, self._cid, self._block_size)
            if parsed is None:
                waited_us += self.timeout_us
                if tries > TRIES or waited_us > self._patience_us:
                    if received is None:
                        raise NoAnswerError(tries)
                    raise InvalidBlockError(len(received), received[0] if len(received) else None)
                tries += 1
                asked = is_command
                block = make(R_NAK | self._number, self._cid) if asked else first
                continue
            pcb, content = parsed
            if pcb == S_WTX and sent != S_DESELECT:
                heard = True
                wtxm = content[0] & 0x3F  # the two high bits: how much power the card gets
                waited_us = self._grant(wtxm, waited_us)
                block = make(S_WTX, self._cid, bytes((wtxm,)))
                continue
            if pcb == R_ACK | self._number ^ 1 and asked and not heard:
                asked = False
                block = first  # rule 6
                continue
            self._waited_us = waited_us - own_us
            return pcb, content

    def _grant(self, wtxm: int, waited_us: int) -> int:
        """Grant a card more time (7.3), or raise WaitError; return what it was granted in all."""
        self.timeout_us = min(self._fwt_us * wtxm, FWT_MAX_US) + DELTA_FWT_US
        total_us = waited_us + max(self.timeout_us, _ROUND_US)
        if not 1 <= wtxm <= _WTXM_MAX or total_us > self._patience_us:
            raise WaitError(wtxm, waited_us)
        return total_us

"""The card's side of ISO/IEC 14443-4: I-, R- and S-blocks, chaining both ways, WTX, DESELECT.

Blocks here have no CRC: `picc` and `other` add and remove it. The card does not answer a block
that is invalid or for another card, as the standard wants. Rules: ISO/IEC 14443-4, 7.5.
"""

FRAME_SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)  # FSDI/FSCI 0..8 -> bytes with PCB and CRC


class Dep:
    """One activated card's block protocol, from ATTRIB (or RATS) to DESELECT or power loss."""

    def __init__(self, process, frame_size: int, cid=None, wtxm: int = 0, wtx_times: int = 1):
        """Answer APDUs by `process`; frames to the reader have at most `frame_size` bytes.

        `cid` 0..14 is the number given at activation, None when this card supports no CID. With
        `wtxm` 1..59 the card asks for that many frame waiting times before each answer, as often
        as `wtx_times`.
        """
        self.deselected = False
        self.worked = False  # the last block made the card compute: it answers after its own time
        self._process = process
        self._frame_size = frame_size
        self._cid = cid
        self.wtxm = wtxm
        self._wtx_times = wtx_times
        self._asked = 0  # how often, for this answer
        self._number = 1  # rule C
        self._command = b""
        self._unsent = b""  # the rest of a chained answer
        self._waiting = None  # the answer that follows a waiting time extension
        self._last = None
        self._with_cid = False

    def receive(self, block: bytes):
        """Return the block that answers `block`, or None if the card stays mute."""
        self.worked = False
        pcb = block[0]
        inf = block[1:]
        self._with_cid = bool(pcb & 0x08)
        if self._with_cid:
            if self._cid is None or not inf or inf[0] & 0x0F != self._cid:
                return None
            inf = inf[1:]
        elif self._cid:
            return None  # a card with a CID other than 0 answers only to that CID
        answer = None
        if pcb & 0xE6 == 0x02:  # I-block; one with a node address (bit 3) is not supported
            answer = self._i_block(pcb, inf)
        elif pcb & 0xE6 == 0xA2:
            answer = self._r_block(pcb)
        elif pcb & 0xF7 == 0xC2:
            self.deselected = True
            answer = self._block(0xC2)
        elif pcb & 0xF7 == 0xF2 and self._waiting is not None and inf == self._wtx():
            self.worked = True
            answer = self._ask() if self._asked < self._wtx_times else self._answer()
        if answer is not None:
            self._last = answer
        return answer

    def _i_block(self, pcb, inf):
        self._number ^= 1  # rule D
        self._waiting = None
        self._unsent = b""
        self._command += inf
        if pcb & 0x10:
            return self._block(0xA2 | self._number)
        command, self._command = self._command, b""
        if not command:
            return self._block(0x02 | self._number)  # an empty I-block gets an empty I-block
        answer = self._process(command)
        if self.wtxm:
            self._waiting = answer
            self._asked = 0
            return self._ask()
        self.worked = True
        self._unsent = answer
        return self._next_part()

    def _ask(self):
        self._asked += 1
        return self._block(0xF2, self._wtx())

    def _wtx(self):
        return bytes((self.wtxm,))

    def _answer(self):
        self._unsent, self._waiting = self._waiting, None
        return self._next_part()

    def _r_block(self, pcb):
        if pcb & 0x01 == self._number:
            return self._last  # rule 11: once more
        if pcb & 0x10:
            return self._block(0xA2 | self._number)  # rule 12: R(ACK) answers R(NAK)
        if not self._unsent:
            return None
        self._number ^= 1  # rule E
        return self._next_part()

    def _next_part(self):
        size = self._frame_size - 3 - self._with_cid  # PCB and CRC, and the CID
        part, self._unsent = self._unsent[:size], self._unsent[size:]
        return self._block(0x02 | self._number | (0x10 if self._unsent else 0), part)

    def _block(self, pcb, inf=b""):
        if self._with_cid:
            return bytes((pcb | 0x08, self._cid)) + inf
        return bytes((pcb,)) + inf

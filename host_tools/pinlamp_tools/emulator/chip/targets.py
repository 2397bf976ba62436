"""The cards that the chip has listed: it finds, reports and addresses them, and lets them sleep.

A target's methods are generators: they yield the microseconds that pass and return their result.
The report follows the number Tg in InListPassiveTarget's answer.
"""

from ..air.dep import FRAME_SIZES
from .pcd import FSDI, Pcd, fwt_us
from .radio import DELTA_FWT_US, OK, TIMEOUT

OTHER_CARD = 0x2A  # ISO/IEC 14443-3B: another card than before
CARD_GONE = 0x2B  # ISO/IEC 14443-3B: the card has disappeared
ATTRIB_FWI = 4  # the frame waiting time before activation


class TargetB:
    """A Type B card; ATTRIB gives it the target's number as CID, if it supports a CID."""

    kind = 0x00  # GetGeneralStatus: 106 kbit/s passive
    rates = b"\x00\x00"

    def __init__(self, radio, number: int, afi: int, atqb: bytes, fsdi: int = FSDI):
        """Keep a card that has answered `atqb` (12 bytes); `fsdi`: what it is told with ATTRIB."""
        self._fsdi = fsdi
        self._radio = radio
        self._afi = afi
        self._atqb = atqb
        self._cid = number if atqb[11] & 0x01 else None
        self._pcd = None
        self.report = b""

    def activate(self):
        """Send ATTRIB; return OK or the status of the failure."""
        frame = (
            b"\x1d"
            + self._atqb[1:5]
            + bytes((0x00, self._fsdi, self._atqb[10] & 0x0F, self._cid or 0))
        )
        status, answer = yield from self._radio.exchange(frame, fwt_us(ATTRIB_FWI) + DELTA_FWT_US)
        if not status:
            longest = FRAME_SIZES[self._fsdi]
            fsci, fwi = self._atqb[10] >> 4, self._atqb[11] >> 4
            self._pcd = Pcd(self._radio, fsci, fwi, self._cid, longest)
            self.report = self._atqb + bytes((len(answer),)) + answer
        return status

    def exchange(self, data: bytes, last: bool):
        """Send a part of a command, return (status, answer); first wake a deselected card."""
        self._radio.tune("B")
        status = yield from self.select()
        if status:
            return status, b""
        return (yield from self._pcd.exchange(data, last))

    def deselect(self):
        """Send S(DESELECT), which leaves the card in HALT; return the status."""
        if self._pcd is None:
            return OK
        self._radio.tune("B")
        pcd, self._pcd = self._pcd, None
        return (yield from pcd.deselect())

    def select(self):
        """Wake the card if it was deselected; return the status."""
        if self._pcd is not None:
            return OK
        found = yield from self._radio.request_b(self._afi, True, 1)
        if not found:
            return CARD_GONE
        if found[0][1:5] != self._atqb[1:5]:
            return OTHER_CARD
        return (yield from self.activate())


class TargetA:
    """A Type A card with ISO/IEC 14443-4; the chip sends RATS itself (SetParameters)."""

    kind = 0x00
    rates = b"\x00\x00"

    def __init__(self, radio, card):
        """Keep `card`, which the field has selected."""
        self._radio = radio
        self._pcd = None
        uid = card.uid
        self.report = card.sens_res + bytes((card.sel_res, len(uid))) + uid

    def activate(self):
        """Send RATS, add the ATS to the report; return OK or the status of the failure."""
        frame = bytes((0xE0, FSDI << 4))
        status, ats = yield from self._radio.exchange(frame, fwt_us(ATTRIB_FWI) + DELTA_FWT_US)
        if not status:
            self.report += ats
            self._pcd = Pcd(self._radio, ats[1] & 0x0F, ats[3] >> 4)
        return status

    def exchange(self, data: bytes, last: bool):
        """Send a part of a command, return (status, answer)."""
        if self._pcd is None:
            return TIMEOUT, b""  # deselected: in HALT, and REQA does not wake it
        self._radio.tune("A")
        return (yield from self._pcd.exchange(data, last))

    def deselect(self):
        """Send S(DESELECT); return the status."""
        if self._pcd is None:
            return OK
        self._radio.tune("A")
        pcd, self._pcd = self._pcd, None
        return (yield from pcd.deselect())

    def select(self):
        """Return the status of the target: a deselected Type A card is not woken here."""
        yield 0
        return OK if self._pcd is not None else TIMEOUT


class TargetF:
    """A Type F card that the chip has polled; no other FeliCa command is modelled."""

    kind = 0x10
    rates = b"\x01\x01"

    def __init__(self, radio, sensf_res: bytes):
        """Keep a card that has answered `sensf_res` (without its length)."""
        self._radio = radio
        self.report = bytes((len(sensf_res) + 1,)) + sensf_res

    def exchange(self, data: bytes, last: bool):
        """Return InDataExchange's result for a card that does not answer."""
        self._radio.tune("F")
        return (yield from self._radio.exchange(data, self._radio.thru_timeout_us()))

    def deselect(self):
        """Return OK: the chip sends nothing."""
        yield 0
        return OK

    select = deselect


def find_b(radio, most: int, afi: int):
    """Look once for up to `most` Type B cards and activate them; return the targets."""
    targets = []
    atqbs = yield from radio.request_b(afi, False, most)
    for atqb in atqbs:
        target = TargetB(radio, len(targets) + 1, afi, atqb)
        status = yield from target.activate()
        if not status:
            targets.append(target)
    return targets


def find_a(radio, most: int):
    """Look once for up to `most` Type A cards; return the targets."""
    targets = []
    cards = yield from radio.sense_a(most)
    for card in cards:
        target = TargetA(radio, card)
        status = yield from target.activate()
        if not status:
            targets.append(target)
    return targets


def find_f(radio, most: int, poll: bytes):
    """Look once for up to `most` Type F cards by `poll` (00, system code, request, slots)."""
    answers = yield from radio.sense_f(poll[1:3], poll[3], most)
    return [TargetF(radio, answer) for answer in answers]

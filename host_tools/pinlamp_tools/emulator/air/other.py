"""Cards of Type A and F, at the level at which the PN532 reports them.

Type A (ISO/IEC 14443-3A): the result of REQA and anticollision is modelled, not their bits; from
RATS on it speaks frames and blocks like any card. Type F (FeliCa) answers only its poll.
"""

from .crc import checked, crc_a
from .dep import FRAME_SIZES, Dep
from .picc import PROCESSING_US, PROMPT_US

RATS = 0xE0


class TypeA:
    """A Type A card with ISO/IEC 14443-4: `uid` 4 bytes; frames with CRC_A."""

    kind = "A"
    sens_res = b"\x00\x04"
    sel_res = 0x20  # ISO/IEC 14443-4 is supported
    ats = b"\x05\x78\x80\x70\x00"  # FSCI 8, FWI 7, no CID

    def __init__(self, icc, uid, processing_us=PROCESSING_US):
        """Make a card of `icc`."""
        self.uid = uid
        self.delay_us = 0
        self.processing_us = processing_us
        self._icc = icc
        self._state = "off"
        self._dep = None

    @property
    def presented(self) -> int:
        """PINs presented to this card so far."""
        return self._icc.presented

    def transmit(self, apdu: bytes) -> bytes:
        """Return the answer to one APDU."""
        return self._icc.process(apdu)

    def reset(self) -> None:
        """Take the power away and give it back."""
        self.power_off()
        self.power_on()

    def power_on(self) -> None:
        """The field is there."""
        self._icc.reset()
        self._dep = None
        self._state = "idle"

    def power_off(self) -> None:
        """The field is gone."""
        self._state = "off"

    def select(self) -> bool:
        """Run REQA and the selection of this card; return True if it answered."""
        if self._state != "idle":
            return False
        self._state = "selected"
        return True

    def receive(self, frame: bytes):
        """Return the frame that answers `frame`, both with CRC_A, or None for no answer."""
        data = checked(frame, crc_a)
        if data is None or self._state != "selected":
            return None
        self.delay_us = PROMPT_US
        answer = None
        if self._dep is not None:
            answer = self._dep.receive(data)
            if self._dep.worked:
                self.delay_us = self.processing_us
            if self._dep.deselected:
                self._state = "halt"
        elif data[0] == RATS and len(data) == 2:
            self._dep = Dep(self._icc.process, FRAME_SIZES[min(data[1] >> 4, 8)])
            answer = self.ats
        return None if answer is None else answer + crc_a(answer)


class TypeF:
    """A FeliCa card: `idm` 8 bytes, system code 0003 (transit)."""

    kind = "F"
    pmm = b"\x05\x31\x43\x45\x46\x82\xb7\xff"
    system_code = b"\x00\x03"
    presented = 0  # it has no PINs
    delay_us = 2_417  # from the poll to the answer in its first slot

    def __init__(self, idm):
        """Make a card with `idm`."""
        self._idm = idm
        self._powered = False

    def transmit(self, apdu: bytes) -> bytes:
        """Return nothing: a Type F card speaks no APDUs."""
        return b""

    def reset(self) -> None:
        """Take the power away and give it back."""
        self._powered = True

    def power_on(self) -> None:
        """The field is there."""
        self._powered = True

    def power_off(self) -> None:
        """The field is gone."""
        self._powered = False

    def poll(self, system_code: bytes, request: int):
        """Return the SENSF_RES to a poll for `system_code` (FF matches any byte), or None."""
        if not self._powered:
            return None
        for wanted, own in zip(system_code, self.system_code):
            if wanted not in (0xFF, own):
                return None
        return b"\x01" + self._idm + self.pmm + (self.system_code if request == 1 else b"")

    def receive(self, frame: bytes):
        """Return None: the poll is the only FeliCa command modelled."""
        return None

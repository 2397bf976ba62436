"""A Type B card on the air: ISO/IEC 14443-3 states and commands; above them `dep` and `applet`.

States: OFF, IDLE, READY_REQUESTED (it waits for its slot), READY_DECLARED (it has sent its ATQB),
ACTIVE (after ATTRIB), HALT. In ACTIVE the card ignores REQB and WUPB. In HALT it answers only
WUPB. A loss of power ends any state.

Frames are whole, with CRC_B; the card does not answer a frame with a wrong CRC. After each
`receive` the attribute `delay_us` says how long the card takes until it begins to answer.
"""

from .crc import checked, crc_b
from .dep import FRAME_SIZES, Dep

OFF = "off"
IDLE = "idle"
READY_REQUESTED = "ready-requested"
READY_DECLARED = "ready-declared"
ACTIVE = "active"
HALT = "halt"

PROMPT_US = 300  # a card's own time for all frames but APDUs [I]
PROCESSING_US = 10_000  # for an APDU: 5 to 20 ms assumed, not published (docs/pn532.md)
ATTRIB, HLTB, REQB = 0x1D, 0x50, 0x05


class Picc:
    """A Type B card; of its ATQB: `pupi` 4, application data 4, protocol info 3 bytes."""

    kind = "B"

    def __init__(
        self, icc, pupi, application_data, protocol_info, rng, processing_us=PROCESSING_US
    ):
        """Make a card of `icc`; `rng(n)` returns 0..n-1 and chooses the anticollision slot."""
        self.delay_us = 0
        self.processing_us = processing_us
        self.first_us = None  # the time of the first APDU after power-up, where it differs
        self.wtxm = 0  # asks for this many waiting times before each answer
        self.wtx_times = 1  # and as often as this
        self.breaks = []  # [(blocks, other)]: see `_break`
        self._icc = icc
        self._pupi = pupi
        self._info = application_data + protocol_info
        self._rng = rng
        self._state = OFF
        self._dep = None
        self._slot = 1
        self._blocks = 0  # of this activation
        self._rested = True  # no APDU since power-up
        self._presented_before = 0

    @property
    def presented(self) -> int:
        """PINs presented to this card so far: VERIFY with data, or a command taken for one."""
        return self._presented_before + self._icc.presented

    @property
    def icc(self):
        """The contents, an `applet.Icc`, from which the card's answers follow."""
        return self._icc

    @property
    def state(self) -> str:
        """The ISO/IEC 14443-3 state, one of the names of this module."""
        return self._state

    def transmit(self, apdu: bytes) -> bytes:
        """Return the answer to one APDU, as a contact reader would see it: no frames, no time.

        Such a session is never interrupted: a card that is to change has changed already.
        """
        while self.breaks:
            self._break()
        return self._icc.process(apdu)

    def exchange(self, apdu: bytes):
        """Return the answer to one APDU, for a reader that handles the frames itself.

        None: the card has dropped out and powered up again. `delay_us` is the time it takes.
        """
        if self._drops_out():
            return None
        self._worked()
        return self._icc.process(apdu)

    @property
    def info(self) -> bytes:
        """Application data and protocol info of its ATQB, 7 bytes."""
        return self._info

    def ask_for_time(self, wtxm: int) -> None:
        """Ask for `wtxm` waiting times before each answer from now on."""
        self.wtxm = wtxm
        if self._dep is not None:
            self._dep.wtxm = wtxm

    def reset(self) -> None:
        """Take the power away and give it back."""
        self.power_off()
        self.power_on()

    def power_on(self) -> None:
        """Get power from the field: IDLE, nothing selected."""
        self._icc.reset()
        self._dep = None
        self._blocks = 0
        self._rested = True
        self._state = IDLE

    def power_off(self) -> None:
        """Lose the field's power."""
        self._state = OFF

    def receive(self, frame: bytes):
        """Return the frame that answers `frame`, both with CRC_B, or None for no answer."""
        data = checked(frame, crc_b)
        if data is None or self._state == OFF:
            return None
        self.delay_us = PROMPT_US
        answer = self._block(data) if self._state == ACTIVE else self._initialise(data)
        return None if answer is None else answer + crc_b(answer)

    def _initialise(self, data):
        command = data[0]
        if command == REQB and len(data) == 3:
            return self._request(data[1], data[2])
        if self._state == READY_REQUESTED and len(data) == 1 and command & 0x0F == REQB:
            # Slot-MARKER n5 opens slot n + 1.
            return self._declare() if (command >> 4) + 1 == self._slot else None
        if self._state != READY_DECLARED or data[1:5] != self._pupi:
            return None
        if command == ATTRIB and len(data) >= 9:
            return self._attrib(data[5:9])
        if command == HLTB and len(data) == 5:
            self._state = HALT
            return b"\x00"
        return None

    def _request(self, afi, param):
        wakeup = param & 0x08
        if self._state == HALT and not wakeup:
            return None
        if afi or param & 0x07 > 4:
            # These cards belong to no application family: they answer to "all families" alone.
            self._state = HALT if self._state == HALT else IDLE
            return None
        self._slot = 1 + self._rng(1 << (param & 0x07))
        if self._slot == 1:
            return self._declare()
        self._state = READY_REQUESTED
        return None

    def _declare(self):
        self._state = READY_DECLARED
        return b"\x50" + self._pupi + self._info

    def _attrib(self, params):
        cid = params[3] & 0x0F
        supported = self._info[6] & 0x01  # FO, bit 1: CID
        if cid > 14 or cid and not supported or params[2] & 0x01 == 0:
            return None
        size = FRAME_SIZES[min(params[1] & 0x0F, 8)]
        self._dep = Dep(self._process, size, cid if supported else None, self.wtxm, self.wtx_times)
        self._state = ACTIVE
        return bytes((cid,))  # MBLI 0: says nothing about buffer chaining

    def _block(self, data):
        if self._drops_out():
            return None
        answer = self._dep.receive(data)
        if self._dep.worked:
            self._worked()
        if self._dep.deselected:
            self._state = HALT
        return answer

    def _drops_out(self):
        if self.breaks and self._blocks >= self.breaks[0][0]:
            self._break()
            return True
        self._blocks += 1
        return False

    def _worked(self):
        first, self._rested = self._rested, False
        slower = first and self.first_us is not None
        self.delay_us = self.first_us if slower else self.processing_us

    def _process(self, apdu):
        return self._icc.process(apdu)

    def _break(self):
        # After this many blocks of an activation the card drops out and is back at once, IDLE and
        # powered up: as itself (other None), or with the files and the PUPI of another card.
        _, other = self.breaks.pop(0)
        if other is not None:
            self._presented_before += self._icc.presented
            self._icc = other._icc
            self._pupi = other._pupi
            self._info = other._info
        self.power_on()

"""The reader: finds cards with a PN532 and is the only way of a command to one.

`CardReader` is the seam: another reader chip fits behind the same five coroutines. No PUPI or
other identifier leaves `find`: the reader keeps the target without them.
"""

from mynacard import Gate
from pn532 import (
    GIVE_UP,
    REOPEN,
    TYPE_A,
    TYPE_B,
    TYPE_F,
    LostError,
    PN532Error,
    RejectedError,
    StatusError,
)

# What `find` tells
TYPE_B_CARD = "type_b"
SEVERAL = "several"
OTHER_A = "other_a"
OTHER_F = "other_f"

_FIELD_OFF_MS = 10  # 5 ms or more reset a card (ISO 14443-3); twice that, for weak clocks

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from typing import Protocol

    class CardReader(Protocol):
        """What the application wants of a reader: one card at a time."""

        #: The frame waiting integer of the card found (ISO 14443-3, ATQB); None if not known.
        fwi: "int | None"

        async def open(self) -> None:
            """Bring the reader up. Raises LostError or NoTypeBError."""

        async def find(self) -> "str | None":
            """Look once for a card: None or a name above. TYPE_B_CARD is activated then."""

        async def exchange(self, command: bytes) -> "bytes | None":
            """Send a command that the gate lets pass; None: the activation is over."""

        async def present(self) -> bool:
            """Tell whether the card found is still there, asking the running activation."""

        async def release(self) -> None:
            """End the activation, so that the card forgets it."""


class NoTypeBError(Exception):
    """The chip is a PN532 that cannot do Type B, as some clones: give up, replace the module."""


class Reader:
    """A PN532 as a reader of one card at a time. Constructing it does no I/O."""

    def __init__(self, chip, clock, healthy=lambda: None):
        """`chip`: `pn532.PN532`. `clock`: `ticks_ms`, `ticks_diff`, `await sleep_ms(n)`.

        `healthy()` is called whenever the chip has been asked something and all went orderly,
        also if a card was slow or went away: what a watchdog wants to hear.
        """
        self._healthy = healthy
        self._chip = chip
        self._clock = clock
        self._gate = None  # there is one while an activation runs
        self._target = None  # the card found last
        self.fwi = None  # the frame waiting integer of the card found (ISO 14443-3, ATQB)
        self._off_at = 0  # when the field was last switched off
        # A fault may have been a reset of the chip. Then it has forgotten its settings, and in
        # its low-battery mode it refuses all that concerns the field.
        self._unsure = False
        self._refused = False

    async def open(self):
        """Bring the chip up. Raises LostError if there is none, NoTypeBError if it won't do."""
        self._refused = False
        try:
            await self._chip.open()
            version = await self._chip.get_firmware_version()
            if not version.type_b:
                raise NoTypeBError
            await self._configure()
        except PN532Error:
            raise LostError
        await self._field_off()

    async def _configure(self):
        self._unsure = True
        if self._refused:
            await self._chip.open()
        await self._chip.rf_retries(1)  # without it an empty field never answers
        self._unsure = False

    async def find(self):
        """Look once for a card. Returns None or one of the names above; TYPE_B_CARD is activated.

        A Type A or F card beside one Type B card does not stop the read, so they come last. With
        nothing to talk to the field is off again when it returns.
        """
        await self._forgotten()
        try:
            if self._unsure:
                await self._configure()
            found = await self._find_type_b()
            self._refused = False
            if found is None:
                found = await self._find_other()
        except PN532Error as error:
            self._fault(error)
            found = None
        if found != TYPE_B_CARD:
            # The caller waits before the next look: that time counts as field off already.
            await self._field_off()
        self._healthy()
        return found

    async def _find_other(self):
        try:
            if await self._chip.in_list_passive_target(1, TYPE_A):
                return OTHER_A
            if await self._chip.in_list_passive_target(1, TYPE_F):
                return OTHER_F
        except RejectedError:
            pass  # a clone that lacks one of them can read our card all the same
        return None

    async def _find_type_b(self):
        self._gate = None
        targets = await self._chip.in_list_passive_target(2, TYPE_B)
        if len(targets) != 1:
            return SEVERAL if targets else None
        self._gate = Gate()
        self._target = targets[0].anonymous()
        self.fwi = self._target.fwi
        return TYPE_B_CARD

    async def exchange(self, command):
        """Send a command to the card found; return its answer, or None: the activation is over.

        Once it is over nothing more is sent until `find` has activated a card again. Raises
        mynacard's GateError for a command that must not be sent, LostError if the chip is out of
        reach.
        """
        if self._gate is None:
            return None
        self._gate.check(command)
        try:
            answer = await self._chip.in_data_exchange(self._target.tg, command)
        except PN532Error as error:
            self._gate = None
            self._fault(error)
            self._healthy()
            return None
        self._healthy()
        self._gate.answered(answer)
        return answer

    async def present(self):
        """Tell whether the card found is still there, asking the running activation."""
        try:
            there = await self._chip.type_b_present(self._target)
        except PN532Error as error:
            self._fault(error)
            there = False
        self._healthy()
        return there

    async def release(self):
        """End the activation: field off, long enough for every card to forget it."""
        await self._field_off()
        await self._forgotten()

    async def _field_off(self):
        self._gate = None
        for last in (False, True):
            try:
                if last:
                    await self._configure()
                await self._chip.rf_field(False)
                break
            except PN532Error as error:
                self._fault(error)
                if last:  # though it was in step again
                    raise LostError
        self._off_at = self._clock.ticks_ms()

    async def _forgotten(self):
        """Wait until the field has been off long enough for every card to forget it."""
        off_ms = self._clock.ticks_diff(self._clock.ticks_ms(), self._off_at)
        if 0 <= off_ms < _FIELD_OFF_MS:
            await self._clock.sleep_ms(_FIELD_OFF_MS - off_ms)

    def _fault(self, error):
        """Turn a fault that ends more than the activation into LostError."""
        refused = error.advice == GIVE_UP
        if error.advice == REOPEN or (refused and self._refused):
            raise LostError
        self._refused = self._refused or refused
        self._unsure = self._unsure or not isinstance(error, StatusError)

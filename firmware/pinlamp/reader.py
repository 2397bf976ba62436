"""The reader finds cards with a PN532. Every command to a card goes through it.

`CardReader` is the seam: another reader chip fits behind the same five coroutines. No PUPI or
other identifier is copied from where it was received, and once a card is gone, zeros replace all
that it said: collecting garbage would leave it in memory.
"""

from mynacard import Gate, commands
from pn532 import (
    CARD_MS,
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

# The results of `find`
TYPE_B_CARD = "type_b"
SEVERAL = "several"
OTHER_A = "other_a"
OTHER_F = "other_f"

_READ_BINARY = 0xB0  # INS (ISO 7816-4)
_EVERY = 3  # how many looks there are for each one for Types A and F, until such a card is there
_TRIES = 5  # a clone that echoes no 200 bytes costs half a second each
_FIELD_OFF_MS = 10  # 5 ms or more reset a card (ISO 14443-3); doubled for inexact clocks

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class CardReader(Protocol):
        """The methods that the application calls on a reader: one card at a time."""

        #: The frame waiting integer of the card found (ISO 14443-3, ATQB); None if not known.
        fwi: "int | None"
        #: Whether it waits for a long answer: READ BINARY's, not a status word alone.
        long_answer: bool
        #: Called when a command has left whose answer is a status word alone; None: nothing is.
        meanwhile: "Callable[[], None] | None"

        async def open(self) -> None:
            """Bring the reader up. Raises LostError or NoTypeBError."""

        async def find(self) -> "str | None":
            """Look once for a card: None or a name above. It activates a TYPE_B_CARD."""

        async def exchange(self, command: bytes) -> "bytes | None":
            """Send a command that the gate lets pass; None: the activation is over.

            The answer may be a view into a buffer, which the next command's replaces.
            """

        async def present(self) -> bool:
            """Ask the running activation whether the card found is still there."""

        async def release(self) -> None:
            """End the activation, so that the card forgets it."""


class NoTypeBError(Exception):
    """The chip is a PN532 clone without Type B: give up and replace the module."""


class Reader:
    """A PN532 as a reader of one card at a time. Constructing it does no I/O."""

    def __init__(self, chip, clock, healthy=lambda: None):
        """`chip`: `pn532.PN532`. `clock`: `ticks_ms`, `ticks_diff`, `await sleep_ms(n)`.

        The reader calls `healthy()` after every orderly exchange with the chip, even if the card
        was slow or went away: the signal for a watchdog.
        """
        self._healthy = healthy
        self._chip = chip
        self._clock = clock
        self._gate = None  # set while an activation runs
        self._target = None  # the card found last
        self.fwi = None  # the frame waiting integer of the card found (ISO 14443-3, ATQB)
        self.long_answer = False
        self.meanwhile = None
        # The frame of each command to target 1: made beforehand, as it takes as long as the gate.
        self._frames = {command: chip.prepare(1, command) for command in commands()}
        self._prepared = {}  # those that fit the target
        self._off_at = 0  # when the field last went off
        self._passed_over = _EVERY  # looks without one for Types A and F
        # A fault may have been a reset of the chip, which has then forgotten its settings.
        self._unsure = False
        self._told = False  # whether the buffers may hold what a card told
        self._port_told = 0  # how often it is still tried to overwrite a UART's own

    async def open(self):
        """Bring the chip up. Raises LostError without a chip, NoTypeBError for an unfit one."""
        self._chip.overwrite()  # a chip that got lost may have left its card's
        self._told = True  # and what one before a restart still had to say is drained here
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
        await self._chip.rf_retries(1)  # without it an empty field never answers
        self._unsure = False

    async def find(self):
        """Look once for a card. Returns None or one of the names above; activates a TYPE_B_CARD.

        A Type A or F card beside one Type B card does not stop the read, so they come last.
        Without a card to talk to, the field is off again afterwards.
        """
        await self._forgotten()
        try:
            if self._unsure:
                await self._configure()
            found = await self._find_type_b()
            if found is None:
                self._passed_over += 1
                if self._passed_over >= _EVERY:
                    found = await self._find_other()
                    if found is None:
                        self._passed_over = 0
        except PN532Error as error:
            self._fault(error)
            found = None
        self._told = self._told or found is not None
        if found != TYPE_B_CARD:
            # The caller waits before the next look: that time already counts as field off.
            await self._field_off()
        if found is None and self._port_told:  # when it is gone: nobody waits for a light now
            self._port_told -= 1
            self.long_answer = True
            try:
                await self._chip.overwrite_port()
                self._port_told = 0
            except PN532Error:
                self._unsure = True
            finally:
                self.long_answer = False
        self._healthy()
        return found

    async def _find_other(self):
        try:
            if await self._chip.in_list_passive_target(1, TYPE_A, None, True):
                return OTHER_A
            if await self._chip.in_list_passive_target(1, TYPE_F, None, True):
                return OTHER_F
        except RejectedError:
            # A clone without one of them can still read our card. Or the chip was reset just now.
            self._unsure = True
        return None

    async def _find_type_b(self):
        self._gate = None
        targets = await self._chip.in_list_passive_target(2, TYPE_B, None, True)
        if len(targets) != 1:
            return SEVERAL if targets else None
        self._gate = Gate()
        self._target = targets[0]
        self._prepared = self._frames if self._target.tg == 1 else {}
        self.fwi = self._target.fwi
        return TYPE_B_CARD

    async def exchange(self, command):
        """Send a command to the card found; return its answer, or None: the activation is over.

        Once it is over, the reader sends nothing until `find` has activated a card again. Raises
        mynacard's GateError if the gate refuses the command, LostError if the chip is out of
        reach.
        """
        if self._gate is None:
            return None
        self._gate.check(command)
        if command[1] == _READ_BINARY:
            self.long_answer = True
        answer = None
        try:
            answer = await self._chip.in_data_exchange(
                self._target.tg,
                command,
                CARD_MS,
                None if self.long_answer else self.meanwhile,
                self._prepared.get(command),
            )
            self._gate.answered(answer)
        except PN532Error as error:
            self._gate = None
            self._fault(error)
        finally:
            self.long_answer = False
            self._healthy()
        return answer

    async def present(self):
        """Ask the running activation whether the card found is still there."""
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
                if last:  # though chip and host were in step again
                    raise LostError
        self._off_at = self._clock.ticks_ms()
        if self._told:
            self._told = False
            self._port_told = _TRIES
            self._chip.overwrite()

    async def _forgotten(self):
        """Wait until the field has been off long enough for every card to forget it."""
        off_ms = self._clock.ticks_diff(self._clock.ticks_ms(), self._off_at)
        if 0 <= off_ms < _FIELD_OFF_MS:
            await self._clock.sleep_ms(_FIELD_OFF_MS - off_ms)

    def _fault(self, error):
        """Raise LostError for a fault that ends more than the activation."""
        self._told = True  # damaged, perhaps
        if error.advice in (GIVE_UP, REOPEN):
            raise LostError
        self._unsure = self._unsure or not isinstance(error, StatusError)

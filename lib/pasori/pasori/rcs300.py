"""An RC-S300 over USB: its commands as coroutines. The host does ISO-DEP, with `isodep`.

Commands and pauses are those of published traces [H], the flags apart [I]. It finds and activates
a card by itself, so two cards at once cannot be told from what it says [?].
"""

from .driver import Driver
from .errors import ACTIVATE, CardError, NoAnswerError, PasoriError
from .message import ANSWER, HEAD, UNKNOWN
from .port400 import Port400
from .rest import own_clock
from .usb import NO_MESSAGE, TOO_SHORT, Transfers

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .rest import Clock
    from .usb import Pipe

VENDOR = 0x054C
PRODUCTS = (0x0DC8, 0x0DC9)  # RC-S300/S and /P
CLASS = 0xFF  # of the interface to be claimed: the other one, 0B, belongs to the system


class RCS300(Driver):
    """One RC-S300. Constructing it does no I/O. One command at a time.

    pipe     a `usb.Pipe` to its interface of class FF
    iso_dep  a function from three bytes of the ATQB and a CID to an `isodep.Pcd`: isodep.pcd_of
    clock    a `rest.Clock`; None: MicroPython's own
    """

    def __init__(
        self, pipe: "Pipe", *, iso_dep: "Callable[..., Any]", clock: "Clock | None" = None
    ) -> None:
        clock = own_clock(clock)
        self._transfers = Transfers(pipe, clock, _size_of)
        super().__init__(self._transfers, Port400(usb=True), clock, iso_dep, 0, 0)

    async def exchange(
        self, apdu: bytes, meanwhile: "Callable[[], None] | None" = None
    ) -> "bytes | memoryview":
        """As `Driver.exchange`; a card that breaks the rules, or is mute, is a CardError."""
        try:
            return await super().exchange(apdu, meanwhile)
        except Exception as error:
            if isinstance(error, PasoriError) or getattr(error, "advice", None) != ACTIVATE:
                raise
            raise CardError(str(error))

    async def close(self) -> None:
        """Switch the field off and end the session, so that another program can have one."""
        for command in (self._port.field_off, self._port.end):
            try:
                await self._run(command())
            except PasoriError:
                pass  # nothing can be done, but the other one may still work
        self._doubt = True
        self._field = False

    def _host_side(self, info: bytes) -> "Any":
        return self._iso_dep(info, self._port.cid) if self._iso_dep else None

    async def _begin(self) -> None:
        """Drop what is left of an earlier session, begin one, and let a card forget."""
        self._doubt = True
        await self._transfers.drain()
        await super()._begin()
        await self.field_off()

    async def _answer(self, timeout_ms: int) -> "bytes | memoryview | None":
        """Return the answer. Those to older commands, and a wish for more time, are read over."""
        clock = self._clock
        deadline = clock.ticks_add(clock.ticks_ms(), timeout_ms)
        while True:
            message = await self._transfers.next(deadline)
            if message is None:
                raise NoAnswerError(False)
            if self._port.receive(message):
                return self._port.answer
            await self._pass_over(deadline, False)


def _size_of(begun: memoryview) -> int:
    """Return how long the message is that begins so, TOO_SHORT, or NO_MESSAGE."""
    if len(begun) and begun[0] not in (ANSWER, UNKNOWN):
        return NO_MESSAGE
    if len(begun) < HEAD:
        return TOO_SHORT
    return HEAD + (begun[1] | begun[2] << 8 | begun[3] << 16 | begun[4] << 24)

"""An RC-S380 as what it is: it sends a frame through the air and tells what comes back.

After a command is sent, the reader is *in doubt* until its answer comes: the ACK first, then the
answer with its code. If that never happens (time-out, damage, cancellation), the next command
first stops it and begins anew. No frame is ever sent again here.
"""

from . import port100
from .errors import REOPEN, LostError, NoAnswerError, PasoriError, ReceptionError
from .usb import Transfers

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable

    from .rest import Clock
    from .usb import Pipe

_OWN_MS = 500  # for what the reader answers on its own, and beyond the time of a card
_ACK_MS = 200  # it comes at once; other tasks, and a browser, may hold it up


class Air:
    """One reader. `doubt`: it has not answered its last command, or none was sent yet."""

    def __init__(self, pipe: "Pipe", clock: "Clock") -> None:
        self._clock = clock
        self._transfers = Transfers(pipe, clock, port100.size_of)
        self._out = bytearray(port100.LONGEST)
        self.doubt = True

    async def open(self) -> None:
        """Stop what the reader was at, and switch the field off. Raises LostError."""
        for last in (False, True):
            try:
                await self._begin()
                return
            except LostError:
                raise
            except PasoriError:
                if last:
                    raise LostError

    async def close(self) -> None:
        """Switch the field off, and leave the reader as it was found."""
        try:
            await self.field(False)
        except PasoriError:
            pass  # the ACK at least stops it
        try:
            await self._transfers.send(port100.ACK)
        except LostError:
            pass
        self.doubt = True

    async def field(self, on: bool) -> None:
        """Switch the field on or off."""
        await self._in_step()
        await self._set(port100.SWITCH_RF, b"\x01" if on else b"\x00")

    async def tune(self, kind: "tuple[bytes, bytes]") -> None:
        """Set everything for a kind of card, one of those in `port100`."""
        await self._in_step()
        rf, protocol = kind
        await self._set(port100.SET_RF, rf)
        await self._set(port100.SET_PROTOCOL, port100.DEFAULTS)
        await self._set(port100.SET_PROTOCOL, protocol)

    async def version(self) -> bytes:
        """Return the firmware's version."""
        await self._in_step()
        return bytes(await self._run(port100.VERSION))

    async def through(
        self,
        frame: "bytes | bytearray",
        us: int,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> "memoryview | None":
        """Send a frame to the cards; return the answer, None if none comes within `us`.

        It is valid until the next command. Raises ReceptionError for what is damaged.
        """
        parts = (port100.time(us), frame)
        data = await self._run(port100.COMM_RF, parts, us // 1000 + _OWN_MS, meanwhile)
        try:
            return port100.received(data)
        except port100.Port100Error as error:
            if error.status == port100.TIMEOUT:
                return None
            if error.status & port100.DAMAGED:
                raise ReceptionError(error.status & 0x1F)
            raise

    def overwrite(self) -> None:
        """Leave nothing in memory of what was received or sent."""
        self._transfers.overwrite()
        self._out[:] = bytes(len(self._out))

    async def _in_step(self) -> None:
        if self.doubt:
            await self.open()

    async def _begin(self) -> None:
        self.doubt = True
        await self._transfers.send(port100.ACK)  # stop
        await self._transfers.drain()
        await self._set(port100.SET_COMMAND_TYPE, b"\x01")
        await self._set(port100.SWITCH_RF, b"\x00")

    async def _set(self, code: int, parameters: bytes) -> None:
        try:
            port100.done(await self._run(code, (parameters,)), code)
        except port100.Port100Error as error:
            self.doubt = error.advice == REOPEN
            raise

    async def _run(
        self,
        code: int,
        parts: "tuple[bytes | bytearray, ...]" = (),
        timeout_ms: int = _OWN_MS,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> memoryview:
        """Send a command; return what is behind its answer's code. The ACK comes first [W]."""
        clock = self._clock
        self.doubt = True
        await self._transfers.send(port100.encode(self._out, code, *parts))
        if meanwhile:
            meanwhile()
        deadline = clock.ticks_add(clock.ticks_ms(), _ACK_MS)
        last = clock.ticks_add(deadline, timeout_ms)  # whatever comes, and however often
        heard = False
        while True:
            frame = await self._transfers.next(deadline)
            if frame is None:
                raise NoAnswerError(heard)
            if port100.is_ack(frame):
                heard = True
                deadline = last
            elif heard:  # before the ACK it is an old answer
                data = port100.answer(frame, code)
                if data is not None:
                    self.doubt = False
                    return data
                heard = False  # that, and the ACK before it, are another command's

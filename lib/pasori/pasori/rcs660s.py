"""An RC-S660/S on a UART: its commands as coroutines. The module itself does ISO-DEP, or `isodep`.

Commands and pauses are those of the one program that is known to have read a My Number Card with
this module [H]. After a command is sent, the reader is *in doubt* until its answer comes. If that
never happens (time-out, damage, cancellation), the activation is over, and the next command first
brings reader and host in step again: cancel, abort, a new session, a reset for a module that is
frozen. A command is sent again only to a reader that was busy, and so did not run it [I].
"""

from .errors import (
    BUSY_MS,
    REOPEN,
    BusyError,
    CorruptError,
    InnerStatusError,
    LostError,
    NoAnswerError,
    OrderError,
    PasoriError,
)
from .frame import IS_ACK, IS_CORRUPT
from .port400 import HOST_DOES_ISO_DEP, READER_DOES_ISO_DEP, TIMEOUT_US, Port400
from .uart import Link

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .uart import Clock, Uart

PAUSE_MS = 70  # between two commands, in the program that works [H]; whether less is enough: [?]
POLL_MS = 100  # between two looks for a card: more often, and a module froze [H]

_ACK_MS = 100  # it comes within 10 ms [W]; others may run just then, and adapters hold bytes back
_OWN_MS = 500  # for what the reader answers on its own
_FIND_MS = 1000
_CARD_MS = TIMEOUT_US // 1000 + 500  # longer than the reader waits for the card
_SETTLE_MS = 30  # after the field went on or off: 25–30 [H, over USB]; after a reset [S]
_ACTIVE_MS = 20  # after an activation [S]
_BUSY_TRIES = 10
_BLOCK_US = 50_000  # what the module may take for a block besides the card [I]


class RCS660S:
    """One RC-S660/S. Constructing it does no I/O. One command at a time.

    uart      a `machine.UART` at 115200 baud, with rxbuf=600
    clock     a `uart.Clock`; None: MicroPython's own
    pause_ms  the forced pause after each command; see PAUSE_MS
    iso_dep   None: the module does ISO-DEP, as proven [H]. Else the host [I]: a function from the
              ATQB's bytes 9-11 to an `isodep.Pcd`, whose errors `exchange` then raises, too
    """

    def __init__(
        self,
        uart: "Uart",
        *,
        clock: "Clock | None" = None,
        pause_ms: int = PAUSE_MS,
        iso_dep: "Callable[[bytes], Any] | None" = None,
    ) -> None:
        if clock is None:
            from . import clock as own

            clock = own  # type: ignore[assignment, unused-ignore]  # its stub has ticks of its own
        self._clock = clock
        self._link = Link(uart, clock, pause_ms)
        self._port = Port400()
        self._iso_dep = iso_dep
        self._pcd: "Any" = None  # of the activation, where the host does ISO-DEP
        self._doubt = True
        self._field = False
        self._look_at: "int | None" = None  # when it may look for a card again

    def pause(self, pause_ms: int) -> None:
        """Take another forced pause from now on."""
        self._link.pause_ms = pause_ms

    async def open(self) -> None:
        """Wake the reader and begin a session; reset it if that fails. Raises LostError."""
        for last in (False, True):
            try:
                await self._begin()
                return
            except PasoriError:
                if last:
                    raise LostError
            await self._reset()

    async def find_b(self) -> "bytes | None":
        """Find and activate a card of Type B; return bytes 9–11 of its ATQB, or None.

        The field stays on. Two cards at once: what the module does then is not known [?].
        """
        await self._in_step()
        found = await self._look(self._port.activate_b)
        if found is None:
            return None
        self._link.rest(_ACTIVE_MS)
        found = bytes(found)  # the next answer replaces it
        self._pcd = self._iso_dep(found) if self._iso_dep else None
        await self._run(self._port.flags(HOST_DOES_ISO_DEP if self._pcd else READER_DOES_ISO_DEP))
        await self._run(self._port.field_on())
        return found

    async def sense(self, kind: bytes) -> bool:
        """Tell whether there is a card of TYPE_A or TYPE_F [I]; the field stays on."""
        await self._in_step()
        return await self._look(lambda: self._port.sense(kind)) is not None

    async def exchange(
        self, apdu: bytes, meanwhile: "Callable[[], None] | None" = None
    ) -> "bytes | memoryview":
        """Send the card a command; return its answer, its SW included, until the next command.

        `meanwhile()`, if given, is called as soon as the command has left. It must not raise.
        After an error the activation is over, and this raises OrderError until the next one.
        """
        if self._doubt:
            raise OrderError("no card is activated")
        pcd = self._pcd
        if pcd is None:
            message = self._port.exchange_apdu(apdu)
            return await self._run(message, _CARD_MS, meanwhile) or b""  # which it never is
        block = pcd.exchange(apdu)
        while block is not None:
            wait_us = pcd.timeout_us + _BLOCK_US
            message = self._port.exchange_block(block, wait_us)
            block = pcd.receive(await self._run(message, wait_us // 1000 + _OWN_MS, meanwhile))
            meanwhile = None  # once, when the command has begun to leave
        return bytes(pcd.answer)

    async def field_off(self) -> None:
        """Switch the field off: the activation is over."""
        await self._in_step()
        await self._run(self._port.field_off())
        self._field = False
        self._link.rest(_SETTLE_MS)

    async def field_on(self) -> None:
        """Switch the field on; `find_b` and `sense` do that by themselves."""
        await self._in_step()
        await self._run(self._port.field_on())
        self._field = True
        self._link.rest(_SETTLE_MS)

    def overwrite(self) -> None:
        """Replace what was answered by zeros, but for what a UART's own buffer holds."""
        self._link.overwrite()

    def close(self) -> None:
        """Give the UART back. The field stays as it is."""
        self._link.close()

    async def _in_step(self) -> None:
        if self._doubt:
            await self.open()

    async def _look(self, ask: "Callable[[], bytes]") -> "bytes | memoryview | None":
        """Look for a card, the field being on, and not too soon after the last look."""
        if not self._field:
            await self.field_on()
        if self._look_at is not None:
            left = self._clock.ticks_diff(self._look_at, self._clock.ticks_ms())
            if 0 < left <= POLL_MS:  # else it was days ago: ticks wrap around
                await self._clock.sleep_ms(left)
        try:
            return await self._run(ask(), _FIND_MS)
        finally:
            self._look_at = self._clock.ticks_add(self._clock.ticks_ms(), POLL_MS)

    async def _begin(self) -> None:
        """Wake the reader, drop whatever it had to do, and begin a session."""
        link, port = self._link, self._port
        self._doubt = True
        self._field = False
        await link.wake()
        await link.cancel()
        await link.send(port.abort())
        await link.drain()
        try:
            await self._run(port.end())
        except InnerStatusError:
            pass  # there was none
        await self._run(port.start())

    async def _reset(self) -> None:
        await self._link.cancel()
        try:
            await self._run(self._port.reset())
        except PasoriError:
            return  # `_begin` will tell
        finally:
            self._doubt = True
        await self._link.confirm()
        await self._clock.sleep_ms(_SETTLE_MS)

    async def _run(
        self,
        message: bytes,
        timeout_ms: int = _OWN_MS,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> "bytes | memoryview | None":
        """Send one command, and again while the reader is busy; return what it answers."""
        done = False
        try:
            for _ in range(_BUSY_TRIES):
                self._doubt = True
                await self._link.send(message)
                if meanwhile:
                    meanwhile()
                try:
                    answer = await self._answer(timeout_ms)
                except BusyError:
                    await self._clock.sleep_ms(BUSY_MS)
                    continue
                except PasoriError as error:
                    # An orderly answer, though a bad one, or none.
                    self._doubt = error.advice == REOPEN or isinstance(
                        error, (CorruptError, NoAnswerError)
                    )
                    raise
                self._doubt = False
                done = True
                return answer
            raise BusyError
        finally:
            self._link.rest(0)
            if not done:
                self._port.abort()  # the port's own state: what is outstanding is given up

    async def _answer(self, timeout_ms: int) -> "bytes | memoryview | None":
        """Return the answer. Its ACK may be lost: an answer with our number proves as much."""
        clock, link, port = self._clock, self._link, self._port
        deadline = clock.ticks_add(clock.ticks_ms(), _ACK_MS)
        heard = False
        while True:
            found = await link.frame(deadline)
            if found is None:
                raise NoAnswerError(heard)
            what, message = found
            if what == IS_ACK and not heard:
                heard = True
                deadline = clock.ticks_add(clock.ticks_ms(), timeout_ms)
            elif what == IS_CORRUPT and heard:  # before the ACK it may be noise
                raise CorruptError(0)
            elif what not in (IS_ACK, IS_CORRUPT) and port.receive(message):
                return port.answer

"""What all readers of the Port-400 family do alike, as coroutines over a link of their own.

After a command is sent, the reader is *in doubt* until its answer comes. If that never happens
(time-out, damage, cancellation), the activation is over, and the next command first brings reader
and host in step again. A command is sent again only to a reader that was busy, and so did not run
it [I].
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
    OwnedError,
    PasoriError,
)
from .port400 import HOST_DOES_ISO_DEP, READER_DOES_ISO_DEP, TIMEOUT_US, Port400
from .rest import Rest, own_clock

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from .rest import Clock

    class Link(Protocol):
        """What carries messages to the reader."""

        async def send(self, message: bytes) -> None:
            """Send a message; drop what came before."""

        def overwrite(self) -> None:
            """Leave nothing in memory of what was received."""


OWN_MS = 500  # for what the reader answers on its own
SETTLE_MS = 30  # after the field went on or off: 25–30 [H, over USB]; after a reset [S]

_FIND_MS = 1000
_CARD_MS = TIMEOUT_US // 1000 + 500  # longer than the reader waits for the card
_ACTIVE_MS = 20  # after an activation [S]
_BUSY_TRIES = 10
_BLOCK_US = 50_000  # what the reader may take for a block besides the card [I]
_OWNED = 0x698A  # a session is there already; after an `end`, another program's


class Driver:
    """One reader. One command at a time. `rcs660s` and `rcs300` say how they begin and answer."""

    def __init__(
        self,
        link: "Link",
        port: Port400,
        clock: "Clock | None",
        iso_dep: "Callable[..., Any] | None",
        pause_ms: int,
        poll_ms: int,
    ) -> None:
        """`pause_ms`: after each command. `poll_ms`: between two looks for a card."""
        self._clock = own_clock(clock)
        self._link = link
        self._port = port
        self._iso_dep = iso_dep
        self._pcd: "Any" = None  # of the activation, where the host does ISO-DEP
        self._doubt = True
        self._field = False
        self._pause_ms = pause_ms
        self._poll_ms = poll_ms
        self._rest = Rest(self._clock)  # until the next command
        self._look_rest = Rest(self._clock)

    async def open(self) -> None:
        """Begin a session, whatever the reader was at. Raises LostError; OwnedError."""
        for last in (False, True):
            try:
                await self._begin()
                return
            except LostError:
                raise
            except PasoriError as error:
                if last:
                    owned = isinstance(error, InnerStatusError) and error.inner_sw == _OWNED
                    raise OwnedError if owned else LostError
            await self._reset()

    async def find_b(self) -> "bytes | None":
        """Find and activate a card of Type B; return bytes 9–11 of its ATQB, or None.

        The field stays on. Two cards at once: what the reader does then is not known [?].
        """
        await self._in_step()
        found = await self._look(self._port.activate_b)
        if found is None:
            return None
        self._pause(_ACTIVE_MS)
        found = bytes(found)  # the next answer replaces it
        self._pcd = self._host_side(found)
        await self._run(self._port.flags(HOST_DOES_ISO_DEP if self._pcd else READER_DOES_ISO_DEP))
        return found

    async def sense(self, kind: bytes) -> bool:
        """Tell whether there is a card of TYPE_A or TYPE_F [I]; the field stays on."""
        await self._in_step()
        try:
            return await self._look(lambda: self._port.sense(kind)) is not None
        finally:
            self._link.overwrite()  # it may have told the card's number

    async def exchange(
        self, apdu: bytes, meanwhile: "Callable[[], None] | None" = None
    ) -> "bytes | memoryview":
        """Send a command to the card; return its answer, its SW included, until the next command.

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
            block = pcd.receive(await self._run(message, wait_us // 1000 + OWN_MS, meanwhile))
            meanwhile = None  # once, when the command has begun to leave
        return pcd.answer  # type: ignore[no-any-return]

    async def field_off(self) -> None:
        """Switch the field off: the activation is over."""
        await self._in_step()
        await self._run(self._port.field_off())
        self._field = False
        self._pause(SETTLE_MS)

    async def field_on(self) -> None:
        """Switch the field on; `find_b` and `sense` do that by themselves."""
        await self._in_step()
        await self._run(self._port.field_on())
        self._field = True
        self._pause(SETTLE_MS)

    def overwrite(self) -> None:
        """Replace what was answered by zeros."""
        self._link.overwrite()
        if self._pcd is not None:
            self._pcd.overwrite()

    def _host_side(self, info: bytes) -> "Any":
        return self._iso_dep(info) if self._iso_dep else None

    async def _in_step(self) -> None:
        if self._doubt:
            await self.open()

    def _pause(self, ms: int) -> None:
        """Let no command out for `ms` from now, nor within the pause."""
        self._rest.begin(max(ms, self._pause_ms))

    async def _look(self, ask: "Callable[[], bytes]") -> "bytes | memoryview | None":
        """Look for a card, the field being on, and not too soon after the last look."""
        if not self._field:
            await self.field_on()
        await self._look_rest.over()
        try:
            return await self._run(ask(), _FIND_MS)
        finally:
            self._look_rest.begin(self._poll_ms)

    async def _begin(self) -> None:
        """End any session and start one; before that, whatever the link needs."""
        self._doubt = True
        self._field = False
        try:
            await self._run(self._port.end())
        except InnerStatusError:
            pass  # there was none
        await self._run(self._port.start())

    async def _reset(self) -> None:
        """Do what may help a reader with which no session can be had."""

    async def _send(self, message: bytes) -> None:
        await self._rest.over()
        await self._link.send(message)
        self._pause(0)

    async def _run(
        self,
        message: bytes,
        timeout_ms: int = OWN_MS,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> "bytes | memoryview | None":
        """Send one command, and again while the reader is busy; return what it answers."""
        done = False
        try:
            for _ in range(_BUSY_TRIES):
                self._doubt = True
                await self._send(message)
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
            self._pause(0)
            if not done:
                self._port.abort()  # the port's own state: what is outstanding is given up

    async def _answer(self, timeout_ms: int) -> "bytes | memoryview | None":
        """Return the answer to the command that has been sent."""
        raise NotImplementedError

    async def _pass_over(self, last: int, heard: bool) -> None:
        """Let others run: the reader has said something else. NoAnswerError if it is past `last`.

        One that never stops saying something else must not hold up all others.
        """
        await self._clock.sleep_ms(0)
        if self._clock.ticks_diff(last, self._clock.ticks_ms()) <= 0:
            raise NoAnswerError(heard)

"""An RC-S660/S on a UART: its commands as coroutines. The module itself does ISO-DEP, or `isodep`.

Commands and pauses are those of the one program that is known to have read a My Number Card with
this module [H]. One that is in doubt (see `driver`) is brought in step by: cancel, abort, a new
session, a reset if it is frozen.
"""

from .command import VERSION
from .driver import OWN_MS, SETTLE_MS, Driver
from .errors import CorruptError, NoAnswerError, PasoriError
from .frame import IS_ACK, IS_CORRUPT
from .message import request
from .port400 import Port400
from .rest import own_clock
from .uart import Link

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .rest import Clock
    from .uart import Uart

PAUSE_MS = 70  # between two commands, in the program that works [H]; whether less is enough: [?]
POLL_MS = 100  # between two looks for a card: more often, and a module froze [H]

_ACK_MS = 100  # it comes within 10 ms [W]; others may run just then, and adapters hold bytes back


class RCS660S(Driver):
    """One RC-S660/S. Constructing it does no I/O. One command at a time.

    uart      a `machine.UART` at 115200 baud, with rxbuf=600
    clock     a `rest.Clock`; None: MicroPython's own
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
        clock = own_clock(clock)
        self._uart = Link(uart, clock)
        super().__init__(self._uart, Port400(), clock, iso_dep, pause_ms, POLL_MS)

    def pause(self, pause_ms: int) -> None:
        """Take another forced pause from now on."""
        self._pause_ms = pause_ms

    async def find_b(self) -> "bytes | None":
        """Find and activate a card of Type B; return bytes 9–11 of its ATQB, or None.

        The field stays on. Two cards at once: what the module does then is not known [?].
        """
        found = await super().find_b()
        if found is not None:
            await self._run(self._port.field_on())  # as the program that works does [H]
        return found

    def drown(self, sleep_ms: "Callable[[int], object]") -> None:
        """As `overwrite`, and leave nothing in the UART's own buffer, either.

        Blocks for 2 s by `sleep_ms`, MicroPython's: for the end of a program, where no coroutine
        runs any more. In vain with a module that is lost.
        """
        self.overwrite()
        self._uart.drown(request(0, VERSION), sleep_ms, PAUSE_MS)

    def close(self) -> None:
        """Give the UART back. The field stays as it is."""
        self._uart.close()

    async def _begin(self) -> None:
        """Wake the reader, drop whatever it had to do, and begin a session."""
        self._doubt = True
        await self._uart.wake()
        await self._uart.cancel()
        await self._send(self._port.abort())
        await self._uart.drain()
        await super()._begin()

    async def _reset(self) -> None:
        await self._uart.cancel()
        try:
            await self._run(self._port.reset())
        except PasoriError:
            return  # `_begin` will tell
        finally:
            self._doubt = True
        await self._uart.confirm()
        await self._clock.sleep_ms(SETTLE_MS)

    async def _answer(self, timeout_ms: int = OWN_MS) -> "bytes | memoryview | None":
        """Return the answer. Its ACK may be lost: an answer with our number proves as much."""
        clock, link, port = self._clock, self._uart, self._port
        deadline = clock.ticks_add(clock.ticks_ms(), _ACK_MS)
        last = clock.ticks_add(deadline, timeout_ms)
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
            await self._pass_over(last, heard)

"""The device without a screen: one tap to its end, or its event lines as they come."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from ..exits import NOT_READ, READ, ExitError
from ..show.heard import parse
from ..show.names import Names
from ..show.reading import TOLD, Reading
from ..show.strange import tell

if TYPE_CHECKING:
    from .simulator import Simulator

# A virtual card is read within seconds, also by a machine under load.
_VIRTUAL_S = 60

# The faults after which no tap will be read.
_FATAL = {
    "reader_lost": "no PN532 answers",
    "reader_lost rcs660s": "no RC-S660/S answers",
    "no_type_b": "this PN532 cannot read Type B cards",
    "safe_mode": "the firmware crashes again and again",
}


class Headless:
    """A simulator without a screen. `reading` holds what the events have told so far."""

    def __init__(
        self,
        simulator: Simulator,
        card: str | None,
        echo: Callable[[str], None] | None = None,
        debug: bool = False,
        lang: str = "en",
    ) -> None:
        """`card` is held to the reader once it is ready; `echo` takes each event line as it came.

        `lang`: of what is said on standard error.
        `debug`: whatever else the firmware says on its console goes to standard error.
        """
        self.reading = Reading()
        self._simulator = simulator
        self._card = card
        self._names = Names(lang)
        self._echo = echo
        self._debug = debug
        self._noise = ""  # the last line that was no event
        self._console: asyncio.Queue[str | int] = asyncio.Queue()
        simulator.on_line = self._console.put_nowait
        simulator.on_exit = self._console.put_nowait

    async def tap(self, virtual: bool = True) -> int:
        """See one tap through; return READ or NOT_READ, or raise ExitError.

        A virtual card has to be read within a minute; a hand may take its time with a real one.
        """
        try:
            await self._simulator.start()
            return await asyncio.wait_for(self._one_tap(), _VIRTUAL_S if virtual else None)
        except asyncio.TimeoutError:
            raise ExitError(f"no result within {_VIRTUAL_S} s") from None
        finally:
            await self._simulator.stop()

    async def stream(self) -> None:
        """Echo the events until the task is cancelled; ExitError if the firmware ends."""
        try:
            await self._simulator.start()
            async for _ in self._events():
                pass
        finally:
            await self._simulator.stop()

    async def _one_tap(self) -> int:
        async for event in self._events():
            if event.get("type") == "fault":
                self._judge(event)
            elif self.reading.phase in TOLD:
                break
        return NOT_READ if self.reading.phase == "again" else READ

    def _judge(self, fault: dict[str, Any]) -> None:
        code = str(fault.get("code"))
        if code == "reader_lost" and self._simulator.struck:
            return  # of a fault that was asked for; the device tries again
        fatal = _FATAL.get(f"{code} {fault.get('reader')}") or _FATAL.get(code)
        if fatal:
            raise ExitError(fatal)
        if code == "settings":
            # As the device: it uses the default, and says so.
            said = self._names.fault(code, str(fault.get("field", "")))
            tell(f"pinlamp: {said}", err=True)
            return
        tell(f"pinlamp: the firmware crashed, and starts again: {self._noise}", err=True)

    async def _events(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the events, already taken into `reading`; the card is held at the first ready."""
        while True:
            line = await self._console.get()
            if isinstance(line, int):
                raise ExitError(self._end(line))
            event = parse(line)
            if event is None:
                self._noise = line or self._noise
                if self._debug:
                    print(line, file=sys.stderr)
                continue
            if self._echo:
                self._echo(line)
            self.reading.take(event)
            if self._card and event.get("type") == "ready":
                self._simulator.tap(self._card)
                self._card = None
            yield event

    def _end(self, status: int) -> str:
        if self._simulator.line_gone:
            return "the serial line has gone"
        return f"the firmware has ended, exit status {status}: {self._noise}"

"""A session's second half: the device as it is used every day, and what is pulled from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..deploy.port import DeviceError
from ..show import cable, table
from ..show.heard import heard
from ..show.names import Names
from ..show.reading import Reading
from .found import Found
from .listener import Listener
from .talk import Talk

_READY_S = 30.0
_HAND_S = 60.0  # how long a person may take for what they were asked to do
_TAIL_S = 3.0  # within that time a port that was just opened tells what it kept


class Live:
    """The running device at `port`. Its methods are steps, which raise DeviceError if it is lost.

    A step that the person leaves out is noted as skipped.
    """

    def __init__(
        self, found: Found, talk: Talk, port: str, lang: str, link: str, lamps: int
    ) -> None:
        """`link`: by which its reader is connected; `lamps`: how many it has, by its settings."""
        self._found = found
        self._talk = talk
        self._port = port
        self._lang = lang
        self._link = link
        self._lamps = lamps

    def run(self, save: Callable[[], None]) -> None:
        """Do all steps; `save` is called after each."""
        started = time.monotonic()
        with Listener(self._port) as console:
            self._talk.step("tap")
            if console.wait("open", seconds=_READY_S) is None:
                raise self._lost()
            # `ready` may come before the port is open; `alive` comes every 2 s.
            event = console.wait("ready", "alive", seconds=_READY_S)
            # What it shows itself is surer; an older one does not tell.
            self._lamps = (heard(event or {}) or {}).get("lamps", self._lamps)
            if event is None or "fault" in event:
                self._talk.bad("ready_not")
            elif event["type"] == "ready":
                self._note(ready_ms=round((time.monotonic() - started) * 1000))
            for step in (self._tap, self._pull, self._reader, self._cable):
                if step != self._tap:
                    self._talk.step(step.__name__[1:])
                if not step(console):
                    self._found.skip(step.__name__[1:])
                save()
        self._talk.step("tail")
        if not self._tail():
            self._found.skip("tail")
        save()

    def _lost(self) -> DeviceError:
        return DeviceError(f"{self._port} did not come back: plug the device in again", cable.NONE)

    def _note(self, **values: Any) -> None:
        self._found.note("live", **values)

    def _tap(self, console: Listener) -> bool:
        if not self._talk.ready("tap_before"):
            return False
        console.forget()
        self._talk.say("tap_now")
        reading = Reading()
        result = None
        until = time.monotonic() + _HAND_S
        while result is None and (left := until - time.monotonic()) > 0:
            event = console.wait("card", "key", "result", seconds=left)
            if event is not None:
                reading.take(event)
                result = event if event["type"] == "result" else None
        if result is None:
            self._talk.bad("card_none")
            return False
        if result["complete"]:
            self._note(result_ms=result["ms"])
        table.show(reading, self._lamps, Names(self._lang))
        self._note(lamps_right=self._talk.seen("lamps_right"))
        return True

    def _pull(self, console: Listener) -> bool:
        if not self._talk.ready("pull_before"):
            return False
        while True:
            console.forget()
            self._talk.say("pull_now")
            result = console.wait("result", seconds=_HAND_S)
            if result is not None and not result["complete"]:
                break
            if not self._talk.again("pull_late"):
                return False
        self._note(pulled_told=True)
        self._talk.good("pulled")
        self._note(pulled_violet=self._talk.seen("pulled_violet"))
        self._talk.say("pull_again")
        until = time.monotonic() + _HAND_S
        read = False
        while not read and (left := until - time.monotonic()) > 0:
            result = console.wait("result", seconds=left)
            read = bool(result and result["complete"])
        self._note(read_again=read)
        self._say(read, "read_again")
        return True

    def _reader(self, console: Listener) -> bool:
        wire = {"hsu": "TX", "i2c": "SDA", "spi": "MISO"}.get(self._link, "")
        if not self._talk.ready("reader_before", wire=wire):
            return False
        console.forget()
        self._talk.say("reader_now", wire=wire)
        fault = console.wait("fault", seconds=_HAND_S)
        self._note(reader_lost_told=bool(fault and fault.get("code") == "reader_lost"))
        self._say(fault is not None, "reader_lost")
        self._note(reader_violet=self._talk.seen("reader_violet"))
        console.forget()
        self._talk.say("reader_back", wire=wire)
        back = console.wait("ready", seconds=_HAND_S) is not None
        self._note(reader_back=back)
        self._say(back, "reader_ready")
        return True

    def _cable(self, console: Listener) -> bool:
        if not self._talk.ready("cable_before"):
            return False
        console.forget()
        self._talk.say("cable_now")
        gone = console.wait("gone", seconds=_HAND_S) is not None
        self._note(cable_gone=gone)
        self._say(gone, "cable_gone")
        if not gone:
            return True
        self._talk.say("cable_back")
        back = console.wait("open", seconds=_HAND_S) is not None
        if not back:
            raise self._lost()
        # Its first words may have come before the port was open.
        self._note(cable_back=True)
        self._talk.good("cable_ready")
        return True

    def _tail(self) -> bool:
        """Find out whether a card read while nobody listens is told to whoever listens later."""
        if not self._talk.ready("tail_before"):
            return False
        if not self._talk.ready("tail_now"):
            return False
        with Listener(self._port) as console:
            told = console.wait("key", "result", seconds=_TAIL_S) is not None
        self._found.answer("console_tail", told)
        self._talk.say("tail_told" if told else "tail_silent")
        return True

    def _say(self, well: bool, name: str) -> None:
        if well:
            self._talk.good(name)
        else:
            self._talk.bad(name + "_not")

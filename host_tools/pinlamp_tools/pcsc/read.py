"""One tap on a PC/SC reader: the firmware's own `tap`, and the events a device would say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from mynacard import keys
from mynacard.survey import Card, Finding
from pinlamp import tap

from .reader import Reader, Service


class Clock:
    """The clock that a tap wants."""

    sleep_ms = staticmethod(lambda ms: asyncio.sleep(ms / 1000))
    ticks_ms = staticmethod(lambda: time.monotonic_ns() // 1_000_000)
    ticks_diff = staticmethod(lambda end, start: end - start)


class _Events:
    """Tells what the device would, while its tap runs (see pinlamp.events)."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell

    def started(self) -> None:
        """An activation; the `card` event that follows clears what was told before."""

    def card(self, card: Card) -> None:
        self._tell({"v": 1, "type": "card", "kind": card.kind})

    def finding(self, finding: Finding) -> None:
        self._tell({"v": 1, "type": "key", **finding._asdict()})

    def result(self, done: Any) -> None:
        found = [finding._asdict() for finding in done.findings]
        complete = done.complete
        self._tell({"v": 1, "type": "result", "complete": complete, "ms": done.ms, "keys": found})


def activate(service: Service, part: str | None, waiting: Callable[[list[str]], None]) -> Reader:
    """Wait for a card on a reader with `part` in its name (None: any); return it, activated.

    `waiting` and errors: see `Service.wait` and `Reader.find`.
    """
    while True:
        reader = Reader(service, service.wait(part, waiting))
        # A card that was lifted again at once: there will be another.
        if asyncio.run(reader.find()) is not None:
            return reader


def read(reader: Any, licence: bool, tell: Callable[[dict[str, Any]], None]) -> None:
    """Survey the card that `reader` has activated, and `tell` each event.

    `reader` is a `Reader`, or has its methods. PcscError: see `reader`.
    """
    events = _Events(tell)
    done = asyncio.run(tap.run(reader, keys.select(licence), Clock, events))
    if not done.complete or done.findings:
        events.result(done)

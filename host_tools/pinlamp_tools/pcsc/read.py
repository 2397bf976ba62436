"""One tap on a PC/SC reader: the firmware's own `tap`, with the events of a device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from mynacard import Card, Finding, default_keys
from pinlamp import tap
from pinlamp.events import VERSION, card_event, key_event, result_event
from pinlamp.recording import recorder

from ..show.clock import Clock
from .calls import PcscError
from .reader import Reader
from .service import Service, Waiting


class _Listener:
    """Tells the events of a device while the tap runs."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], picky: bool) -> None:
        self._tell = tell
        self._picky = picky  # it tells nothing of a card of another kind
        self.passed = False  # it has met a card of another kind

    def tell(self, event: dict[str, Any]) -> None:
        self._tell({"v": VERSION, **event})

    def started(self) -> None:
        """Note an activation; its `card` event clears all earlier events."""

    def card(self, card: Card) -> None:
        self.passed = self._picky and card.kind == "other_b"
        if not self.passed:
            self._picky = False
            self.tell(card_event(card.kind))

    def finding(self, finding: Finding) -> None:
        self.tell(key_event(finding))


class _Steady:
    """Wraps a reader: its fault ends the tap as a pulled card does, and `error` says why."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.error: PcscError | None = None

    async def exchange(self, command: bytes) -> bytes | None:
        return await self._or_none(self._reader.exchange(command))  # type: ignore[no-any-return]

    async def find(self) -> str | None:
        if self.error is not None:
            return None
        return await self._or_none(self._reader.find())  # type: ignore[no-any-return]

    async def release(self) -> None:
        await self._reader.release()

    async def _or_none(self, asked: Any) -> Any:
        try:
            return await asked
        except PcscError as error:
            self.error = error
            return None


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(coroutine)
    finally:
        coroutine.close()  # Ctrl-C may come before the coroutine begins: Python would warn of that


def tap_card(
    service: Service,
    part: str | None,
    licence: bool,
    waiting: Waiting,
    tell: Callable[[dict[str, Any]], None],
    record: bool = False,
) -> str:
    """Wait for a card on a reader with `part` in its name; survey it, return the reader's name.

    Without `part` it passes over a card of another kind as long as one of ours may come elsewhere.
    `record`: tell every exchange as well. For errors see `Service.wait` and `Reader`.
    """
    while True:
        name = service.wait(part, waiting)
        picky = part is None and service.elsewhere(name)
        reader = Reader(service, name)
        try:
            if _run(reader.find()) is None:
                continue  # somebody lifted the card at once: wait for the next one
        except PcscError as error:
            if not picky or not service.pass_over(name, error.reason):
                raise
            continue
        else:
            if read(reader, licence, tell, picky, record):
                return name
        finally:
            reader.leave()
        service.pass_over(name, "other_b")


def read(
    reader: Any,
    licence: bool,
    tell: Callable[[dict[str, Any]], None],
    picky: bool = False,
    record: bool = False,
) -> bool:
    """Survey the card that `reader` has activated, and `tell` each event.

    `reader` is a `Reader`, or has its methods. If it fails, tell a `result` and raise PcscError.
    `picky`: tell nothing of a card of another kind, and return False; otherwise return True.
    `record`: tell every exchange as well.
    """
    listener = _Listener(tell, picky)
    steady = _Steady(reader)
    on_exchange = recorder(reader, listener.tell) if record else None
    done = _run(tap.run(steady, default_keys(licence), Clock, listener, on_exchange))
    if not done.complete or done.findings:
        listener.tell(result_event(done.complete, done.ms, done.findings))
    if steady.error is not None:
        raise steady.error
    return not listener.passed

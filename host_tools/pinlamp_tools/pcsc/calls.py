"""Calls of PC/SC: their errors, and an end to each.

No call can be broken off (SCardCancel ends SCardGetStatusChange alone), and a service or a card
that never answers would hold us for ever. So a thread makes each call. Once its time is over we
go on without it; the system takes what it holds at our end. Ctrl-C ends the waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any

from smartcard import scard

# For one call. A card may ask for 5 s more, again and again (ISO/IEC 14443-4, 7.3).
CALL_S = 10.0
TAP_S = 60.0  # for all calls of an activation together; a slow one takes some seconds
END_S = 2.0  # to let a card or the service go

_NO_SERVICE = (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED)
_GONE = (
    scard.SCARD_E_READER_UNAVAILABLE,
    scard.SCARD_E_UNKNOWN_READER,
    scard.SCARD_E_NO_READERS_AVAILABLE,
)
REASONS = {
    scard.SCARD_E_SHARING_VIOLATION: "held",
    scard.SCARD_E_PROTO_MISMATCH: "protocol",
    scard.SCARD_W_UNRESPONSIVE_CARD: "unresponsive",
    scard.SCARD_W_UNSUPPORTED_CARD: "unresponsive",
    **dict.fromkeys(_NO_SERVICE, "no_service"),
    **dict.fromkeys(_GONE, "reader_gone"),
}


class PcscError(Exception):
    """PC/SC cannot go on: give up. `code` is its return code, `reason` a name in texts.json."""

    def __init__(self, code: int, reason: str | None = None) -> None:
        """`reason`: needed if the code does not tell it."""
        super().__init__(scard.SCardGetErrorMessage(code))
        self.code = code
        self.reason = reason or REASONS.get(code, "failed")


def check(code: int) -> None:
    """Raise PcscError unless the code is that of success."""
    if code != scard.SCARD_S_SUCCESS:
        raise PcscError(code)


def within(seconds: float, function: Callable[..., Any], *args: Any) -> Any:
    """Return what `function(*args)` returns within so many seconds; else PcscError "silent"."""
    answer: futures.Future[Any] = futures.Future()

    def ask() -> None:
        try:
            answer.set_result(function(*args))
        except BaseException as error:  # the caller's
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answer.result(max(0.0, seconds))
    except futures.TimeoutError:
        raise PcscError(scard.SCARD_E_TIMEOUT, "silent") from None


class Limit:
    """The time that is left for all calls of one activation."""

    def __init__(self) -> None:
        """Begin now."""
        self._until = time.monotonic() + TAP_S

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what `function(*args)` returns; PcscError "silent" once the time is over."""
        return within(min(CALL_S, self._until - time.monotonic()), function, *args)

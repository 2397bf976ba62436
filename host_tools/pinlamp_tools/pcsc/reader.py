"""A PC/SC reader with the methods of `pinlamp.reader.Reader`, so that the same tap drives it.

Every command passes the gate in `exchange`; no other function here sends one.

Each activation begins and ends with a reset of the card. SCARD_W_RESET_CARD tells this to other
programs that share the card; otherwise they would go on with the wrong applet selected. The reset
also clears a PIN that one of them has verified: the card then tells its counter instead of 9000.

What a card told is overwritten here as soon as it is read. What pyscard, the service and its
driver keep of it is not ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from smartcard import scard

from mynacard import Gate
from pinlamp.reader import TYPE_B_CARD

from .atr import fwi_of, offers_t1
from .calls import CALL_S, END_S, REASONS, Limit, PcscError, check, within
from .opening import SHARED, T1, Opening
from .service import WAIT_MS, Service

_LOOK_S = 0.5  # for a card on its way down, or back; pcscd looks every 400 ms
_HELD_S = 5.0  # how long another program may hold the card
_LOOK_AGAIN_S = 0.005  # between two checks of that

# The card is gone, or another program has reset it: the activation is over, the reader is well.
_NO_CARD = (
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_E_COMM_DATA_LOST,
)


class Reader:
    """One reader of a `Service`. Its coroutines let Ctrl-C in before each call of PC/SC."""

    def __init__(self, service: Service, name: str) -> None:
        """`name`: one of `service.readers()`."""
        self.name = name
        self._service = service
        self._opening: Opening | None = None
        self._card: Any = None
        self.fwi: int | None = None  # the found card's, if the ATR tells it
        self._gate: Gate | None = None  # set while an activation runs
        self._limit = Limit()
        self._answer = bytearray()  # the last one

    async def find(self) -> str | None:
        """Activate the card that is there or comes within half a second; None without one.

        PcscError if the reader is gone, another program holds the card, or it is no T=1 card.
        """
        until = time.monotonic() + _LOOK_S
        state = scard.SCARD_STATE_UNAWARE
        while True:
            await asyncio.sleep(0)
            left_ms = max(0, round((until - time.monotonic()) * 1000))
            asked = [(self.name, state)]
            wait_ms = min(left_ms, WAIT_MS)
            code, found = within(
                CALL_S, scard.SCardGetStatusChange, self._service.context, wait_ms, asked
            )
            if code == scard.SCARD_E_TIMEOUT:
                if left_ms == 0:
                    return None
                continue
            check(code)
            _, state, atr = found[0]
            try:
                if state & scard.SCARD_STATE_PRESENT and await self._activate(atr):
                    return TYPE_B_CARD
            finally:
                _overwrite(atr)
            if left_ms == 0:  # a card with a bad contact comes and goes all the time
                return None

    async def _activate(self, atr: list[int]) -> bool:
        self._limit = Limit()
        self._opening = Opening(self.name)
        self._opening.start()
        until = time.monotonic() + _HELD_S
        while self._opening.is_alive():
            if time.monotonic() > until:
                raise PcscError(scard.SCARD_E_SHARING_VIOLATION)
            await asyncio.sleep(_LOOK_AGAIN_S)
        code, card = self._opening.code, self._opening.card
        if code == scard.SCARD_E_PROTO_MISMATCH and offers_t1(atr):
            raise PcscError(code, "held")  # another program has opened the card in T=0
        if code == scard.SCARD_S_SUCCESS:
            reset = (card, SHARED, T1, scard.SCARD_RESET_CARD)
            code, _ = self._limit.call(scard.SCardReconnect, *reset)
        if code in _NO_CARD:
            self.leave()
            return False
        check(code)
        self._card = card
        _, _, _, _, atr = self._limit.call(scard.SCardStatus, card)
        self.fwi = fwi_of(atr)
        _overwrite(atr)
        self._gate = Gate()
        return True

    async def exchange(self, command: bytes) -> memoryview | None:
        """Send a command to the card found; return its answer, or None: the activation is over.

        The answer is a view; zeros replace it at the next command, and when the activation ends.
        GateError if the gate refuses the command; PcscError if reader or service are gone,
        or never answer.
        """
        _overwrite(self._answer)
        if self._gate is None:
            return None
        await asyncio.sleep(0)
        self._gate.check(command)
        try:
            asked = (self._card, scard.SCARD_PCI_T1, list(command))
            code, answer = self._limit.call(scard.SCardTransmit, *asked)
        except PcscError:
            self._gate = None
            raise
        if code != scard.SCARD_S_SUCCESS:
            self._gate = None
            if code in REASONS:
                raise PcscError(code)
            return None  # whatever the fault was, the next activation will tell
        self._answer = bytearray(answer)
        _overwrite(answer)
        self._gate.answered(self._answer)
        return memoryview(self._answer)

    async def release(self) -> None:
        """End the activation; see `leave`."""
        self.leave()

    def leave(self) -> None:
        """End the activation: reset the card and let other programs have it."""
        _overwrite(self._answer)
        if self._opening is not None:
            with contextlib.suppress(PcscError):  # a call that never ends keeps the card
                within(END_S, self._opening.give_up)
        self._opening = None
        self._card = None
        self._gate = None


def _overwrite(told: bytearray | list[int]) -> None:
    """Put zeros into the place of what a card told."""
    for at in range(len(told)):
        told[at] = 0

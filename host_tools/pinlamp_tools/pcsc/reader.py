"""A PC/SC reader with the methods of `pinlamp.reader.Reader`, so that the same tap drives it.

Every command passes the gate in `exchange`; nothing else here sends one.

Each activation begins and ends with a reset of the card. Other programs that share the card then
hear of it (SCARD_W_RESET_CARD) instead of going on with another applet selected than they believe;
and a PIN that one of them has verified is asked for its counter, not answered 9000.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from smartcard import scard

from mynacard import Gate
from pinlamp.reader import TYPE_B_CARD

from .atr import fwi_of, offers_t1
from .opening import SHARED, T1, Opening
from .service import REASONS, WAIT_MS, PcscError, Service, check

_LOOK_S = 0.5  # for a card that is being put down, or comes back; pcscd looks every 400 ms
_HELD_S = 5.0  # how long another program may have the card to itself
_LOOK_AGAIN_S = 0.005  # between two looks at whether it still has

# The card is away, or was reset by somebody else: the activation is over, the reader is well.
_NO_CARD = (
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_E_COMM_DATA_LOST,
)


class Reader:
    """One reader of a `Service`. Its coroutines give way to Ctrl-C before each call of PC/SC."""

    def __init__(self, service: Service, name: str) -> None:
        """`name`: one of `service.readers()`."""
        self.name = name
        self._service = service
        self._opening: Opening | None = None
        self._card: Any = None
        self.fwi: int | None = None  # of the card found, where the ATR tells it
        self._gate: Gate | None = None  # there is one while an activation runs

    async def find(self) -> str | None:
        """Activate the card that lies there or comes within half a second; None without one.

        PcscError if the reader is gone, the card held by another program, or not one of T=1.
        """
        until = time.monotonic() + _LOOK_S
        state = scard.SCARD_STATE_UNAWARE
        while True:
            await asyncio.sleep(0)
            left_ms = max(0, round((until - time.monotonic()) * 1000))
            code, found = scard.SCardGetStatusChange(
                self._service.context, min(left_ms, WAIT_MS), [(self.name, state)]
            )
            if code == scard.SCARD_E_TIMEOUT:
                if left_ms == 0:
                    return None
                continue
            check(code)
            _, state, atr = found[0]
            if state & scard.SCARD_STATE_PRESENT and await self._activate(atr):
                return TYPE_B_CARD

    async def _activate(self, atr: list[int]) -> bool:
        self._opening = Opening(self.name)
        self._opening.start()
        until = time.monotonic() + _HELD_S
        while self._opening.is_alive():
            if time.monotonic() > until:
                raise PcscError(scard.SCARD_E_SHARING_VIOLATION)
            await asyncio.sleep(_LOOK_AGAIN_S)
        code, card = self._opening.code, self._opening.card
        if code == scard.SCARD_E_PROTO_MISMATCH and offers_t1(atr):
            raise PcscError(code, "held")  # another program has opened it in T=0
        if code == scard.SCARD_S_SUCCESS:
            code, _ = scard.SCardReconnect(card, SHARED, T1, scard.SCARD_RESET_CARD)
        if code in _NO_CARD:
            self.leave()
            return False
        check(code)
        self._card = card
        _, _, _, _, atr = scard.SCardStatus(card)
        self.fwi = fwi_of(atr)
        self._gate = Gate()
        return True

    async def exchange(self, command: bytes) -> bytes | None:
        """Send a command to the card found; return its answer, or None: the activation is over.

        GateError for a command that must not be sent; PcscError if reader or service are gone.
        """
        if self._gate is None:
            return None
        await asyncio.sleep(0)
        self._gate.check(command)
        code, answer = scard.SCardTransmit(self._card, scard.SCARD_PCI_T1, list(command))
        if code != scard.SCARD_S_SUCCESS:
            self._gate = None
            if code in REASONS:
                raise PcscError(code)
            return None  # whatever it was, another activation will tell
        self._gate.answered(bytes(answer))
        return bytes(answer)

    async def release(self) -> None:
        """End the activation, as `leave`."""
        self.leave()

    def leave(self) -> None:
        """End the activation: the card is reset, and other programs may have it."""
        if self._opening is not None:
            self._opening.give_up()
        self._opening = None
        self._card = None
        self._gate = None

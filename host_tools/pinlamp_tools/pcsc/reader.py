"""A PC/SC reader with the methods of `pinlamp.reader.Reader`, so that the same tap drives it.

Every command passes the gate in `exchange`; no other function here sends one.

Each activation begins and ends with a reset of the card. SCARD_W_RESET_CARD tells this to other
programs that share the card; otherwise they would go on with the wrong applet selected. The reset
also clears a PIN that one of them has verified: the card then tells its counter instead of 9000.
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

    async def find(self) -> str | None:
        """Activate the card that is there or comes within half a second; None without one.

        PcscError if the reader is gone, another program holds the card, or it is no T=1 card.
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
            raise PcscError(code, "held")  # another program has opened the card in T=0
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

        GateError if the gate refuses the command; PcscError if reader or service are gone.
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
            return None  # whatever the fault was, the next activation will tell
        self._gate.answered(bytes(answer))
        return bytes(answer)

    async def release(self) -> None:
        """End the activation; see `leave`."""
        self.leave()

    def leave(self) -> None:
        """End the activation: reset the card and let other programs have it."""
        if self._opening is not None:
            self._opening.give_up()
        self._opening = None
        self._card = None
        self._gate = None

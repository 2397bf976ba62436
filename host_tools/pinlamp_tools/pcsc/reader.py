"""A PC/SC reader with the methods of `pinlamp.reader.Reader`, so that the same tap drives it.

Every command passes the gate in `exchange`; nothing else here sends one. Of the ATR only the frame
waiting integer is kept: the rest differs by card generation and by reader, and decides nothing.

Each activation begins and ends with a reset of the card. Other programs that share the card then
hear of it (SCARD_W_RESET_CARD) instead of going on with another applet selected than they believe;
and a PIN that one of them has verified is asked for its counter, not answered 9000.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from smartcard import scard

from mynacard.gate import Gate
from pinlamp.reader import TYPE_B_CARD

from . import probe

_LOOK_S = 0.5  # for a card that is being put down, or comes back; pcscd looks every 400 ms
_WAIT_MS = 250  # between two looks at Ctrl-C, and at readers that were plugged in
_HELD_S = 5.0  # how long another program may have the card to itself

_NO_SERVICE = (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED)
_GONE = (
    scard.SCARD_E_READER_UNAVAILABLE,
    scard.SCARD_E_UNKNOWN_READER,
    scard.SCARD_E_NO_READERS_AVAILABLE,
)
_REASONS = {
    scard.SCARD_E_SHARING_VIOLATION: "held",
    scard.SCARD_E_PROTO_MISMATCH: "protocol",
    scard.SCARD_W_UNRESPONSIVE_CARD: "unresponsive",
    scard.SCARD_W_UNSUPPORTED_CARD: "unresponsive",
    **dict.fromkeys(_NO_SERVICE, "no_service"),
    **dict.fromkeys(_GONE, "reader_gone"),
}
# The card is away, or was reset by somebody else: the activation is over, the reader is well.
_NO_CARD = (
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_E_COMM_DATA_LOST,
)


class PcscError(Exception):
    """PC/SC cannot go on: give up. `code` is its return code, `reason` a name of texts.json."""

    def __init__(self, code: int, reason: str | None = None) -> None:
        """`reason`: where the code does not tell."""
        super().__init__(scard.SCardGetErrorMessage(code))
        self.code = code
        self.reason = reason or _REASONS.get(code, "failed")


class NoSuchReaderError(Exception):
    """No reader's name has the text in it; `names` are those that there are."""

    def __init__(self, names: list[str]) -> None:
        """`names`: at least one."""
        super().__init__(", ".join(names))
        self.names = names


def _check(code: int) -> None:
    if code != scard.SCARD_S_SUCCESS:
        raise PcscError(code)


class Service:
    """The PC/SC service, and which readers it has. Use as a context."""

    def __enter__(self) -> Service:
        """Connect; PcscError if there is no service."""
        code, self.context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check(code)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it."""
        scard.SCardReleaseContext(self.context)

    def readers(self) -> list[str]:
        """Return the readers' names, sorted."""
        code, names = scard.SCardListReaders(self.context, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        _check(code)
        return sorted(names)

    def wait(self, part: str | None, waiting: Callable[[list[str]], None]) -> str:
        """Wait for a card on a reader with `part` in its name (None: any); return that name.

        `waiting(names)` is called when none lies there, and again when the readers have become
        others. PcscError "no_reader" if there is none at all, NoSuchReaderError if none fits.
        """
        told: list[str] = []
        while True:
            names = self._fitting(part)
            states = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
            _, found = scard.SCardGetStatusChange(self.context, 0, states)
            for name, state, _ in found:
                if state & scard.SCARD_STATE_PRESENT:
                    return str(name)
            if told != names:
                told = names
                waiting(names)
            states = [(name, state) for name, state, _ in found]
            scard.SCardGetStatusChange(self.context, _WAIT_MS, states)

    def _fitting(self, part: str | None) -> list[str]:
        names = self.readers()
        if not names:
            raise PcscError(scard.SCARD_E_NO_READERS_AVAILABLE, "no_reader")
        fitting = [name for name in names if part is None or part.lower() in name.lower()]
        if not fitting:
            raise NoSuchReaderError(names)
        return fitting


class Reader:
    """One reader of a `Service`. Its coroutines wait for the reader and for nothing else."""

    def __init__(self, service: Service, name: str) -> None:
        """`name`: one of `service.readers()`."""
        self.name = name
        self._service = service
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
            left_ms = max(0, round((until - time.monotonic()) * 1000))
            code, found = scard.SCardGetStatusChange(
                self._service.context, left_ms, [(self.name, state)]
            )
            if code == scard.SCARD_E_TIMEOUT:
                return None
            _check(code)
            state = found[0][1]
            if state & scard.SCARD_STATE_INUSE:
                self._wait_for_others()
            if state & scard.SCARD_STATE_PRESENT and self._activate():
                return TYPE_B_CARD

    def _activate(self) -> bool:
        code, card, _ = scard.SCardConnect(
            self._service.context, self.name, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1
        )
        if code in _NO_CARD:
            return False
        _check(code)
        self._card = card
        code = scard.SCardBeginTransaction(card)
        if code == scard.SCARD_S_SUCCESS:
            code, _ = scard.SCardReconnect(
                card, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1, scard.SCARD_RESET_CARD
            )
        if code in _NO_CARD:
            self.leave()
            return False
        _check(code)
        self.fwi = _fwi(card)
        self._gate = Gate()
        return True

    def _wait_for_others(self) -> None:
        """Wait until no other program has the card to itself; PcscError if that takes long."""
        try:
            subprocess.run([sys.executable, "-m", probe.__name__, self.name], timeout=_HELD_S)
        except subprocess.TimeoutExpired:
            raise PcscError(scard.SCARD_E_SHARING_VIOLATION) from None

    async def exchange(self, command: bytes) -> bytes | None:
        """Send a command to the card found; return its answer, or None: the activation is over.

        GateError for a command that must not be sent; PcscError if reader or service are gone.
        """
        if self._gate is None:
            return None
        self._gate.check(command)
        code, answer = scard.SCardTransmit(self._card, scard.SCARD_PCI_T1, list(command))
        if code != scard.SCARD_S_SUCCESS:
            self._gate = None
            if code in _REASONS:
                raise PcscError(code)
            return None  # whatever it was, another activation will tell
        self._gate.answered(bytes(answer))
        return bytes(answer)

    async def release(self) -> None:
        """End the activation, as `leave`."""
        self.leave()

    def leave(self) -> None:
        """End the activation: the card is reset, and other programs may have it."""
        if self._card is not None:
            scard.SCardEndTransaction(self._card, scard.SCARD_RESET_CARD)
            scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD)
        self._card = None
        self._gate = None


def _fwi(card: Any) -> int | None:
    # PC/SC part 3: of a Type B card 3B 88 80 01, application data 4, protocol info 3, MBLI, TCK.
    _, _, _, _, atr = scard.SCardStatus(card)
    if len(atr) != 13 or atr[:4] != [0x3B, 0x88, 0x80, 0x01]:
        return None
    return int(atr[10]) >> 4

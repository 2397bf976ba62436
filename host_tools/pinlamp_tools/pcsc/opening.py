"""Opens a card: connects, and begins a transaction, so that the card is ours alone.

Both calls may wait for another program without limit, and Ctrl-C does not end them. So a thread
waits, which we can abandon. pyscard lets other threads run meanwhile.
"""

from __future__ import annotations

import threading
from typing import Any

from smartcard import scard

SHARED, T1 = scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1


class Opening(threading.Thread):
    """Opens the card on a reader; `code` holds the result once the thread has ended."""

    def __init__(self, name: str) -> None:
        """`name`: the reader's."""
        super().__init__(daemon=True)
        self.code: int = scard.SCARD_F_UNKNOWN_ERROR
        self.card: Any = None  # the card's handle, while it is open
        self._reader = name
        self._context: Any = None  # its own: a waiting call blocks all others of its context
        self._lock = threading.Lock()
        self._tried = self._given_up = False

    def run(self) -> None:
        """Open the card; close it again if nobody waits for it any more."""
        self.code, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if self.code == scard.SCARD_S_SUCCESS:
            self._open()
        with self._lock:
            self._tried = True
            if self._given_up or self.card is None:
                self._close()

    def give_up(self) -> None:
        """Close the card, at once or as soon as it is open."""
        with self._lock:
            self._given_up = True
            if self._tried:
                self._close()

    def _open(self) -> None:
        self.code, card, _ = scard.SCardConnect(self._context, self._reader, SHARED, T1)
        while self.code == scard.SCARD_S_SUCCESS:
            self.code = scard.SCardBeginTransaction(card)
            if self.code == scard.SCARD_S_SUCCESS:
                self.card = card
                return
            if self.code == scard.SCARD_W_RESET_CARD:  # another program reset it meanwhile
                self.code, _ = scard.SCardReconnect(card, SHARED, T1, scard.SCARD_LEAVE_CARD)

    def _close(self) -> None:
        if self.card is not None:
            # Without SCardEndTransaction: after that another program would begin at once, and
            # pcsc-lite would wait for its end before it disconnects us.
            scard.SCardDisconnect(self.card, scard.SCARD_RESET_CARD)
            self.card = None
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
            self._context = None

"""A virtual card for PC/SC: it lies on the virtual reader of vsmartcard (vpcd).

vpcd listens, the card connects. A message is its length in two bytes, big-endian, then that many
bytes. A message of one byte controls the card: 00 power off, 01 power on, 02 reset, 04 asks for
the ATR. A card that drops out leaves the reader by closing the connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from ..emulator.air.picc import Picc

HOST, PORT = "127.0.0.1", 35963  # where Debian's vpcd listens

_OFF, _ON, _RESET, _ATR = 0, 1, 2, 4
_SILENT_S = 10  # vpcd asks a card for its ATR within this time, unless another card is there
_AWAY_S = 0.5  # how long a dropped card stays away: pcscd looks for it every 0.4 s


class ViccError(Exception):
    """There is no virtual reader; the message says how to get it."""


def atr_of(picc: Picc) -> bytes:
    """Return the ATR that a PC/SC reader makes of a Type B card (PC/SC part 3, 3.1.3.2.3.2).

    The historical bytes are the ATQB's application data and protocol info, and its MBLI.
    """
    body = bytes((0x88, 0x80, 0x01)) + picc.info + b"\x00"
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


class Vicc:
    """One Type B card on a virtual reader; `run` keeps it there."""

    def __init__(self, picc: Picc, host: str = HOST, port: int = PORT, atr: bytes | None = None):
        """`atr`: replaces the card's own."""
        self._picc = picc
        self._host = host
        self._port = port
        self._atr = atr
        self._writer: asyncio.StreamWriter | None = None
        self.pull_after: int | None = None  # APDUs until the card leaves for good

    async def run(self, connected: Callable[[], Any] = lambda: None) -> None:
        """Lie on the reader until reader or card is gone; ViccError without a reader.

        It calls `connected` once, when the card lies there.
        """
        where = f"[{self._host}]" if ":" in self._host else self._host
        while True:
            try:
                reader, self._writer = await asyncio.open_connection(self._host, self._port)
            except OSError as error:
                raise ViccError(
                    f"no virtual reader at {where}:{self._port}: it comes with pcscd and"
                    " vsmartcard-vpcd (Debian's names), and pcscd has to run"
                ) from error
            try:
                # vpcd accepts a second connection, but ignores it until the first card is gone.
                first = await asyncio.wait_for(reader.read(1), _SILENT_S)
                if first:
                    connected()
                    connected = lambda: None  # noqa: E731
                back = bool(first) and await self._lie(reader, self._writer, first)
            except asyncio.TimeoutError:
                raise ViccError(
                    f"the reader at {where}:{self._port} takes no card: another one lies on it"
                ) from None
            finally:
                self._writer.close()
            if not back:
                return
            await asyncio.sleep(_AWAY_S)

    async def _lie(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: bytes
    ) -> bool:
        """Answer the reader; return whether the card only dropped out and will come back.

        `begun`: the bytes already read of the reader's first message.
        """
        while True:
            _acknowledge_at_once(writer)
            try:
                size = begun + await reader.readexactly(2 - len(begun))
                begun = b""
                message = await reader.readexactly(int.from_bytes(size, "big"))
            except (asyncio.IncompleteReadError, ConnectionError):
                return False
            if len(message) == 1:
                answer = self._control(message[0])
            elif self.pull_after == 0:
                return False
            else:
                if self.pull_after is not None:
                    self.pull_after -= 1
                answer = self._picc.exchange(message)
                if answer is None:
                    return True
                await asyncio.sleep(self._picc.delay_us / 1_000_000)
            if answer:
                writer.write(len(answer).to_bytes(2, "big") + answer)

    def _control(self, code: int) -> bytes:
        if code == _ATR:
            return atr_of(self._picc) if self._atr is None else self._atr
        if code == _OFF:
            self._picc.power_off()
        elif code in (_ON, _RESET):
            self._picc.reset()
        return b""


def _acknowledge_at_once(writer: asyncio.StreamWriter) -> None:
    # vpcd sends length and message apart. Between them it waits for the acknowledgement, which
    # Linux would delay by 40 ms. Linux forgets the option again, so set it each time.
    option = getattr(socket, "TCP_QUICKACK", None)
    if option is not None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, 1)

"""An RC-S380 over USB: its commands as coroutines. It carries bare frames; the host does the rest.

Commands and settings are those that several programs use [W]. Two cards of Type B answer at once,
and what comes is damaged [I]: the host then asks in sixteen slots (ISO/IEC 14443-3, 7.7), as a
PN532 does. A stronger card may drown the other one, which nobody can know [I].
"""

from .air import Air
from .command import TYPE_A
from .errors import (
    ACTIVATE,
    CardError,
    OrderError,
    PasoriError,
    ReceptionError,
    SeveralError,
)
from .port100 import A_106, B_106, F_212
from .rest import own_clock

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .rest import Clock
    from .usb import Pipe

VENDOR = 0x054C
PRODUCTS = (0x06C1, 0x06C3)  # RC-S380/S and /P
CLASS = 0xFF

_REQB, _REQB_16 = b"\x05\x00\x10", b"\x05\x00\x14"  # any family; an ATQB of 13 bytes is welcome
_REQB_US = 30_000  # [W]
_SLOT_US = 5_000  # an ATQB begins within 0.6 ms
_ROUNDS = 4  # of sixteen slots, until no two cards choose the same
_ATTRIB_US = 30_000
_SENS_REQ, _SENSF_REQ = b"\x26", b"\x06\x00\xff\xff\x00\x00"
_ATQB = 0x50
_ATQB_SIZES = (12, 13)  # 13: with SFGI


class RCS380:
    """One RC-S380. Constructing it does no I/O. One command at a time.

    pipe     a `usb.Pipe` to its interface
    iso_dep  a function from three bytes of the ATQB to an `isodep.Pcd`: isodep.pcd_of
    clock    a `rest.Clock`; None: MicroPython's own
    """

    def __init__(
        self, pipe: "Pipe", *, iso_dep: "Callable[..., Any]", clock: "Clock | None" = None
    ) -> None:
        self._air = Air(pipe, own_clock(clock))
        self._iso_dep = iso_dep
        self._pcd: "Any" = None  # of the activation
        self._attrib = bytearray(b"\x1d\x00\x00\x00\x00\x00\x08\x01\x00")  # 256 bytes; no CID
        self._info = b""  # of the card that `_attrib` is for

    async def open(self) -> None:
        """Stop what the reader was at, and switch the field off. Raises LostError."""
        self._end()
        await self._air.open()

    async def close(self) -> None:
        """Switch the field off, and leave the reader as it was found."""
        self._end()
        await self._air.close()

    async def field_off(self) -> None:
        """Switch the field off: the activation is over."""
        self._end()
        await self._air.field(False)

    async def field_on(self) -> None:
        """Switch the field on; `find_b` and `sense` do that by themselves."""
        self._end()
        await self._air.field(True)

    async def find_b(self) -> "bytes | None":
        """Find and activate a card of Type B; return bytes 9–11 of its ATQB, or None.

        The field stays on. Raises SeveralError if more than one is seen; none is then activated.
        """
        self._end()
        await self._air.tune(B_106)
        try:
            return await self._activated()
        finally:
            self._forget()

    async def _activated(self) -> "bytes | None":
        try:
            if not await self._asked(_REQB, _REQB_US):
                return None
        except ReceptionError:
            if not await self._in_slots():
                return None
        info = self._info
        answer = await self._air.through(self._attrib, _ATTRIB_US)
        if answer is None or answer[0] & 0x0F:  # MBLI, and the CID that it was not given
            return None
        self._pcd = self._iso_dep(info)
        return info

    async def sense(self, kind: bytes) -> bool:
        """Tell whether there is a card of TYPE_A or TYPE_F; the field stays on."""
        self._end()
        await self._air.tune(A_106 if kind == TYPE_A else F_212)
        try:
            request = _SENS_REQ if kind == TYPE_A else _SENSF_REQ
            return await self._air.through(request, _REQB_US) is not None
        except ReceptionError:
            return True  # several
        finally:
            self._forget()

    async def exchange(
        self, apdu: bytes, meanwhile: "Callable[[], None] | None" = None
    ) -> "bytes | memoryview":
        """Send a command to the card; return its answer, its SW included, until the next command.

        `meanwhile()`, if given, is called as soon as the command has left. It must not raise.
        After an error the activation is over, and this raises OrderError until the next one.
        """
        pcd = self._pcd
        if pcd is None or self._air.doubt:
            raise OrderError("no card is activated")
        try:
            block = pcd.exchange(apdu)
            while block is not None:
                try:
                    received = await self._air.through(block, pcd.timeout_us, meanwhile)
                except ReceptionError:
                    received = None
                block = pcd.receive(received)
                meanwhile = None  # once, when the command has begun to leave
        except Exception as error:
            self._end()
            if isinstance(error, PasoriError) or getattr(error, "advice", None) != ACTIVATE:
                raise
            raise CardError(str(error))
        return pcd.answer  # type: ignore[no-any-return]

    async def firmware_version(self) -> bytes:
        """Return which firmware the reader has: two bytes, the minor number first [W]."""
        return await self._air.version()

    def overwrite(self) -> None:
        """Replace what was answered by zeros."""
        self._forget()
        self._end()

    def _end(self) -> None:
        """The activation is over."""
        if self._pcd is not None:
            self._pcd.overwrite()
            self._pcd = None

    def _forget(self) -> None:
        """Forget which card answered: its number was needed for ATTRIB alone."""
        self._attrib[1:5] = bytes(4)
        self._air.overwrite()

    async def _asked(self, request: bytes, us: int) -> bool:
        """Send a REQB or a Slot-MARKER; tell whether a card answered, and note for ATTRIB which.

        Raises ReceptionError for what is damaged.
        """
        atqb = await self._air.through(request, us)
        if atqb is None:
            return False
        if len(atqb) not in _ATQB_SIZES or atqb[0] != _ATQB:
            raise ReceptionError(0)
        self._attrib[1:5] = atqb[1:5]
        self._info = bytes(atqb[9:12])
        return True

    async def _in_slots(self) -> bool:
        """Look into sixteen slots, and again if cards met in one; tell whether one card is there.

        Raises SeveralError for two, ReceptionError if something is always damaged.
        """
        bits = 0
        for _ in range(_ROUNDS):
            found, damaged = 0, False
            for slot in range(16):
                request = bytes((slot << 4 | 0x05,)) if slot else _REQB_16
                try:
                    found += await self._asked(request, _SLOT_US)
                except ReceptionError as error:
                    damaged, bits = True, error.bits
                if found > 1:
                    raise SeveralError
            if not damaged:
                return bool(found)
        raise ReceptionError(bits)

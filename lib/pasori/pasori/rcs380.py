"""An RC-S380 over USB: its commands as coroutines. It carries bare frames, so the host does it all.

Commands and settings are those that several programs use [W]. Two cards of Type B answer at once,
and what comes is damaged [I]: the host then asks in sixteen slots (ISO/IEC 14443-3, 7.7), as a
PN532 does. A stronger card may drown the other one, which nobody can know [I].
"""

from . import port100
from .driver import own_clock
from .errors import (
    ACTIVATE,
    REOPEN,
    CardError,
    CorruptError,
    LostError,
    NoAnswerError,
    OrderError,
    PasoriError,
    ReceptionError,
    SeveralError,
)
from .command import TYPE_A
from .usb import Transfers

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .driver import Clock
    from .usb import Pipe

VENDOR = 0x054C
PRODUCTS = (0x06C1, 0x06C3)  # RC-S380/S and /P
CLASS = 0xFF

_OWN_MS = 500  # for what the reader answers on its own, and beyond the time of a card
_ACK_MS = 200
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
    clock    a `driver.Clock`; None: MicroPython's own
    """

    def __init__(
        self, pipe: "Pipe", *, iso_dep: "Callable[..., Any]", clock: "Clock | None" = None
    ) -> None:
        self._clock = own_clock(clock)
        self._transfers = Transfers(pipe, self._clock, port100.size_of)
        self._iso_dep = iso_dep
        self._pcd: "Any" = None  # of the activation
        self._doubt = True
        self._out = bytearray(port100.LONGEST)
        self._attrib = bytearray(b"\x1d\x00\x00\x00\x00\x00\x08\x01\x00")  # 256 bytes; no CID
        self._info = b""  # of the card that `_attrib` is for

    async def open(self) -> None:
        """Stop what the reader was at, and switch the field off. Raises LostError."""
        for last in (False, True):
            try:
                await self._begin()
                return
            except LostError:
                raise
            except PasoriError:
                if last:
                    raise LostError

    async def close(self) -> None:
        """Switch the field off, and leave the reader as it was found."""
        try:
            await self.field_off()
            await self._transfers.send(port100.ACK)
        except LostError:
            pass
        self._doubt = True

    async def field_off(self) -> None:
        """Switch the field off: the activation is over."""
        await self._in_step()
        await self._set(port100.SWITCH_RF, b"\x00")

    async def field_on(self) -> None:
        """Switch the field on; `find_b` and `sense` do that by themselves."""
        await self._in_step()
        await self._set(port100.SWITCH_RF, b"\x01")

    async def find_b(self) -> "bytes | None":
        """Find and activate a card of Type B; return bytes 9–11 of its ATQB, or None.

        The field stays on. Raises SeveralError if more than one is seen; none is then activated.
        """
        await self._in_step()
        await self._tune(port100.B_106)
        try:
            if not await self._asked(_REQB, _REQB_US):
                return None
        except ReceptionError:
            if not await self._in_slots():
                return None
        info = self._info
        answer = await self._through(self._attrib, _ATTRIB_US)
        self._forget()
        if answer is None or answer[0] & 0x0F:  # MBLI, and the CID that it was not given
            return None
        self._pcd = self._iso_dep(info)
        return info

    async def sense(self, kind: bytes) -> bool:
        """Tell whether there is a card of TYPE_A or TYPE_F; the field stays on."""
        await self._in_step()
        await self._tune(port100.A_106 if kind == TYPE_A else port100.F_212)
        try:
            request = _SENS_REQ if kind == TYPE_A else _SENSF_REQ
            return await self._through(request, _REQB_US) is not None
        except ReceptionError:
            return True  # several

    async def exchange(
        self, apdu: bytes, meanwhile: "Callable[[], None] | None" = None
    ) -> "bytes | memoryview":
        """Send a command to the card; return its answer, its SW included, until the next command.

        `meanwhile()`, if given, is called as soon as the command has left. It must not raise.
        After an error the activation is over, and this raises OrderError until the next one.
        """
        pcd = self._pcd
        if pcd is None or self._doubt:
            raise OrderError("no card is activated")
        try:
            block = pcd.exchange(apdu)
            while block is not None:
                try:
                    received = await self._through(block, pcd.timeout_us, meanwhile)
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
        await self._in_step()
        return bytes(await self._run(port100.VERSION))

    def overwrite(self) -> None:
        """Replace what was answered by zeros."""
        self._transfers.overwrite()
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
        self._out[:] = bytes(len(self._out))

    async def _in_step(self) -> None:
        self._end()
        if self._doubt:
            await self.open()

    async def _begin(self) -> None:
        self._doubt = True
        await self._transfers.send(port100.ACK)  # stop
        await self._transfers.drain()
        await self._set(port100.SET_COMMAND_TYPE, b"\x01")
        await self._set(port100.SWITCH_RF, b"\x00")

    async def _tune(self, kind: "tuple[bytes, bytes]") -> None:
        rf, protocol = kind
        await self._set(port100.SET_RF, rf)
        await self._set(port100.SET_PROTOCOL, port100.DEFAULTS)
        await self._set(port100.SET_PROTOCOL, protocol)

    async def _set(self, code: int, parameters: bytes) -> None:
        port100.done(await self._run(code, (parameters,)), code)

    async def _asked(self, request: bytes, us: int) -> bool:
        """Send a REQB or a Slot-MARKER; tell whether a card answered, and note for ATTRIB which.

        Raises ReceptionError for what is damaged.
        """
        atqb = await self._through(request, us)
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
                    self._forget()
                    raise SeveralError
            if not damaged:
                return bool(found)
        self._forget()
        raise ReceptionError(bits)

    async def _through(
        self,
        frame: "bytes | bytearray",
        us: int,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> "memoryview | None":
        """Send a frame through the air; return the answer, None if none comes within `us`.

        Raises ReceptionError for what is damaged.
        """
        parts = (port100.time(us), frame)
        data = await self._run(port100.COMM_RF, parts, us // 1000 + _OWN_MS, meanwhile)
        try:
            return port100.received(data)
        except port100.Port100Error as error:
            if error.status == port100.TIMEOUT:
                return None
            if error.status & port100.DAMAGED:
                raise ReceptionError(error.status & 0x1F)
            raise

    async def _run(
        self,
        code: int,
        parts: "tuple[bytes | bytearray, ...]" = (),
        timeout_ms: int = _OWN_MS,
        meanwhile: "Callable[[], None] | None" = None,
    ) -> memoryview:
        """Send a command; return what is behind its answer's code. The ACK comes first [W]."""
        clock = self._clock
        self._doubt = True
        await self._transfers.send(port100.encode(self._out, code, *parts))
        if meanwhile:
            meanwhile()
        deadline = clock.ticks_add(clock.ticks_ms(), _ACK_MS)
        heard = False
        while True:
            frame = await self._transfers.next(deadline)
            if frame is None:
                raise NoAnswerError(heard)
            if port100.is_ack(frame):
                heard = True
                deadline = clock.ticks_add(clock.ticks_ms(), timeout_ms)
            elif heard:  # before the ACK it is an old answer
                data = port100.answer(frame, code)
                self._doubt = False
                return data

"""The PN532's commands as coroutines. Knows no application of any card.

No target mode, no DEP, no Jewel: `PN532.command` sends what has no method of its own.
Sources: UM0701-02 as quoted by others (docs/pn532.md), [UM] there. Times in milliseconds.
"""

import asyncio
from collections import namedtuple

from .const import const
from .errors import CorruptError, NoAnswerError, StatusError
from .frame import MAX_FRAME, encode
from .handshake import ANSWER_MS, DIAGNOSE, ECHO, Handshake
from .target import targets_a, targets_b, targets_f

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .link import Link
    from .target import TargetA, TargetB, TargetF

    Target = TypeVar("Target")
    CardType = tuple[int, bytes, Callable[[memoryview, bool], list[Target]]]

_GET_FIRMWARE_VERSION = const(0x02)
_POWER_DOWN = const(0x16)
_RF_CONFIGURATION = const(0x32)
_IN_DATA_EXCHANGE = const(0x40)
_IN_COMMUNICATE_THRU = const(0x42)
_IN_DESELECT = const(0x44)
_IN_LIST_PASSIVE_TARGET = const(0x4A)
_IN_RELEASE = const(0x52)

# BrTy of InListPassiveTarget at 106 kbit/s (F: 212), its usual initiator data, its parser. Those
# data are for B AFI 00 (all cards) without a method byte (time slots), for F a POL_REQ for all.
TYPE_A: "CardType[TargetA]" = (0x00, b"", targets_a)
TYPE_B: "CardType[TargetB]" = (0x03, b"\x00", targets_b)
TYPE_F: "CardType[TargetF]" = (0x01, b"\x00\xff\xff\x01\x00", targets_f)

# A card may take 4.95 s to answer (ISO 14443-4, longest frame waiting time). The chip measures
# that time, so the host only has to wait longer than the chip.
CARD_MS = const(5500)
_ACTIVATION_MS = const(1000)
_ECHOES = const(3)  # frames of 209 bytes fill a ring of 512
_TG = (b"\x00", b"\x01", b"\x02")  # InDataExchange's parameter
_MAX_PARTS = const(16)  # of one answer, up to 262 bytes each: more would fill a device's memory


class FirmwareVersion(namedtuple("FirmwareVersion", ("ic", "version", "revision", "support"))):
    """What GetFirmwareVersion answers; `ic` is 0x32 for a PN532."""

    @property
    def type_b(self) -> bool:
        """Whether the chip does ISO 14443 Type B (`support`, bit 1): some clones do not."""
        return bool(self.support & 0x02)


class PN532:
    """One PN532 behind a `link`: HSU, I2C or SPI. Constructing it does no I/O.

        async with PN532(HSU(uart)) as chip:  # opens it, and closes it at the end
            print(await chip.get_firmware_version())

    Several tasks may use one PN532: a command waits until the one before it is answered. Every
    command raises a PN532Error (see `errors`) when it fails. A command that is cancelled is
    aborted on the chip, too, before the next one is sent.
    """

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._clock = link.clock
        self._handshake = Handshake(link)
        self._busy = False  # a command is under way
        self._others = 0  # tasks that wait until it is not
        self._free = asyncio.Event()
        self._parts = bytearray()  # the last answer that came in several parts

    async def __aenter__(self) -> "PN532":
        """Open the chip."""
        try:
            await self.open()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(self, exc_type: object, exc: object, traceback: object) -> None:
        """Close the chip."""
        self.close()

    async def open(self) -> None:
        """Wake the chip, prove that it answers, make the link fast. Raises LostError."""
        await self._turn()
        self._busy = True
        try:
            await self._handshake.open()
        finally:
            self._busy = False
            if self._others:
                self._free.set()

    @property
    def baudrate(self) -> int:
        """The speed of a serial link (HSU) in bit/s, as `open` found it; 0 on I2C and SPI."""
        return self._handshake.baudrate

    def close(self) -> None:
        """Give the link's bus back. The field stays as it is."""
        self._link.close()

    async def command(self, code: int, data: bytes = b"", timeout_ms: int = ANSWER_MS) -> bytes:
        """Send any command of the chip; return what it answers, without the response code.

        `code` is the command's in the manual, `data` (0–263 bytes) what follows it. The command is
        sent once. If its answer begins with a status byte, the caller has to look at that.
        """
        return bytes(await self._send(code, b"", data, timeout_ms, False))

    async def get_firmware_version(self) -> FirmwareVersion:
        """Ask which chip this is, and what it supports."""
        answer = await self._send(_GET_FIRMWARE_VERSION)
        if len(answer) != 4:
            raise CorruptError(_GET_FIRMWARE_VERSION)
        return FirmwareVersion(*answer)

    async def rf_field(self, on: bool) -> None:
        """Switch the field on or off; InListPassiveTarget switches it on by itself."""
        await self._send(_RF_CONFIGURATION, b"\x01\x01" if on else b"\x01\x00")

    async def rf_retries(self, passive_activation: int) -> None:
        """Set how often InListPassiveTarget looks again if it finds no card: 0–254 times.

        255, the default after a reset: for ever. With that an empty field is a NoAnswerError.
        """
        await self._send(_RF_CONFIGURATION, bytes((0x05, 0xFF, 0x01, passive_activation)))

    async def in_list_passive_target(
        self,
        max_targets: int,
        card_type: "CardType[Target]",
        initiator_data: "bytes | None" = None,
        anonymous: bool = False,
    ) -> "list[Target]":
        """Find up to `max_targets` (1–2) cards; return a list of TargetA, TargetB or TargetF.

        `card_type` is TYPE_A, TYPE_B or TYPE_F. `initiator_data` replaces its usual one: for
        TYPE_A the UID of the card wanted, for TYPE_B the AFI, for TYPE_F the POL_REQ. The field
        stays on. With `max_targets` 1 the chip takes one of two cards and does not say so.
        `anonymous`: zeros replace what identifies a card, in the list and in the link's buffer.
        """
        brty, data, parse = card_type
        if initiator_data is not None:
            data = initiator_data
        params = bytes((max_targets, brty))
        answer = await self._send(_IN_LIST_PASSIVE_TARGET, params, data, _ACTIVATION_MS, False)
        try:
            return parse(answer, anonymous) if len(answer) else []
        except ValueError:
            raise CorruptError(_IN_LIST_PASSIVE_TARGET)

    async def in_data_exchange(
        self,
        tg: int,
        data: bytes,
        timeout_ms: int = CARD_MS,
        meanwhile: "Callable[[], None] | None" = None,
        prepared: "bytes | None" = None,
    ) -> memoryview:
        """Send `data` (0–262 bytes) to the target numbered `tg`; return the card's answer.

        The answer lies where it was received, and the next command's replaces it: `bytes(answer)`
        keeps it. The command is never sent twice. The chip does ISO 14443-4 blocks, chaining and
        waiting-time extension; an answer that takes longer than `timeout_ms`, in however many
        parts, is a NoAnswerError.
        Raises StatusError if the card does not answer as ISO 14443-4 says, CorruptError for an
        answer with a NAD (ISO 14443-4, 7.1.2.3) or without an end.

        `meanwhile()`, if given, is called as soon as the command has left: for what can be done
        in the milliseconds that a card takes. It must not raise, nor use the chip. `prepared`, if
        given, is what `prepare(tg, data)` returned: it saves a microcontroller 0.1 ms.
        """
        joined = False
        params = _TG[tg]
        if self._busy:
            await self._turn()
        self._busy = True  # for all parts of an answer
        clock = self._clock
        began = clock.ticks_ms()
        left_ms = timeout_ms
        try:
            for _ in range(_MAX_PARTS):
                part = await self._handshake.command(
                    _IN_DATA_EXCHANGE, params, data, left_ms, False, False, meanwhile, prepared
                )
                answer = part[1:]
                if len(part) and not part[0]:  # no fault, no NAD, no part to come
                    return self._join(answer) if joined else answer
                # Bit 7: a NAD comes first, and nobody asked for one. Bit 6: more to come.
                if _status(part, _IN_DATA_EXCHANGE) & 0x80 or not len(answer):
                    break
                if not joined:
                    self._drop_parts()
                    joined = True
                self._join(answer)
                data = b""
                prepared = None
                left_ms = timeout_ms - clock.ticks_diff(clock.ticks_ms(), began)
                if left_ms <= 0:
                    raise NoAnswerError(_IN_DATA_EXCHANGE)
            raise CorruptError(_IN_DATA_EXCHANGE)
        finally:
            self._busy = False
            if self._others:
                self._free.set()

    def _join(self, part: memoryview) -> memoryview:
        # Not `+=`: a buffer that moves as it grows leaves its bytes behind.
        before = self._parts
        size = len(before)
        self._parts = bytearray(size + len(part))
        self._parts[:size] = before
        self._parts[size:] = part
        before[:] = bytes(size)
        return memoryview(self._parts)

    def _drop_parts(self) -> None:
        self._parts[:] = bytes(len(self._parts))
        self._parts = bytearray()

    def overwrite(self) -> None:
        """Leave nothing in memory of what the chip and its cards answered: zeros replace it.

        A port's own buffer of a UART keeps the last bytes until others come (docs/pn532.md).
        """
        self._handshake.overwrite()
        self._drop_parts()

    async def overwrite_port(self) -> None:
        """With a UART, have the chip echo zeros until its port's own buffers are full of them.

        Takes some 20 ms at 921,600 baud; does nothing on I2C and SPI.
        """
        if hasattr(self._link, "drown"):
            zeros = bytes(ECHO)
            for _ in range(_ECHOES):
                await self._send(DIAGNOSE, b"\x00", zeros, ANSWER_MS, False)

    def drown(self, sleep_ms: "Callable[[int], object]") -> None:
        """As `overwrite`, and with a UART its port's own buffer, too (see `HSU.drown`)."""
        self.overwrite()
        self._handshake.drown(sleep_ms)

    def prepare(self, tg: int, data: bytes) -> bytes:
        """Return the frame with which `in_data_exchange` sends `data` to the target `tg`."""
        buf = bytearray(MAX_FRAME)
        return bytes(buf[: encode(buf, _IN_DATA_EXCHANGE, _TG[tg], data)])

    async def in_communicate_thru(self, data: bytes, timeout_ms: int = CARD_MS) -> bytes:
        """Send raw `data` to the card in the field; return its raw answer, CRC excluded."""
        answer = await self._send(_IN_COMMUNICATE_THRU, b"", data, timeout_ms, False)
        _status(answer, _IN_COMMUNICATE_THRU)
        return bytes(answer[1:])

    async def type_b_present(self, target: "TargetB") -> bool:
        """Tell whether a Type B card is still there, without sending it an APDU.

        Sends R(NAK), which an ISO 14443-4 card answers with an R or its last I block. A card that
        supports CIDs has the target's number for its CID: the chip gave it that.
        """
        block = bytes((0xBA, target.tg)) if target.cid else b"\xb2"
        try:
            answer = await self._send(_IN_COMMUNICATE_THRU, b"", block, CARD_MS, False)
            _status(answer, _IN_COMMUNICATE_THRU)  # no copy: it may be the last answer once more
        except StatusError:
            return False
        return True

    async def in_deselect(self, tg: int = 0) -> None:
        """Put target `tg` (0: all) to HALT, keeping its number."""
        _status(await self._send(_IN_DESELECT, bytes((tg,))), _IN_DESELECT)

    async def in_release(self, tg: int = 0) -> None:
        """Let go of target `tg` (0: all)."""
        _status(await self._send(_IN_RELEASE, bytes((tg,))), _IN_RELEASE)

    async def power_down(self, wake_up: int) -> None:
        """Go to power-down until one of the `wake_up` sources (bit mask) wakes the chip."""
        _status(await self._send(_POWER_DOWN, bytes((wake_up,))), _POWER_DOWN)

    async def _send(
        self,
        code: int,
        params: bytes = b"",
        data: bytes = b"",
        timeout_ms: int = ANSWER_MS,
        resend: bool = True,
    ) -> memoryview:
        """Send a command once no other is under way; see `Handshake.command`.

        The answer is the next command's, too: use it before the next `await`.
        """
        await self._turn()
        self._busy = True
        try:
            return await self._handshake.command(code, params, data, timeout_ms, resend)
        finally:
            self._busy = False
            if self._others:
                self._free.set()

    # A lock whose holder makes no coroutine to take it, as asyncio's would: some thirty exchanges
    # make up one survey of a card.

    async def _turn(self) -> None:
        """Wait until no command is under way."""
        while self._busy:
            self._free.clear()
            self._others += 1
            try:
                await self._free.wait()
            finally:
                self._others -= 1


def _status(answer: memoryview, code: int) -> int:
    """Return the status byte of an answer; raise StatusError if it tells of a fault."""
    if not len(answer):
        raise CorruptError(code)
    if answer[0] & 0x3F:
        raise StatusError(answer[0] & 0x3F)
    return answer[0]

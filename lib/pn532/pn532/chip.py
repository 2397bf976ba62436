"""The PN532's commands as coroutines: any PN532 job, no knowledge of a card's application.

Sources: UM0701-02 as quoted by others (facts/pn532.md), [UM] there. Times in milliseconds.
"""

from .errors import CorruptError, StatusError
from .frame import const
from .handshake import Handshake
from .target import targets_a, targets_b, targets_f

_GET_FIRMWARE_VERSION = const(0x02)
_POWER_DOWN = const(0x16)
_RF_CONFIGURATION = const(0x32)
_IN_DATA_EXCHANGE = const(0x40)
_IN_COMMUNICATE_THRU = const(0x42)
_IN_DESELECT = const(0x44)
_IN_LIST_PASSIVE_TARGET = const(0x4A)
_IN_RELEASE = const(0x52)

# BrTy of InListPassiveTarget, 106 kbit/s (F: 212), and the initiator data each needs
TYPE_A = (0x00, b"", targets_a)
TYPE_B = (0x03, b"\x00", targets_b)  # AFI 00: all; without method byte: time slots
TYPE_F = (0x01, b"\x00\xff\xff\x01\x00", targets_f)  # POL_REQ for any system code

# A card may take 4.95 s to answer (ISO 14443-4, longest frame waiting time); the chip measures
# that time, so the host has only to wait longer than the chip.
CARD_MS = const(5500)
_ACTIVATION_MS = const(1000)
_MAX_ANSWER = const(2048)  # of several chained answers: no card needs a device's whole memory


class PN532:
    """One PN532 behind a link. Constructing it does no I/O; `open` comes first."""

    def __init__(self, link, clock):
        """`link` and `clock` as in `handshake.Handshake`."""
        self._link = link
        self._handshake = Handshake(link, clock)

    async def open(self):
        """Wake the chip, prove that it answers, make the link fast. Raises LostError."""
        await self._handshake.open()

    @property
    def baudrate(self):
        """The speed of a serial link (HSU) in bit/s, as `open` found it; 0 on I2C and SPI."""
        return self._handshake.baudrate

    def close(self):
        """Give the link's bus back."""
        self._link.close()

    async def firmware_version(self):
        """Return (ic, version, revision, support); support bit 1 is Type B, which some lack."""
        answer = await self._handshake.command(_GET_FIRMWARE_VERSION)
        if len(answer) != 4:
            raise CorruptError(_GET_FIRMWARE_VERSION)
        return tuple(answer)

    async def rf_field(self, on):
        """Switch the field on or off; InListPassiveTarget switches it on by itself."""
        await self._handshake.command(_RF_CONFIGURATION, b"\x01\x01" if on else b"\x01\x00")

    async def rf_retries(self, passive_activation):
        """Try that many more times to find a card (0–254; 255: until aborted, the default)."""
        params = bytes((0x05, 0xFF, 0x01, passive_activation))
        await self._handshake.command(_RF_CONFIGURATION, params)

    async def rf_analog_type_b(self, gs_n_on, mod_gs_p, rx_threshold):
        """Set the three analogue registers for Type B; after reset they are FF 17 85."""
        params = bytes((0x0C, gs_n_on, mod_gs_p, rx_threshold))
        await self._handshake.command(_RF_CONFIGURATION, params)

    async def in_list_passive_target(self, max_targets, card_type):
        """Find up to `max_targets` (1–2) cards of TYPE_A, TYPE_B or TYPE_F; return a list.

        The field stays on. With `max_targets` 1 one of two cards is taken silently.
        """
        brty, data, parse = card_type
        params = bytes((max_targets, brty))
        answer = await self._handshake.command(
            _IN_LIST_PASSIVE_TARGET, params, data, _ACTIVATION_MS, resend=False
        )
        try:
            return parse(answer) if len(answer) else []
        except ValueError:
            raise CorruptError(_IN_LIST_PASSIVE_TARGET)

    async def in_data_exchange(self, tg, data, timeout_ms=CARD_MS):
        """Send `data` (0–262 bytes) to target `tg`, return its answer as bytes.

        Never sent twice. The chip does ISO 14443-4 blocks, chaining and waiting-time extension.
        Raises StatusError if the card does not answer as ISO 14443-4 wants.
        """
        answer = b""
        params = bytes((tg,))
        while True:
            part = await self._handshake.command(
                _IN_DATA_EXCHANGE, params, data, timeout_ms, resend=False
            )
            status = _status(part, _IN_DATA_EXCHANGE)
            answer += bytes(part[1:])
            if not status & 0x40:  # bit 6: more to come
                return answer
            if len(answer) > _MAX_ANSWER:
                raise CorruptError(_IN_DATA_EXCHANGE)
            data = b""

    async def in_communicate_thru(self, data, timeout_ms=CARD_MS):
        """Send raw `data` to the card in the field, return its raw answer, CRC excluded."""
        answer = await self._handshake.command(
            _IN_COMMUNICATE_THRU, b"", data, timeout_ms, resend=False
        )
        _status(answer, _IN_COMMUNICATE_THRU)
        return bytes(answer[1:])

    async def type_b_present(self, tg, cid):
        """Tell whether the Type B target `tg` is still there, without an APDU.

        Sends R(NAK), which an ISO 14443-4 card answers with an R or its last I block. `cid`:
        whether its ATQB supports CIDs (last byte, bit 1); the chip gives its number for one.
        """
        try:
            await self.in_communicate_thru(bytes((0xBA, tg)) if cid else b"\xb2")
        except StatusError:
            return False
        return True

    async def in_deselect(self, tg=0):
        """Put target `tg` (0: all) to HALT, keeping its number."""
        _status(await self._handshake.command(_IN_DESELECT, bytes((tg,))), _IN_DESELECT)

    async def in_release(self, tg=0):
        """Let go of target `tg` (0: all)."""
        _status(await self._handshake.command(_IN_RELEASE, bytes((tg,))), _IN_RELEASE)

    async def power_down(self, wake_up):
        """Go to power-down until one of the `wake_up` sources (bit mask) wakes the chip."""
        _status(await self._handshake.command(_POWER_DOWN, bytes((wake_up,))), _POWER_DOWN)


def _status(answer, code):
    """Return the status byte of an answer; raise StatusError if it tells of a fault."""
    if not len(answer):
        raise CorruptError(code)
    if answer[0] & 0x3F:
        raise StatusError(answer[0] & 0x3F)
    return answer[0]

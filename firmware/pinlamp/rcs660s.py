"""An RC-S660/S in the place of a PN532: only a board that has one imports this, and `pasori`.

`Chip` has those methods of a `pn532.PN532` that reader and self-check call, with the same errors,
so everything above it is the same for both. `Rcs660sReader` asks differently whether a card is
still there.
"""

import pasori
from mynacard import KEYS
from mynacard.apdu import select_df
from pasori.rcs660s import RCS660S
from pn532 import TYPE_A, TYPE_B, FirmwareVersion, LostError, StatusError, TargetB

from .reader import TYPE_B_CARD, Reader

_BAUD = 115200
_RXBUF = 600  # two of its longest frames
_TIMEOUT = 0x01  # a PN532's status: the card did not answer
_DOES_TYPE_B = 0x02  # bit of FirmwareVersion.support
_STILL_THERE = select_df(KEYS[0].aid)

# What a counter waits for, so it is asked first: the keys that the services use, then the two
# 照合番号B, which an app uses up without naming them. The next two are of the applet that is then
# selected. The others follow as usual, at the price of one SELECT more.
FIRST = ("sign", "auth", "visual_b", "text_b", "text_pin", "text_a")


def chip(pins):
    """Return the Chip on the UART of `pins`, an object of board.json."""
    from machine import UART, Pin

    tx, rx = Pin(pins["tx"]), Pin(pins["rx"])
    return Chip(RCS660S(UART(pins["id"], _BAUD, tx=tx, rx=rx, rxbuf=_RXBUF)))


def in_order(keys):
    """Return the same keys in the order in which a counter waits for them."""
    first = [key for name in FIRST for key in keys if key.id == name]
    return first + [key for key in keys if key not in first]


class Chip:
    """A `pasori.rcs660s.RCS660S` with the methods of a PN532. It has one target, number 1.

    `pasori.rcs300.RCS300` and `pasori.rcs380.RCS380`, which no board has, fit as well,
    but for `drown`.
    """

    baudrate = _BAUD

    def __init__(self, module):
        """Take the `module`; nothing happens yet."""
        self.module = module

    async def open(self):
        """Bring the module up. Raises LostError."""
        await self._ask(self.module.open())

    async def get_firmware_version(self):
        """Return what is known of it: that it does Type B."""
        return FirmwareVersion(None, None, None, _DOES_TYPE_B)

    async def rf_retries(self, count):
        """Do nothing: it always looks once."""

    async def rf_field(self, on):
        """Switch the field on or off."""
        await self._ask(self.module.field_on() if on else self.module.field_off())

    def overwrite(self):
        """Leave nothing in memory of what module and card answered."""
        self.module.overwrite()

    async def overwrite_port(self):
        """Do nothing: no command is known whose answer is long, and harmless."""

    def drown(self, sleep_ms):
        """As `overwrite`, and leave nothing in the UART's own buffer, either; blocks for 2 s."""
        self.module.drown(sleep_ms)

    async def in_list_passive_target(self, most, card_type, data=None, anonymous=True):
        """Look once for a card; return a list of none or one, a TargetB for TYPE_B, or of two.

        Nobody knows what an RC-S660/S does with two of Type B [?]; an RC-S380 tells them.
        """
        if card_type is not TYPE_B:
            kind = pasori.TYPE_A if card_type is TYPE_A else pasori.TYPE_F
            return [None] if await self._ask(self.module.sense(kind)) else []
        return await self._ask(self._find_b())

    def prepare(self, tg, command):
        """Return None: nothing can be made ready."""

    async def in_data_exchange(self, tg, command, timeout_ms, meanwhile=None, prepared=None):
        """Send a command to the card; return its answer. The module's own time-out counts."""
        return await self._ask(self.module.exchange(command, meanwhile))

    async def _find_b(self):
        try:
            info = await self.module.find_b()
        except pasori.SeveralError:
            return [None, None]
        return [] if info is None else [TargetB(1, b"\x50" + bytes(8) + info, b"")]

    async def _ask(self, asked):
        try:
            return await asked
        except pasori.PasoriError as error:
            if isinstance(error, pasori.LostError) or error.advice == pasori.GIVE_UP:
                raise LostError
            # The activation is over. Whatever it was, the module's next command comes into step.
            raise StatusError(_TIMEOUT)


class Rcs660sReader(Reader):
    """A `Reader` whose module does ISO-DEP by itself: no block can ask whether a card is there."""

    async def present(self):
        """Ask the running activation by a SELECT, which the gate always lets pass.

        A card that took the other's place is not activated, so it does not answer. If the reading
        broke off, there is no activation to ask: what lies there then is looked for, and not read.
        """
        if self._gate is None:
            return await self.find() == TYPE_B_CARD
        return await self.exchange(_STILL_THERE) is not None

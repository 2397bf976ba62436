"""A reader of the Port-400 family: its commands, and what its answers mean. No I/O.

The commands are those of PC/SC part 3 with Sony's numbers: INS C2 in RC-S660/S on a UART, INS 50
in RC-S300 over USB [W]. Each method that asks something returns the message to send; `receive`
takes what comes. The state here is what must not be got wrong: which request is outstanding,
whether a card is activated, and which side does ISO-DEP.
"""

from . import command
from .errors import (
    REOPEN,
    BusyError,
    CorruptError,
    InnerStatusError,
    OrderError,
    PasoriError,
    ReceptionError,
)
from .message import abort, body, request
from .tlv import ATR, received, succeeded

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable

    from .message import Bytes

    Take = Callable[[memoryview], bytes | memoryview | None]  # what becomes of an answer

READER_DOES_ISO_DEP = 0x000C  # flags [H on RC-S660/S, I on RC-S300]: for `exchange_apdu`
HOST_DOES_ISO_DEP = 0x001C  # flags [I]: for `exchange_block`

TIMEOUT_US = 2_500_000  # for one exchange; what a card may take, and a margin

_ATR_HEAD = b"\x3b\x88\x80\x01"  # then application data 4, protocol info 3, MBLI, TCK
_ATR_SIZE = 13

_NO_CARD = (0x6400, 0x6401)  # no answer from a card
_NOT_HEARD = (0x6400, 0x6401, 0x6300, 0x6301)  # nor what is damaged, or late [S]


class Port400:
    """One reader, and the one card on it.

    usb     the reader hangs on USB (RC-S300); otherwise on a UART (RC-S660/S)
    answer  what the last command was answered, once `receive` has returned True; of a card's
            answer it is a view into the message that `receive` took
    cid     the number that a card is given, or None: for `exchange_block`
    """

    def __init__(self, usb: bool = False) -> None:
        self._usb = usb
        self._seq = 0xFF
        self._take: "Take | None" = None  # of the command that is outstanding
        self._flags: "int | None" = None
        self._active = False
        self.cid = command.CID if usb else None
        self.answer: "bytes | memoryview | None" = None

    def start(self) -> bytes:
        """Begin a session. InnerStatusError 0x698A: end it first, or another program has it."""
        self._forget()
        return self._manage(command.START)

    def end(self) -> bytes:
        """End the session: always the first command, and the last."""
        self._forget()
        return self._manage(command.END)

    def field_off(self) -> bytes:
        """Switch the field off. A card that is on the reader forgets everything."""
        self._active = False
        return self._manage(command.FIELD_OFF)

    def field_on(self) -> bytes:
        """Switch the field on."""
        return self._manage(command.FIELD_ON)

    def activate_b(self) -> bytes:
        """Find and activate a card of Type B. `answer`: its protocol info, or None without one.

        The three bytes are those of the ATQB, and nothing that tells one card from another.
        """
        self._active = False
        return self._ask(command.switch_to(self._usb, command.TYPE_B), self._activated)

    def sense(self, kind: bytes) -> bytes:
        """Look for a card of TYPE_A or TYPE_F [I]. `answer`: b"" if there is one, None if not."""
        self._active = False
        return self._ask(command.switch_to(self._usb, kind), _sensed)

    def flags(self, flags: int) -> bytes:
        """Say who does ISO-DEP: READER_DOES_ISO_DEP or HOST_DOES_ISO_DEP, else ValueError."""
        if flags not in (READER_DOES_ISO_DEP, HOST_DOES_ISO_DEP):
            raise ValueError("flags that are not known: %04X" % flags)
        self._flags = None

        def flagged(data: memoryview) -> None:
            succeeded(data)
            self._flags = flags

        return self._ask(command.set_flags(self._usb, flags), flagged)

    def exchange_apdu(self, apdu: "Bytes", timeout_us: int = TIMEOUT_US) -> bytes:
        """Send the card a command. `answer`: the card's, its own SW included.

        After an error nobody knows whether the card ran it: it is over, activate again. Raises
        OrderError without a card or READER_DOES_ISO_DEP, ValueError for what is no command.
        """
        if len(apdu) < 4 or apdu[0] == 0xFF:  # an invalid CLA, ISO/IEC 7816-4; the reader's own
            raise ValueError("no command for a card")
        return self._carry(READER_DOES_ISO_DEP, bytes(apdu), timeout_us, _apdu)

    def exchange_block(self, block: "Bytes", timeout_us: int) -> bytes:
        """Send the card a block of ISO/IEC 14443-4, no CRC [I]. `answer`: the card's, or None.

        None: nothing came within `timeout_us`, or something damaged. What to do then is the
        matter of whoever made the block, so the activation goes on. Raises OrderError without a
        card or HOST_DOES_ISO_DEP, ValueError for no block.
        """
        if not block:
            raise ValueError("no block for a card")
        return self._carry(HOST_DOES_ISO_DEP, bytes(block), timeout_us, _block)

    def firmware_version(self) -> bytes:
        """Ask which firmware the reader has. `answer`: bytes as the reader has them."""
        return self._ask(command.VERSION, bytes)

    def reset(self) -> bytes:
        """Reset the reader (RC-S660/S [S]). After its answer send an ACK, and wait 30 ms."""
        self._forget()
        return self._ask(command.RESET, _nothing)

    def abort(self) -> bytes:
        """Give up what is outstanding; allowed at any time. No answer to it is waited for."""
        self._forget()
        self._take = self.answer = None
        self._seq = self._seq + 1 & 0xFF
        return abort(self._seq)

    def receive(self, message: "Bytes") -> bool:
        """Take a message of the reader; tell whether the command is answered.

        False: read on. It answers an older request, or the reader wants more time. After a
        BusyError the same message may be sent again; after any other error the command is over,
        and the activation with it.
        """
        if self._take is None:
            return False
        try:
            data = body(message, self._seq)
            if data is None:
                return False
            answer = self._take(data)
        except BusyError:
            raise
        except PasoriError:
            self._take = None
            self._active = False
            raise
        self._take = None
        self.answer = answer
        return True

    def _forget(self) -> None:
        self._flags = None
        self._active = False

    def _manage(self, what: int) -> bytes:
        return self._ask(command.manage(self._usb, what), _done)

    def _carry(self, flags: int, data: bytes, timeout_us: int, take: "Take") -> bytes:
        if not self._active:
            raise OrderError("no card is activated")
        if self._flags != flags:
            raise OrderError("the reader was not told who does ISO-DEP")
        message = self._ask(command.carry(self._usb, data, timeout_us), take)
        # A byte behind the four of an empty query would be a PIN, and cost a try.
        if command.carried(message) != data:
            self.abort()
            raise AssertionError("the card would get something else")
        return message

    def _ask(self, data: bytes, take: "Take") -> bytes:
        if self._take is not None:
            raise OrderError("another command is not answered yet")
        self.answer = None
        self._take = take
        self._seq = self._seq + 1 & 0xFF
        return request(self._seq, data)

    def _activated(self, data: memoryview) -> "bytes | None":
        try:
            found = succeeded(data)
        except InnerStatusError as error:
            if error.inner_sw in _NO_CARD:
                return None
            raise
        atr = found.get(ATR, b"")
        tck = 0
        for byte in atr[1:]:
            tck ^= byte
        if len(atr) != _ATR_SIZE or atr[:4] != _ATR_HEAD or tck:
            raise CorruptError(len(data))
        self._active = True
        return bytes(atr[8:11])


def _apdu(data: memoryview) -> memoryview:
    answer = received(data)
    if len(answer) < 2:
        raise CorruptError(len(data))
    return answer


def _nothing(data: memoryview) -> None:
    if len(data):
        raise CorruptError(len(data))


def _done(data: memoryview) -> None:
    succeeded(data)


def _sensed(data: memoryview) -> "bytes | None":
    # Whatever else it says about the card stays where it is: it may have its number in it.
    try:
        succeeded(data)
    except InnerStatusError as error:
        if error.advice == REOPEN:
            raise
        return None
    return b""


def _block(data: memoryview) -> "memoryview | None":
    try:
        return received(data)
    except ReceptionError:
        return None
    except InnerStatusError as error:
        if error.inner_sw in _NOT_HEARD:
            return None
        raise

"""What can go wrong with a reader of the Port-400 family, and what the caller can do about it.

    error             meaning                                            advice
    BusyError         the reader's slot is busy: it did not run this     RETRY
    SlotError         the reader failed the message: bError              GIVE_UP or REOPEN
    OuterStatusError  the reader refused the command: its outer SW       GIVE_UP or REOPEN
    InnerStatusError  it ran it, and something failed: C0's SW           any but RETRY
    ReceptionError    what came from the card was damaged on the air     ACTIVATE
    CorruptError      the reader's answer makes no sense                 ACTIVATE
    NoAnswerError     the reader did not answer in time                  ACTIVATE
    CardError         no answer of the card's, or one against the rules  ACTIVATE
    SeveralError      more than one card of Type B                       ACTIVATE
    LostError         it does not answer, whatever the driver tries      REOPEN
    OwnedError        another program has it (a LostError)               RELEASE
    OrderError        the caller's own mistake: not now                  GIVE_UP

RETRY: wait BUSY_MS and send the same message again. ACTIVATE: the activation is over; find the
card again, and ask it everything anew. REOPEN: end the session and start it again. GIVE_UP: the
same call will fail again. RELEASE: end the other program, then REOPEN.

None of them has a byte of a card's answer in it, and no status word here is a card's.
"""

RETRY = "retry"  # send the same message again
ACTIVATE = "activate"  # the activation is over: find the card again and start over
REOPEN = "reopen"  # end the session, start it again
GIVE_UP = "give up"  # the same call will fail again
RELEASE = "release"  # end the other program that has the reader

BUSY_MS = 50  # how long to wait before a RETRY [W]

_NOT_SUPPORTED = (0x00, 0x01, 0x05)  # bError: command, length, slot

# The reader's own status words that have an advice of their own; all others: ACTIVATE [S].
_REOPEN = (0x6985, 0x698A)  # wrong state; session doubled, or another program has it
_GIVE_UP = (0x6700, 0x6A80)  # length; a value that the reader does not take


class PasoriError(Exception):
    """Any fault of reader or card. `advice` is RETRY, ACTIVATE, REOPEN or GIVE_UP."""

    advice = ACTIVATE


class BusyError(PasoriError):
    """The reader's slot is busy. It did not run the command [I], which so may be sent again."""

    advice = RETRY

    def __init__(self) -> None:
        super().__init__("the reader is busy")


class SlotError(PasoriError):
    """The reader failed the message as such: `error` is its bError, for example 0x81."""

    def __init__(self, error: int) -> None:
        super().__init__("the reader failed a message, bError %02X" % error)
        self.error = error
        self.advice = GIVE_UP if error in _NOT_SUPPORTED else REOPEN


class OuterStatusError(PasoriError):
    """The reader refused a command. `outer_sw`: the last two bytes of its message, not 0x9000.

    It is the reader's, and never a card's: 0x6300 is no counter.
    """

    def __init__(self, outer_sw: int) -> None:
        super().__init__("the reader refused a command, outer SW %04X" % outer_sw)
        self.outer_sw = outer_sw
        self.advice = REOPEN if outer_sw in _REOPEN else GIVE_UP


class InnerStatusError(PasoriError):
    """The reader ran a command, and that failed. `inner_sw`: the SW in its tag C0, not 0x9000.

    It is the reader's, and never a card's: 0x6300 is no counter. A card that is gone shows as
    0x6401, 0x6301 or 0x6A81 [S].
    """

    def __init__(self, inner_sw: int) -> None:
        super().__init__("the reader reports a failure, C0 SW %04X" % inner_sw)
        self.inner_sw = inner_sw
        if inner_sw in _REOPEN:
            self.advice = REOPEN
        elif inner_sw in _GIVE_UP:
            self.advice = GIVE_UP


class ReceptionError(PasoriError):
    """The card's answer was damaged on the air.

    `bits`: 01 CRC, 02 collision, 04 parity, 08 framing; 0 if only its last byte is not whole.
    """

    def __init__(self, bits: int) -> None:
        super().__init__("a damaged answer of the card, bits %02X" % bits)
        self.bits = bits


class CorruptError(PasoriError):
    """An intact message that makes no sense: `size` bytes of it."""

    def __init__(self, size: int) -> None:
        super().__init__("an answer of the reader makes no sense: %d bytes" % size)
        self.size = size


class NoAnswerError(PasoriError):
    """The reader did not answer in time. `heard`: it acknowledged the message."""

    def __init__(self, heard: bool) -> None:
        super().__init__("the reader %s" % ("does not answer" if heard else "hears nothing"))
        self.heard = heard


class CardError(PasoriError):
    """The card did not answer, or broke the rules: what `isodep` says of it."""


class SeveralError(PasoriError):
    """More than one card of Type B lies there, and none of them is activated."""

    def __init__(self) -> None:
        super().__init__("more than one card")


class LostError(PasoriError):
    """No session can be had with the reader, not even after a reset; or it was unplugged."""

    advice = REOPEN

    def __init__(self, what: str = "no reader answers") -> None:
        super().__init__(what)


class OwnedError(LostError):
    """No session can be had with the reader, because another program has one: 69 8A."""

    advice = RELEASE

    def __init__(self) -> None:
        super().__init__("another program has the reader")


class OrderError(PasoriError):
    """A call at a wrong time: amid another one, without a card, or without the flags for it."""

    advice = GIVE_UP

    def __init__(self, what: str) -> None:
        super().__init__(what)

"""What can go wrong between reader and card, once the card is activated.

    error              meaning
    NoAnswerError      the card did not answer, however often it was asked again
    InvalidBlockError  what came was no block of this card, however often it was asked again
    ProtocolError      a valid block that the rules do not allow at this place
    WaitError          the card wants more time than the standard or the caller allows
    TooLongError       the card's answer is longer than the caller allows
    OverError          the caller went on after an error, or before the end of an exchange

The advice is always ACTIVATE: nobody knows whether the card has run the command, so it must not be
sent again. Activate the card anew, and make a new `Pcd` for it.
"""

ACTIVATE = "activate"  # the activation is over: find the card again and start over


class IsoDepError(Exception):
    """Any fault of an exchange. `advice` is ACTIVATE."""

    advice = ACTIVATE


class NoAnswerError(IsoDepError):
    """The card did not answer: `tries` blocks were sent in vain."""

    def __init__(self, tries: int) -> None:
        super().__init__("no answer from the card, tries: %d" % tries)
        self.tries = tries


class InvalidBlockError(IsoDepError):
    """No block of this card came: the last had `size` bytes, the first of them `pcb`.

    Its PCB is none of the standard's, or it has a NAD, or not the CID, or it is longer or shorter
    than such a block can be. `pcb` is None if there was no byte at all.
    """

    def __init__(self, size: int, pcb: "int | None") -> None:
        super().__init__("no valid block: %d bytes, PCB %s" % (size, _hex(pcb)))
        self.size = size
        self.pcb = pcb


class ProtocolError(IsoDepError):
    """The card answered the block with the PCB `sent` by one with the PCB `received`.

    Both without the bit for the CID. The rules do not allow it: a wrong block number, another
    kind of block, or a part of a chain without a byte.
    """

    def __init__(self, sent: int, received: int) -> None:
        super().__init__("PCB %s in answer to PCB %s" % (_hex(received), _hex(sent)))
        self.sent = sent
        self.received = received


class WaitError(IsoDepError):
    """The card asked by S(WTX) for `wtxm` waiting times, after it had been granted `waited_us`.

    Either the standard does not allow this `wtxm` (1–59), or the caller's patience is over.
    """

    def __init__(self, wtxm: int, waited_us: int) -> None:
        super().__init__("WTXM %d, after %d us" % (wtxm, waited_us))
        self.wtxm = wtxm
        self.waited_us = waited_us


class TooLongError(IsoDepError):
    """The card's answer has `size` bytes so far, more than the caller allows."""

    def __init__(self, size: int) -> None:
        super().__init__("an answer of more than %d bytes" % (size - 1))
        self.size = size


class OverError(IsoDepError):
    """The caller's own mistake: this activation is over, or an exchange is under way."""

    def __init__(self) -> None:
        super().__init__("this activation is over, or an exchange is under way")


def _hex(pcb: "int | None") -> str:
    return "none" if pcb is None else "%02X" % pcb

"""What can go wrong with a PN532, and what the caller can do about it.

    error           meaning                                     advice
    StatusError     the chip reports a fault with the card      ACTIVATE
    CommandError    base of the four that follow
    NoAckError      the chip did not acknowledge a command      ACTIVATE
    NoAnswerError   it acknowledged, but did not answer         ACTIVATE
    CorruptError    its answer was damaged twice, or senseless  ACTIVATE
    RejectedError   it does not take this command               ACTIVATE, again: GIVE_UP
    LostError       no step of the recovery found the chip      REOPEN
    LinkError       the bus itself failed                       REOPEN

ACTIVATE: the activation is over; find the card again. The caller needs to do no more, because
after any fault the driver proves itself in step with the chip before it sends the next command.
A chip that lost its power rejects commands that it took before. So the driver configures it anew
before the next command, and says GIVE_UP only of a command that is rejected even then.
"""

ACTIVATE = "activate"  # the activation is over: find the card again and start over
REOPEN = "reopen"  # wait, then call PN532.open() again
GIVE_UP = "give up"  # the same call will fail again


class PN532Error(Exception):
    """Any fault of chip, link or card. `advice` is ACTIVATE, REOPEN or GIVE_UP."""

    advice = ACTIVATE


class StatusError(PN532Error):
    """The chip answered with an error status: `status`, bits 0–5, for example 0x01."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status

    def __str__(self) -> str:
        """Return the code and, where it is a usual one, its name."""
        from .status import NAMES

        text = "PN532 status 0x%02X" % self.status
        name = NAMES.get(self.status)
        return "%s (%s)" % (text, name) if name else text


class CommandError(PN532Error):
    """The exchange of one command failed: `code` is the command's."""

    text = "PN532 command 0x%02X failed"

    def __init__(self, code: int) -> None:
        super().__init__(self.text % code)
        self.code = code


class NoAckError(CommandError):
    """The chip did not acknowledge the command."""

    text = "no ACK for PN532 command 0x%02X"


class NoAnswerError(CommandError):
    """The chip acknowledged the command and then did not answer in time."""

    text = "no answer to PN532 command 0x%02X"


class CorruptError(CommandError):
    """The answer was damaged, and damaged again when asked for once more; or it makes no sense."""

    text = "damaged answer to PN532 command 0x%02X"


class RejectedError(CommandError):
    """The chip sent its error frame: it does not take this command in this form.

    `advice` is ACTIVATE at first, as the chip may have lost its power, and GIVE_UP if it rejects
    the same command once more.
    """

    text = "PN532 rejected command 0x%02X"

    def __init__(self, code: int, advice: str = ACTIVATE) -> None:
        super().__init__(code)
        self.advice = advice


class LostError(PN532Error):
    """The chip did not answer, whatever the driver tried.

    `acknowledged`: at least it acknowledged a command, so it is there and its wires are right.
    """

    advice = REOPEN

    def __init__(self, acknowledged: bool = False) -> None:
        super().__init__(
            "a PN532 acknowledges, but no answer comes" if acknowledged else "no PN532 answers"
        )
        self.acknowledged = acknowledged


class LinkError(PN532Error):
    """The bus failed under the driver: `errno` is the port's error number."""

    advice = REOPEN

    def __init__(self, errno: "int | None") -> None:
        super().__init__("the PN532's link failed (errno %s)" % errno)
        self.errno = errno

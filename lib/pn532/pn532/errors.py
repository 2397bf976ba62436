"""What can go wrong with a PN532, and what the caller is to do about it.

    error           meaning                                     advice
    StatusError     the chip reports a fault with the card      ACTIVATE
    NoAckError      no ACK for a command                        ACTIVATE
    NoAnswerError   ACK, but no answer in time                  ACTIVATE
    CorruptError    an answer damaged twice, or endless         ACTIVATE
    CommandError    the chip refuses the command's syntax       GIVE_UP
    LostError       no rung of the recovery ladder helped       REOPEN
    LinkError       the bus itself failed                       REOPEN

After any of them the driver proves itself in step with the chip before the next command, so
ACTIVATE needs no more than that: the activation under way is over, start a new one.
"""

ACTIVATE = "activate"  # the activation is over: find the card again and start over
REOPEN = "reopen"  # wait, then call PN532.open() again
GIVE_UP = "give up"  # the same call will fail again


class PN532Error(Exception):
    """Any fault of chip, link or card. `advice` is ACTIVATE, REOPEN or GIVE_UP."""

    advice = ACTIVATE


class StatusError(PN532Error):
    """An answer with an error status: `status`, bits 0–5, e.g. 0x01 the card gave no answer."""

    def __init__(self, status):
        """Keep the status byte's error code as a number."""
        super().__init__("PN532 status 0x%02X" % status)
        self.status = status


class CommandFault(PN532Error):
    """A fault in the exchange of one command: `code` is the command's."""

    text = "PN532 command 0x%02X failed"

    def __init__(self, code):
        """Keep the command code as a number."""
        super().__init__(self.text % code)
        self.code = code


class NoAckError(CommandFault):
    """The chip did not acknowledge the command."""

    text = "no ACK for PN532 command 0x%02X"


class NoAnswerError(CommandFault):
    """The chip acknowledged the command and then did not answer in time."""

    text = "no answer to PN532 command 0x%02X"


class CorruptError(CommandFault):
    """The answer was damaged, and damaged again when asked for once more; or has no end."""

    text = "damaged answer to PN532 command 0x%02X"


class CommandError(CommandFault):
    """The chip sent its error frame: it does not take this command in this form."""

    text = "PN532 refused command 0x%02X"
    advice = GIVE_UP


class LostError(PN532Error):
    """The chip cannot be reached by any means."""

    advice = REOPEN

    def __init__(self):
        """There is nothing to tell but that."""
        super().__init__("no PN532 answers")


class LinkError(PN532Error):
    """The bus failed under the driver: `errno` is the port's error number."""

    advice = REOPEN

    def __init__(self, errno):
        """Keep the error number as a number."""
        super().__init__("the PN532's link failed (errno %s)" % errno)
        self.errno = errno

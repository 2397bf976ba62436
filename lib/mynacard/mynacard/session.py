"""A survey of one card with the gate inside. No I/O: the caller carries each command.

    session = Session(default_keys())
    while session.command:
        for item in session.answer(await exchange(session.command)):
            ...  # a Card or a Finding

A reader with a gate of its own may keep it: two agree.
"""

from .gate import Gate
from .survey import survey

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .keys import Key
    from .survey import Card, Finding


class Session:
    """One survey of one activated card: send `command`, pass what came back to `answer`, repeat.

    `keys`: the keys to ask, `keys.Key`. `command`: the bytes to send next, which the gate has
    passed already; None once the survey is over. A card that was activated again needs a new
    Session: answers of two activations must not meet.
    """

    def __init__(self, keys: "Sequence[Key]") -> None:
        self._gate = Gate()
        self._survey = survey(keys)
        self.command: "bytes | None" = None
        # A survey begins with a command; if it did not, the gate would refuse what comes instead.
        self._pass(next(self._survey))

    def answer(self, answer: "bytes | None") -> "list[Card | Finding]":
        """Take the answer to `command`; return each Card and Finding that became known by it.

        `answer`: data and status word (bytes, bytearray or memoryview); None if there was none.
        That ends the survey: what is left to ask is then found UNKNOWN. Raises GateError if the
        survey wants to send what the gate does not let pass; `command` is then None.
        """
        self._gate.answered(answer)
        self.command = None
        found: "list[Card | Finding]" = []
        try:
            item = self._survey.send(answer)
            while not isinstance(item, bytes):
                found.append(item)
                item = next(self._survey)
        except StopIteration:
            return found
        self._pass(item)
        return found

    def _pass(self, command: "Any") -> None:
        self._gate.check(command)
        self.command = command

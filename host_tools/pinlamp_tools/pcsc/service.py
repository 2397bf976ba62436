"""The PC/SC service of this computer: its readers and their cards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping

from smartcard import scard

from .calls import CALL_S, END_S, PcscError, check, within

WAIT_MS = 250  # between two checks for Ctrl-C and for new readers

# " 00 01" with pcsc-lite, " 0" on Windows.
_NUMBERS = re.compile(r"(\s+[0-9A-F]{2}){2}$|\s+[0-9]+$")
# The reasons to pass over a reader while there are others. The user may mean a card that another
# program holds: pass over that one only while another card lies on a reader.
PASSED = ("protocol", "other_b", "held")


class NoSuchReaderError(Exception):
    """No reader's name contains the text; `names` are the existing ones."""

    def __init__(self, names: list[str]) -> None:
        """`names`: at least one."""
        super().__init__(", ".join(names))
        self.names = names


# waiting(names of the matching readers, the reasons to pass over some of them)
Waiting = Callable[[list[str], Mapping[str, str]], None]


class Service:
    """The PC/SC service and its readers. Use as a context."""

    def __enter__(self) -> Service:
        """Connect; PcscError if there is no service."""
        code, self.context = within(CALL_S, scard.SCardEstablishContext, scard.SCARD_SCOPE_USER)
        check(code)
        self._passed: dict[str, tuple[int, str]] = {}  # name: (which of its cards, why)
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        with contextlib.suppress(PcscError):
            within(END_S, scard.SCardReleaseContext, self.context)

    def readers(self) -> list[str]:
        """Return the readers' names, sorted."""
        code, names = within(CALL_S, scard.SCardListReaders, self.context, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        check(code)
        return sorted(names)

    def wait(self, part: str | None, waiting: Waiting) -> str:
        """Wait for a card on a reader with `part` in its name (None: any); return that name.

        Without a card it calls `waiting`, and again whenever its arguments change. PcscError
        "no_reader" without any reader, NoSuchReaderError without a matching one.
        """
        told: object = None
        while True:
            names = self._fitting(part)
            states = self._states(names)
            for name in self._candidates(states):
                return name
            why = {name: reason for name, (_, reason) in self._passed.items() if name in states}
            if told != (names, why):
                told = (names, why)
                waiting(names, why)
            asked = list(states.items())
            within(CALL_S, scard.SCardGetStatusChange, self.context, WAIT_MS, asked)

    def elsewhere(self, name: str) -> bool:
        """Tell whether the intended card may be, or may come, on another reader than this.

        It may come on another device, not in another slot of the same one.
        """
        states = self._states(self.readers())
        return bool(self._others(states, name)) or any(
            _device(other) != _device(name) for other in states
        )

    def pass_over(self, name: str, reason: str) -> bool:
        """Ignore the card on a reader until another one is there; tell whether it does so.

        It does not for every `reason`, nor without another reader to wait for (see `elsewhere`).
        """
        states = self._states(self.readers())
        held_alone = reason == "held" and not self._others(states, name)
        if reason not in PASSED or held_alone or not self.elsewhere(name):
            return False
        if name in states:
            self._passed[name] = (_which(states[name]), reason)
        return True

    def _others(self, states: dict[str, int], name: str) -> list[str]:
        return [other for other in self._candidates(states) if other != name]

    def _fitting(self, part: str | None) -> list[str]:
        names = self.readers()
        if not names:
            raise PcscError(scard.SCARD_E_NO_READERS_AVAILABLE, "no_reader")
        fitting = [name for name in names if part is None or part.lower() in name.lower()]
        if not fitting:
            raise NoSuchReaderError(names)
        return fitting

    def _states(self, names: list[str]) -> dict[str, int]:
        unaware = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        _, found = within(CALL_S, scard.SCardGetStatusChange, self.context, 0, unaware)
        return {str(name): int(state) for name, state, _ in found}

    def _candidates(self, states: dict[str, int]) -> list[str]:
        """Return the readers whose card `wait` should try."""
        present = {name: _which(state) for name, state in states.items() if _which(state)}
        for name, (which, _) in list(self._passed.items()):
            if present.get(name) != which:
                del self._passed[name]
        found = [name for name in present if name not in self._passed]
        return found or [name for name in present if self._passed[name][1] == "held"]


def _device(name: str) -> str:
    """Return a reader's name without PC/SC's trailing numbers of device and slot."""
    return _NUMBERS.sub("", name)


def _which(state: int) -> int:
    """Return a number that distinguishes a reader's card from its next one; 0 without a card."""
    # The upper half counts how often a card came or went, if this PC/SC counts that.
    return state & 0xFFFF0000 | 1 if state & scard.SCARD_STATE_PRESENT else 0

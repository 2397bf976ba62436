"""A tap's events, kept for a trace. Nothing on a tape names a card: see `mynacard.redaction`."""

from __future__ import annotations

import re
from typing import Any

from mynacard import default_keys, keys

from .trace import Exchange, Trace

NAMELESS = "a PC/SC reader"  # a reader of whose name nothing is left

_ASKED = tuple(kind for kind, asked in keys.TOKENS.values() if asked != keys.NONE)

# A PC/SC reader's name may hold its serial number, and the numbers of slot and reader. So leave
# out everything from a bracket or "serial" on, words of digits side by side, and each word like a
# serial number: six characters or more with a digit that are hexadecimal, or not built as a
# model's name; eight letters that are hexadecimal.
_REST = re.compile(r"[(\[{<（［【＜].*|(?<![A-Za-z0-9])(?:S/?N|serial)(?![A-Za-z]).*", re.I)
_SLOTS = re.compile(r"(?:\s+(?:[0-9A-F]{2}|\d))+$")
_HEX = re.compile(r"[0-9A-F:.-]{6,}", re.I)
_MODEL = re.compile(
    r"[A-Z/+.-]+\d{1,4}[A-Z]{0,8}(?:V?\d(?:\.\d+)*)?(?:[-/.+][A-Z]{0,8}\d?)*", re.I
)
_LONG_NUMBER = re.compile(r"\d{5,}|^[A-F]{8,}$", re.I)
_GROUPS = re.compile(r"(?<!\S)\d+(?:\s+\d+)+(?!\S)")


def model(name: str) -> str:
    """Return a reader's name without anything that distinguishes it from others of its model."""
    name = _SLOTS.sub("", _REST.sub("", "".join(c if c.isprintable() else " " for c in name)))
    name = _GROUPS.sub("", name)
    return " ".join(word for word in name.split() if not _serial(word)) or NAMELESS


def _serial(word: str) -> bool:
    if _LONG_NUMBER.search(word):
        return True
    if len(word) < 6 or not any(character.isdigit() for character in word):
        return False
    return _HEX.fullmatch(word) is not None or _MODEL.fullmatch(word) is None


class Tape:
    """Takes the events of one tap; `done`: the tap is over. `fwi`: the card's."""

    def __init__(self) -> None:
        """Begin with an empty tape."""
        self.done = False
        self.complete = False
        self.kind = "unknown"
        self.fwi: int | None = None
        self._exchanges: list[Exchange] = []

    def take(self, event: dict[str, Any]) -> None:
        """Take one event, valid by docs/events.schema.json; ignore those after the tap."""
        if self.done:
            return
        match event:
            case {"type": "activation", "fwi": fwi}:
                # Answers of two activations never meet in one trace.
                self._exchanges = []
                self.kind = "unknown"
                self.fwi = fwi
            case {"type": "exchange", "c": command, "r": answer, "ms": ms}:
                told = None if answer is None else bytes.fromhex(answer)
                self._exchanges.append(Exchange(bytes.fromhex(command), told, ms))
            case {"type": "card", "kind": kind} if self._exchanges:
                self.kind = kind
                self.done = kind not in _ASKED
                self.complete = self.done
            case {"type": "fault" | "ready"} if self._exchanges:
                self.done = True  # the reader was lost, or the device: the next card is another's
            case {"type": "result", "complete": complete} if self._exchanges:
                self.done = True
                self.complete = complete

    def trace(self, provenance: str, reader: str, licence: bool) -> Trace:
        """Return its trace; `reader` is the model's name, `licence` whether that key was asked."""
        asked = tuple(key.id for key in default_keys(licence))
        return Trace(provenance, asked, self.kind, reader, tuple(self._exchanges))

"""Replaces characters that a console cannot write by others that say the same.

A Japanese Windows console writes cp932, which lacks the signs of `pinlamp doctor`. Some terminals
write ASCII alone.
"""

from __future__ import annotations

import codecs
import io
import unicodedata

_NAME = "pinlamp"
# Stand-ins for a character, the best one first.
_ALIKE = {
    "✓": "○+",
    "✗": "×x",
    "·": "・-",
    "–": "-",
    "—": "―-",
    "〜": "~",
    "−": "－-",
    "×": "x",
    "→": ">",
    "「": '"',
    "」": '"',
}
_LAST = "?"


def forgiving(stream: object) -> None:
    """Let a text stream write everything: a character that it lacks as a similar one, or "?"."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(_NAME, _instead)
        stream.reconfigure(errors=_NAME)


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_like(character, error.encoding) for character in missing), error.end


def _like(character: str, encoding: str) -> str:
    # "é" without its accent, "…" as three dots.
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    candidates: list[str] = [*_ALIKE.get(character, ""), plain]
    for candidate in candidates:
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        return candidate
    return _LAST

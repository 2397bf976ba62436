"""Text for a console whose encoding lacks some characters: others that say the same.

A console of a Japanese Windows has cp932, without the signs of `pinlamp doctor`; a terminal may
have ASCII alone.
"""

from __future__ import annotations

import codecs
import io
import unicodedata

_NAME = "pinlamp"
# What else may stand for a character, the first that the encoding has.
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
    """Let a text stream write everything: what its encoding lacks as something like it, or "?"."""
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

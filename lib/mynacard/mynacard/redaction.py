"""Answers without what could name the card's holder, so that they can be kept and shown."""

from .apdu import SW_OK
from .keys import TOKEN, token_of

_READ_BINARY = 0xB0


def redact(command: bytes, answer: "bytes | memoryview | None") -> "bytes | None":
    """Return the answer to a command of a survey, without data that does not belong there.

    A survey concludes the same from it. Zeros replace data where none is expected, or more than
    was asked for: at most one byte more than expected. Spaces replace a token that is not in the
    table, which could be anything: they are not in it either. A status word stays; None, which is
    no answer, stays None.
    """
    if answer is None:
        return None
    if len(answer) < 2:
        return bytes(len(answer))
    data, word = answer[:-2], bytes(answer[-2:])
    expected = command[4] if command[1] == _READ_BINARY else 0
    if word != SW_OK or len(data) > expected:
        return bytes(min(len(data), expected + 1)) + word
    if expected == TOKEN.length and token_of(data) is None:
        return b" " * len(data) + word
    return bytes(answer)

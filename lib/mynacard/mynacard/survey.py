"""One survey of a card: a generator that yields commands and findings and takes answers.

`session.Session` drives it, with the gate in between; use that. The generator yields
- `bytes`, a command: send back the card's answer, or None for "no answer", which ends the survey,
- one `Card`, as soon as the kind is known: send back None,
- a `Finding` for each key: send back None.

At its end every key of `Card.keys` has exactly one Finding, in the order in which they became
known. If the card went away before its kind
was known there is no Card, and every key given has an UNKNOWN Finding.
"""

from collections import namedtuple

from . import state
from .apdu import (
    QUERY,
    SW_DEACTIVATED,
    SW_OK,
    data_of,
    query_short,
    read_binary,
    select_df,
    select_ef,
)
from .keys import ALL, CERTIFICATES, JPKI_ONLY, KEYS, NEWER, NONE, TOKEN, TOKENS, token_of

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import NamedTuple, TypeVar

    from .keys import File, Key

    _T = TypeVar("_T")
    _Asking = Generator[bytes, bytes | None, _T]  # commands out, answers in, then a conclusion
    _Files = dict[File, bytes | None]
    _Lacking = tuple[str, str | None]

    class Card(NamedTuple):
        """What lies there."""

        kind: str  # a name of docs/events.md
        keys: "tuple[str, ...]"  # ids of the keys that the survey will ask

    class Finding(NamedTuple):
        """What the card says of one key."""

        id: str  # of the key
        state: str  # a name of `mynacard.state`
        left: "int | None"  # tries left; None if the card did not say
        max: "int | None"  # tries when full; None if not known for sure
        note: "str | None"  # UNREAD or DEACTIVATED; None if there is nothing to add

else:
    Card = namedtuple("Card", ("kind", "keys"))
    Finding = namedtuple("Finding", ("id", "state", "left", "max", "note"))

# How often a card has to say the same, one time behind the other, of a key, an applet or a file
# that it does not answer for. Every card that is known has all of them but the licence's.
_ALIKE = 4
_MOST = 7
_BY_DESIGN = len([key for key in KEYS if key.by_design])

# Notes of a Finding. The key is locked, but the file that tells whether it is in use at all could
# not be read: it may have been locked from the start, as that of a card without the certificate.
UNREAD = "unread"
# The key's applet is there, but switched off: nothing of it was asked.
DEACTIVATED = "deactivated"


class _NoAnswer(Exception):
    """The card went away: ends the survey wherever it is."""


def survey(
    keys: "Sequence[Key]",
) -> "Generator[bytes | Card | Finding, bytes | None, None]":
    """Return the generator for one activation of a card, over a sequence of `keys.Key`."""
    left_over: "list[Key | None]" = list(keys)
    try:
        ours, token = yield from _token()
        if token is None:
            ours = ours or (yield from _any_applet(keys))
            kind, scope = ("my_number_card", ALL) if ours else ("other_b", NONE)
        else:
            kind, scope = TOKENS[token] if token else (NEWER, NONE)
        if scope != ALL:
            keys = [k for k in keys if scope == JPKI_ONLY and k.aid == TOKEN.aid]
            left_over = list(keys)
        yield Card(kind, tuple([k.id for k in keys]))
        # An unread token leaves another applet selected, so JPKI has to be selected again.
        yield from _ask_all(keys, left_over, None if token is None else TOKEN.aid)
    except _NoAnswer:
        for key in left_over:
            if key is not None:
                yield Finding(key.id, state.UNKNOWN, None, key.max, None)


def _ask_all(
    keys: "Sequence[Key]", left_over: "list[Key | None]", selected: "bytes | None"
) -> "Generator[bytes | Finding, bytes | None, None]":
    """Ask the keys in turn; a key's place in `left_over` is None once its Finding is yielded.

    None, because MicroPython moves a list that shrinks, for half a millisecond. A card for face
    authentication has several keys locked on purpose, and all of them. So the lock of one is held
    back, its key left over, until the others have told which it is.
    """
    files: "_Files" = {}
    held: "list[tuple[int, Finding]]" = []
    on_purpose = True  # as far as one can tell
    lacking = None
    for place, key in enumerate(keys):
        if key.short or key.aid != selected:
            lacking = _lacking((yield from _select(select_df(key.aid), _ALIKE)))
            selected = key.aid
        if lacking is not None:
            finding = _not_asked(key, lacking)
        else:
            finding = yield from _ask(key, files)
        if not key.by_design:
            left_over[place] = None
            yield finding
            continue
        on_purpose = on_purpose and finding.state == state.LOCKED and _for_faces(files, keys)
        held.append((place, finding))
        if on_purpose and len(held) < _BY_DESIGN:
            continue
        for place, finding in held:
            left_over[place] = None
            if on_purpose:
                finding = Finding(finding.id, state.BY_DESIGN, finding.left, finding.max, None)
            yield finding
        held.clear()


def _lacking(answer: bytes) -> "_Lacking | None":
    """Return state and note of an applet's keys by the answer to its SELECT; None: ask them.

    Nothing of the answer is copied: it could be anything.
    """
    missing = state.missing(answer)
    if missing is None:
        return None
    return missing, DEACTIVATED if answer == SW_DEACTIVATED else None


def _not_asked(key: "Key", lacking: "_Lacking") -> Finding:
    return Finding(key.id, lacking[0], None, key.max, lacking[1])


def _ask(key: "Key", files: "_Files") -> "_Asking[Finding]":
    """Ask for one key whose applet is selected; `files` keeps the files read so far.

    What tells no counter, and that its certificate is not there, the card has to say several
    times: see `_select`. Where it has the file, and that does not say so, its key is there.
    """
    finding = None
    if key.short:
        finding, lacks = yield from _ask_counter(key)
        if lacks:  # the applet: its file cannot be selected
            return finding
    if key.unset and key.unset.file not in files:
        content = yield from _whole(key.unset.file)
        if content is not None and _tells(key.unset.file, content):
            again = yield from _whole(key.unset.file)
            content = content if again == content else None
        files[key.unset.file] = content
    if finding is None:
        finding, _ = yield from _ask_counter(key)
    if key.unset:
        kept = files[key.unset.file]
        if _fits(kept, key.unset.pattern):
            # This overrides the key's own answer.
            return Finding(key.id, key.unset.state, finding.left, finding.max, None)
        if kept is None and finding.state == state.LOCKED:
            return Finding(key.id, state.LOCKED, finding.left, finding.max, UNREAD)
        if finding.state == state.ABSENT:
            return Finding(key.id, state.UNKNOWN, None, finding.max, None)
    return finding


def _ask_counter(key: "Key") -> "_Asking[tuple[Finding, bool]]":
    """Ask for the retry counter of a key in the applet that is selected.

    Returns whether the SELECT before the question was refused, too. A key that is asked by short
    identifier has its SELECT DF behind it, at first.
    """
    before = None
    alike = 0
    for number in range(_MOST):
        if number or not key.short:
            command = select_df(key.aid) if key.short else key.select
            answer = yield from _select(command, _ALIKE)
            lacking = _lacking(answer)
            if lacking is not None:
                note = lacking[1] if key.short else None
                return _not_asked(key, (lacking[0], note)), True
        finding = _found(key, (yield query_short(key.ef) if key.short else QUERY))
        alike = alike + 1 if finding.state == before else 1
        if alike == _ALIKE or finding.state not in (state.ABSENT, state.UNKNOWN):
            return finding, False
        before = finding.state
    return Finding(key.id, state.UNKNOWN, None, key.max, None), False


def _found(key: "Key", answer: "bytes | None") -> Finding:
    if answer is None:
        raise _NoAnswer
    found, left, maximum = state.of_counter(answer, key.max, key.floor)
    return Finding(key.id, found, left, maximum, None)


def _token() -> "_Asking[tuple[bool, bytes | None]]":
    """Return whether JPKI is deactivated, and the token: b"" for one that is not listed.

    None: its file is not readable, or empty.
    """
    answer = yield from _select(select_df(TOKEN.aid))
    if state.missing(answer):
        return answer == SW_DEACTIVATED, None
    content = yield from _read(TOKEN)
    return False, token_of(content) or b"" if content else None


def _any_applet(keys: "Sequence[Key]") -> "_Asking[bool]":
    """Tell a My Number Card by any applet but JPKI that is there, be it deactivated."""
    tried = [TOKEN.aid]
    for key in keys:
        if key.aid in tried:
            continue
        tried.append(key.aid)
        if (yield from _select(select_df(key.aid))) in (SW_OK, SW_DEACTIVATED):
            return True
    return False


def _read(file: "File") -> "_Asking[bytes | memoryview | None]":
    """Return the content of a file of the selected applet; None if it is never readable.

    Nothing but 9000 with no more than was asked for counts. 61xx and 6Cxx want another command,
    which no card of this kind has been seen to need and the gate does not let pass.
    """
    for _ in range(_ALIKE):
        if state.missing((yield from _select(select_ef(file.ef)))):
            continue
        answer = yield read_binary(file.length)
        if answer is None:
            raise _NoAnswer
        content = data_of(answer)
        if content is not None and len(content) <= file.length:
            return content
    return None


def _whole(file: "File") -> "_Asking[bytes | None]":
    """As `_read`, but a content that is shorter tells nothing, and is not read again."""
    content = yield from _read(file)
    # The next answer may come into the same buffer.
    return bytes(content) if content is not None and len(content) == file.length else None


def _tells(file: "File", content: bytes) -> bool:
    """Tell whether the file says of any key that it is not in use."""
    for key in KEYS:
        if key.unset and key.unset.file == file and _fits(content, key.unset.pattern):
            return True
    return False


def _select(command: bytes, absent: int = 2) -> "_Asking[bytes]":
    """Return the answer to a SELECT; one that refuses has to come several times, b"" if none does.

    `absent`: how often in a row, if it says that there is no such file or applet.

    A byte 00 that gets lost on a UART passes the sums of a frame, whose end moves up by one: the
    card then says that it has not what nobody wanted. A bad wire may lose several. And the first
    command after power-up may be answered 6F00 [S soltia].
    """
    before = None
    alike = 0
    for _ in range(_MOST):
        answer = yield command
        if answer is None:
            raise _NoAnswer
        missing = state.missing(answer)
        alike = alike + 1 if missing == before else 1
        enough = absent if missing == state.ABSENT else _ALIKE
        if missing is None or answer == SW_DEACTIVATED or alike == enough:
            return answer
        before = missing
    return b""


def _fits(content: "bytes | None", pattern: "tuple[int | None, ...]") -> bool:
    """Tell whether a file's content has the pattern's length and, where it is not None, bytes."""
    if content is None or len(content) != len(pattern):
        return False
    for byte, wanted in zip(content, pattern):
        if wanted is not None and byte != wanted:
            return False
    return True


def _for_faces(files: "_Files", keys: "Sequence[Key]") -> bool:
    """Tell whether locks may be on purpose: no signature is there, and all of them are asked."""
    content = files.get(CERTIFICATES)
    if content is None or content[0] != 0x00:
        return False
    return len([key for key in keys if key.by_design]) == _BY_DESIGN

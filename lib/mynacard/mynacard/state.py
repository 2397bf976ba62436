"""What an answer to the question for a retry counter means.

Grades as in `keys`; docs/protocol.md has the sources. UNKNOWN means neither "locked" nor "not
locked": every answer that the table does not list is UNKNOWN.
"""

from .apdu import SW_OK

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from collections.abc import Collection

OK = "ok"
UNLIMITED = "unlimited"
USED = "used"
LAST = "last"
LOCKED = "locked"
BY_DESIGN = "by_design"
NOT_ISSUED = "not_issued"
NOT_SET = "not_set"
UNKNOWN = "unknown"
NOT_REPORTED = "not_reported"
ABSENT = "absent"

# Worst first, for several keys on one lamp and for the overall lamp. ABSENT only if all are.
WORST_FIRST = (
    LOCKED,
    BY_DESIGN,
    LAST,
    UNKNOWN,
    USED,
    NOT_REPORTED,
    NOT_SET,
    NOT_ISSUED,
    UNLIMITED,
    OK,
    ABSENT,
)

_NO_SUCH = (b"\x6a\x82", b"\x6a\x83", b"\x6a\x88")
_WORDS = {
    b"\x69\x84": LOCKED,  # JICSAP: referenced IEF closed. [W] for a VERIFY with data
    b"\x69\x83": LOCKED,  # ISO 7816-4; not evidenced on this card, accepted
    b"\x63\x00": UNLIMITED,  # [S soltia]
    SW_OK: NOT_REPORTED,  # verified in this session, or nothing reported [?]
}


def missing(answer: bytes) -> "str | None":
    """Return ABSENT or UNKNOWN for the answer to a SELECT, or None if it is 9000."""
    if answer == SW_OK:
        return None
    return ABSENT if answer in _NO_SUCH else UNKNOWN


def of_counter(
    answer: bytes, maximum: "int | None", floor: "int | None" = None
) -> "tuple[str, int | None, int | None]":
    """Return (state, left, max) for the answer to a question for a retry counter.

    `maximum` is the table's number of tries, or None where it is not known for sure; `floor` is
    then a number that it is not below, or None. With less than that, tries were used. `left` is
    the number the card gave, or None if it gave none. `max` is `maximum`, or None if the answer
    contradicts it.
    """
    if len(answer) == 2 and answer[0] == 0x63 and answer[1] & 0xF0 == 0xC0:
        left = answer[1] & 0x0F
        if maximum is not None and left > maximum:
            return OK, left, None
        if left == 0:
            return LOCKED, left, maximum
        if left == 1:
            return LAST, left, maximum
        if left == maximum or (maximum is None and left >= (floor or 3)):
            return OK, left, maximum
        return USED, left, maximum
    if answer in _NO_SUCH:
        return ABSENT, None, maximum
    state = _WORDS.get(bytes(answer), UNKNOWN) if len(answer) == 2 else UNKNOWN
    return state, None, None if state == UNLIMITED else maximum


def worst(states: "Collection[str]") -> str:
    """Return the worst of several states (a non-empty sequence), by WORST_FIRST."""
    for state in WORST_FIRST:
        if state in states:
            return state
    raise ValueError("no state")

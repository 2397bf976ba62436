"""A reading as rows: each lamp with its number, its name and its state in words, and a headline.

Terminal, screens and page draw these and nothing else. Runs under CPython, and under MicroPython
in the page.
"""

from collections import namedtuple

from mynacard import state
from mynacard.keys import KEYS, NEWER
from mynacard.survey import DEACTIVATED
from pinlamp.layout import LAYOUTS as LAYOUTS
from pinlamp.layout import OVERALL as OVERALL
from pinlamp.layout import PLACES as PLACES
from pinlamp.layout import lamps as lamps

from .cable import KEEPING, LIVE

TYPE_CHECKING = False  # type checkers take it for true; MicroPython has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .names import Names
    from .reading import Reading

# A lamp, or one key:
# key    its id; OVERALL; of a lamp of several keys the one that it shows
# place  its lamp's number on the strip, from 1; None for a key below its lamp, or without a lamp
# name   what it is called, with its number on the official form
# state  as `Reading.state` has it; of OVERALL the worst state or None
# words  the state in words, with the tries left where that tells more
Row = namedtuple("Row", ("key", "place", "name", "state", "words"))

# Worst states of which the words say that nothing is locked.
_NO_LOCK = (state.NOT_SET, state.NOT_ISSUED, state.UNLIMITED, state.OK)
# Keys of which nobody knows, even roughly, how many tries are left when none was used.
_UNTOLD = tuple([key.id for key in KEYS if key.max is None and key.floor is None])


def lamp_rows(reading: "Reading", layout: int, names: "Names") -> "Iterator[Row]":
    """Yield a row for each lamp of a layout; below a lamp of several keys a row for each key."""
    for place, keys in enumerate(lamps(layout), 1):
        below = keys
        if keys == (OVERALL,):
            words = outcome(reading, names)
            yield Row(OVERALL, place, names.key(OVERALL), reading.overall, words)
            below = PLACES if layout == 1 else ()  # the button steps through the keys
        elif len(keys) > 1:
            shown = min(keys, key=lambda key: _rank(reading, key))
            yield _row(reading, shown, place, names.joined(keys), names)
        else:
            yield _row(reading, keys[0], place, _name(keys[0], names), names)
            below = ()
        for key in below:
            yield _row(reading, key, None, _name(key, names), names)


def key_rows(
    reading: "Reading",
    layout: "int | None",
    names: "Names",
    fits: "Callable[[str], bool] | None" = None,
) -> "list[Row]":
    """Return a row for each key, in the order of their places; none has a place without a layout.

    `fits`: tells whether words have room; where a state's have none, the row has its tight ones.
    """
    places = numbers(layout) if layout and layout > 1 else {}  # the only lamp is no key's
    rows = []
    for key in PLACES:
        row = _row(reading, key, places.get(key), _name(key, names), names)
        if fits is not None and not fits(row.words):
            row = _row(reading, key, row.place, row.name, names, True)
        rows.append(row)
    return rows


def numbers(layout: int) -> "dict[str, int]":
    """Return the plain number of each key's lamp, as on the label; keys without one are left out.

    With one lamp: after how many winks it shows the key.
    """
    if layout == 1:
        return {key: number for number, key in enumerate(PLACES, 1)}
    return {key: at for at, keys in enumerate(lamps(layout), 1) for key in keys}


def overall_row(reading: "Reading", layout: "int | None", names: "Names") -> Row:
    """Return the row of the overall lamp; it has no place where none is known (layout 5, None)."""
    groups = lamps(layout) if layout else ()
    place = groups.index((OVERALL,)) + 1 if (OVERALL,) in groups else None
    found = reading.overall
    words = _overall(reading, names) if found else ""
    return Row(OVERALL, place, names.key(OVERALL), found, words)


def _row(
    reading: "Reading",
    key: str,
    place: "int | None",
    name: str,
    names: "Names",
    tight: bool = False,
) -> Row:
    found, left, most = reading.state(key)
    if reading.notes.get(key) == DEACTIVATED:
        words = names.state(DEACTIVATED, tight=tight)
    else:
        words = names.state(found, left, most, key not in _UNTOLD, tight)
    return Row(key, place, name, found, words)


def _name(key: str, names: "Names") -> str:
    return (names.mark(key) + " " + names.key(key)).strip()


def _rank(reading: "Reading", key: str) -> "tuple[int, int]":
    """Return how bad a key is, the worst lowest: a joined lamp shows that one of its keys."""
    found, left, _ = reading.state(key)
    order = state.WORST_FIRST
    if found == "waiting":
        found = state.UNKNOWN  # the lamp of several keys is not good before all are known
    at = order.index(found) if found in order else len(order)
    return at, 99 if left is None else left


def outcome(reading: "Reading", names: "Names") -> str:
    """Return in one sentence how the reading went; one without an end was not read."""
    if reading.overall is None and reading.phase not in ("other", "several"):
        return names.device("again")
    return headline(reading, names)[0]


def headline(reading: "Reading", names: "Names") -> "tuple[str, str]":
    """Return two lines: how the card or the device is, and what to do; the second may be empty."""
    phase = reading.phase
    if phase == "fault":
        fault = reading.fault
        return names.fault(fault["code"], fault.get("field", ""), fault.get("reader", "")), ""
    if phase == "other" and reading.kind == NEWER:
        return names.device("newer"), ""
    if phase == "other":
        return names.device("other", kind=names.kind(str(reading.kind))), ""
    if reading.overall is None:
        return names.device(phase), ""
    return _overall(reading, names), names.device(phase)


def said_to_lack(reading: "Reading") -> "list[str]":
    """Return the keys that are lacking, if the headline is about them.

    The lamp leaves out what is not on a card, and stays green. But nobody has looked at those, so
    no words say that nothing is locked.
    """
    return reading.lacking if reading.overall in _NO_LOCK else []


def _overall(reading: "Reading", names: "Names") -> str:
    return names.overall("lacking" if said_to_lack(reading) else str(reading.overall))


def on_cable(
    state: str, reading: "Reading", names: "Names", port: str = "", group: str = ""
) -> "tuple[str, str]":
    """Return the two lines of `headline` for a device on a cable, which shows `state`.

    `port`, `group`: see `Names.cable`.
    """
    phase = reading.phase
    if state == LIVE and phase != "start":
        return headline(reading, names)
    if state == KEEPING and phase not in ("start", "ready"):  # a fault, then
        return headline(reading, names)
    return (
        names.cable(state, "is", port=port, group=group),
        names.cable(state, "do", port=port, group=group),
    )

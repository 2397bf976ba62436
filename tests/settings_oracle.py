"""What settings.json has to come to, worked out by hand."""

from pinlamp import layout

NAMES = "profile layout brightness hold_s sound events licence poll_ms".split()
LAYOUTS = (12, 8, 5, 1)
RANGES = {"brightness": (5, 100), "hold_s": (0, 3600), "poll_ms": (20, 1000)}
BOARDS = ((12, 12), (8, 12), (8, 8), (5, 5), (1, 1))


def _whole(value, low, high):
    return type(value) is int and low <= value <= high


def _fits(name, value, count_of_pixels):
    if name == "profile":
        return type(value) is str and value in ("pocket", "counter")
    if name == "layout":
        return type(value) is int and value in LAYOUTS and value <= count_of_pixels
    if name in RANGES:
        return _whole(value, *RANGES[name])
    return name in ("sound", "events", "licence") and type(value) is bool


def _expected(given, board_layout, pixels):
    """What each setting has to be, and the names of those that are wrong."""
    wrong = set() if isinstance(given, dict) else {"settings.json"}
    given = given if isinstance(given, dict) else {}
    right = {name: value for name, value in given.items() if _fits(name, value, pixels)}
    wrong |= set(given) - set(right)
    counter = right.get("profile") == "counter"
    expected = {
        "profile": "pocket",
        "layout": board_layout,
        "brightness": 25,
        "hold_s": 3 if counter else 60,
        "sound": not counter,
        "events": not counter,
        "licence": False,
        "poll_ms": 100,
        **right,
    }
    if wrong & {"profile", "events", "settings.json", ""}:
        expected["events"] = False
    if expected["licence"] and expected["layout"] not in (12, 1):
        expected["licence"] = False
        wrong.add("licence")
    return expected, wrong


def check(found, given, board):
    """Assert that the Settings `found` are what is `given`, on a board (layout, pixels)."""
    expected, wrong = _expected(given, *board)
    assert {name: getattr(found, name) for name in NAMES} == expected
    assert all(type(getattr(found, name)) is type(expected[name]) for name in NAMES)
    assert len(found.replaced) == len(set(found.replaced))
    # "" cannot be shown, so it has another name in the list.
    assert {name for name in found.replaced if name in wrong} == wrong - {""}
    assert len(found.replaced) == len(wrong)
    assert all(type(name) is str and name for name in found.replaced)
    ids = [key.id for key in found.keys()]
    assert ("licence" in ids) is expected["licence"]
    assert len(ids) >= 10 and not layout.hidden(found.layout, ids)

"""The truth, written by hand in `truth/`: the keys, the virtual cards, how a lamp looks.

The one oracle of all tests. It takes nothing from the tested code, so it cannot repeat a mistake
of that code. Runs under CPython and MicroPython.
"""

# mypy: ignore-errors

import json

_HERE = __file__.replace("\\", "/").rsplit("/", 1)[0]


def _read(name):
    with open(_HERE + "/truth/" + name) as file:
        return json.load(file)


LAYOUTS = (12, 8, 5, 1)
# One row for each key (`truth/keys.json`), in the order of their places.
KEYS = _read("keys.json")["keys"]
KEY = {row["id"]: row for row in KEYS}
ASKED = [row["id"] for row in KEYS if "opt_in" not in row]  # of a full card
# SELECT DF of each applet, SELECT EF and READ BINARY of token and certificates, SELECT EF and
# VERIFY without data of each key.
EXCHANGES = len({KEY[id]["aid"] for id in ASKED}) + 2 * 2 + 2 * len(ASKED)
_looks = _read("looks.json")
WORST_FIRST = [row["state"] for row in _looks["states"]]
STEADY = [(0, 2000)]
# state, or "reading" -> (colour, the ms of two seconds in which it is lit)
LOOKS = {
    row["state"]: (row["colour"], [tuple(on) for on in row["on"]])
    for row in _looks["states"] + [_looks["reading"]]
}


def _of_card(row):
    keys = {}
    for key in row.get("asked", ASKED):
        others = row.get("others", {"state": "ok", "left": KEY[key]["tries"]})
        keys[key] = dict(others, max=KEY[key]["max"])
    for key, found in row.get("keys", {}).items():
        keys[key] = dict(found, max=KEY[key]["max"])
    return {"kind": row["kind"], "keys": keys}


# name -> {"kind": …, "keys": {key id: {"state": …, "left": …, "max": …}}} of every virtual card;
# a key may have a "note" too
CARDS = {name: _of_card(row) for name, row in _read("cards.json")["cards"].items()}


def has_overall(layout):
    """Tell whether the last lamp of a layout is the overall lamp."""
    return layout != 5


def lamps(layout):
    """Return a list of key ids for each lamp of a layout, without the overall lamp."""
    if layout == 1:
        return []
    of_keys = layout - 1 if has_overall(layout) else layout
    places = [(row["id"], row["lamps"][str(layout)]) for row in KEYS]
    return [[key for key, at in places if at == lamp] for lamp in range(1, of_keys + 1)]


def worst(states):
    """Return the worst of some states, a non-empty collection."""
    return min(states, key=WORST_FIRST.index)

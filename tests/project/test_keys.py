"""A key is a row in each of six files; a message names the line of a file that lacks one.

`mynacard.keys.KEYS` is the table of the device, `truth/keys.json` the tests' own.
"""

import json

import pytest

import oracle
from mynacard.keys import JPKI, KEYS
from pinlamp import demo, layout
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.emulator.card.content import PINS
from places import ROOT, line_of

TABLE = "lib/mynacard/mynacard/keys.py"
LAMPS = "firmware/pinlamp/layout.py"
NAMES = "host_tools/pinlamp_tools/show/names.json"
TRUTH = "tests/truth/keys.json"
LANGUAGES = ("ja", "en")


def _guidance(lang):
    return f"host_tools/pinlamp_tools/guidance/{lang}.json"


def _json(path):
    return json.loads((ROOT / path).read_text("utf-8"))


def _places():
    """Yield (path, texts of the line above the rows, what a row is, keys, name of the table)."""
    yield TABLE, ["KEYS = ("], "row", [key.id for key in KEYS], "KEYS"
    yield LAMPS, ["LAMPS = ("], "lamp", layout.PLACES, "LAMPS"
    names = _json(NAMES)
    for lang in LANGUAGES:
        at = [f'"{lang}": {{', '"keys": {']
        ids = [id for id in names[lang]["keys"] if id != layout.OVERALL]
        yield NAMES, at, f"words ({lang})", ids, "keys"
    for lang in LANGUAGES:
        path, data = _guidance(lang), _json(_guidance(lang))
        for part, what in (("names", "official name"), ("short", "short name")):
            yield path, [f'"{part}": {{'], what, data[part], part
        at = ['"kinds": {', '"my_number_card": {', '"keys": {']
        keys = data["kinds"]["my_number_card"]["keys"]
        yield path, at, "advice", keys, "kinds.my_number_card.keys"
    yield TRUTH, ['"keys": ['], "truth", list(oracle.KEY), "keys"


def test_every_place_has_every_key():
    places = list(_places())
    known = {}  # id -> the first place that has it
    for path, _, _, ids, _ in places:
        for id in ids:
            known.setdefault(id, path)
    lacking = [
        f"{line_of(path, *at)}: no {what} for the key {id}, which {known[id]} has:"
        f" add its row to {name}"
        for path, at, what, ids, name in places
        for id in known
        if id not in ids
    ]
    assert not lacking, "\n" + "\n".join(lacking)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_a_key_are_complete(lang):
    rows = _json(NAMES)[lang]["keys"]
    wanted = set(rows[layout.OVERALL])
    at = [f'"{lang}": {{', '"keys": {']
    lacking = [
        line_of(NAMES, *at, f'"{id}"') + f": {id} has no {name}"
        for id, row in rows.items()
        for name in sorted(wanted - set(row))
    ]
    assert not lacking, "\n" + "\n".join(lacking)


def test_the_rows_of_lamps_and_truth_stand_in_one_order():
    for id, other in zip(layout.PLACES, oracle.KEY):
        where = line_of(TRUTH, f'"{other}"')
        assert id == other, f"{where}: {other} stands where LAMPS has {id}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_keys_of_a_phone_have_advice_for_a_phone(lang):
    path, data = _guidance(lang), _json(_guidance(lang))
    lacking = [
        f"{line_of(path, *at)}: no advice for the key {key.id} of a phone: add its row"
        for key in KEYS
        if key.aid == JPKI
        for at, rows in (
            (['"phone_names": {'], data["phone_names"]),
            (['"phone_android": {', '"keys": {'], data["kinds"]["phone_android"]["keys"]),
            (['"phone_ios": {', '"keys": {'], data["kinds"]["phone_ios"]["keys"]),
        )
        if key.id not in rows
    ]
    assert not lacking, "\n" + "\n".join(lacking)


def _differences(id, path, found, truth):
    where = line_of(path, "KEYS = (" if path == TABLE else "LAMPS = (", f'"{id}"')
    for name, value in found.items():
        if value != truth[name]:
            yield f"{where}: {id}: {name} is {value}, {TRUTH} says {truth[name]}"


def test_every_row_says_what_is_true():
    differ = []
    for key in KEYS:
        if key.id not in oracle.KEY:
            continue  # which the first test tells
        row = oracle.KEY[key.id]
        found = {
            "aid": key.aid.hex().upper(),
            "ef": f"{key.ef:04X}",
            "max": key.max,
            "floor": key.floor,
            "short": key.short,
            "opt_in": key.opt_in,
            "by_design": key.by_design,
        }
        wanted = dict.fromkeys(("short", "opt_in", "by_design"), False)
        wanted = {**wanted, "floor": None, **row}
        differ += _differences(key.id, TABLE, found, wanted)
        _, _, entry, tries = PINS[key.id]
        assert entry
        if tries != row["tries"]:
            differ.append(f"{line_of(TRUTH, key.id)}: {key.id}: a card has {tries} tries")
    for id, *lamps in layout.LAMPS:
        if id in oracle.KEY:
            found = dict(zip(("12", "8", "5"), lamps, strict=True))
            differ += _differences(id, LAMPS, found, oracle.KEY[id]["lamps"])
    assert not differ, "\n" + "\n".join(differ)


def test_an_opt_in_key_alone_may_be_without_a_lamp():
    hidden = [
        f"{line_of(LAMPS, 'LAMPS = (', key.id)}: no lamp for the key {key.id} in layout {size}"
        for size in layout.LAYOUTS
        for key in KEYS
        if not key.opt_in and layout.hidden(size, [key.id]) and key.id in layout.PLACES
    ]
    assert not hidden, "\n" + "\n".join(hidden)


def _ids(value):
    """Yield the key ids that JSON data names: what stands in a list "keys"."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "keys" and isinstance(inner, list):
                yield from inner
            else:
                yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


def test_no_text_and_no_card_is_about_a_key_that_there_is_not():
    tools = ROOT / "host_tools" / "pinlamp_tools"
    named = {
        f"{path.relative_to(ROOT)}: {id}"
        for path in (tools / "guidance" / "explain.json", tools / "paper" / "counter.json")
        for id in _ids(json.loads(path.read_text("utf-8")))
        if id not in oracle.KEY
    }
    named |= {f"demo.py: {id}" for scene in demo.SCENES for id in scene if id not in oracle.KEY}
    named |= {
        f"catalogue.py: {card.name}: {id}"
        for card in CARDS
        for id in card.differs.get("pins", {})
        if id not in oracle.KEY
    }
    assert not named, f"no such key: {sorted(named)}"


def test_every_virtual_card_has_its_truth():
    catalogue = "host_tools/pinlamp_tools/emulator/card/catalogue.py"
    truth = "tests/truth/cards.json"
    lacking = [
        f"{line_of(truth, 'about', 'cards')}: no truth for the card {card.name}: add its row"
        for card in CARDS
        if card.name not in oracle.CARDS
    ]
    names = [card.name for card in CARDS]
    lacking += [
        f"{line_of(catalogue, 'CARDS = (')}: no card {name}, which {truth} has: add its row"
        for name in oracle.CARDS
        if name not in names
    ]
    assert not lacking, "\n" + "\n".join(lacking)

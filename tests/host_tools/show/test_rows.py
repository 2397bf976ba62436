"""Rows of a reading: what table, screens and page draw."""

import pytest

import oracle
from mynacard import default_keys
from pinlamp.layout import lamps
from pinlamp_tools.show.names import Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import headline, key_rows, lamp_rows, outcome, overall_row

CARD = {"type": "card", "kind": "my_number_card"}
EN = Names("en")


def told(*events):
    reading = Reading()
    for event in events:
        reading.take(event)
    return reading


def read(complete=True, **states):
    """Return the reading of a card whose keys have these (state, left, max)."""
    keys = [
        {"id": key, "state": found, "left": left, "max": most}
        for key, (found, left, most) in states.items()
    ]
    return told(CARD, {"type": "result", "complete": complete, "ms": 1, "keys": keys})


def test_a_row_for_each_key_with_the_number_of_its_lamp():
    reading = read(sign=("ok", 5, 5), visual_a=("used", 2, None))
    rows = {row.key: row for row in key_rows(reading, 8, EN)}
    assert rows["sign"] == (
        "sign",
        1,
        "① Signing certificate (6-16 A-Z 0-9)",
        "ok",
        "Not locked (no wrong entry)",
    )
    assert rows["visual_a"][1:] == (
        7,
        "Check no. A, card face (12 digits)",
        "used",
        "2 tries left (wrong entry)",
    )
    open_ends = read(visual_a=("used", 9, None), visual_birth=("used", 2, None))
    words = {row.key: row.words for row in key_rows(open_ends, 8, EN)}
    assert words["visual_a"] == "9 tries left (wrong entry)"
    # Of a birth date not even a floor is known.
    assert words["visual_birth"] == "2 tries left (maximum unknown)"
    words = {row.key: row.words for row in key_rows(read(visual_birth=("ok", 3, None)), 8, EN)}
    assert words["visual_birth"] == "Not locked, 3 left, errors unknown"
    assert rows["licence"].place is None and rows["licence"].state == "not_asked"
    assert [row.place for row in key_rows(reading, 12, EN)] == [
        row["lamps"]["12"] for row in oracle.KEYS
    ]
    assert {row.place for row in key_rows(reading, 1, EN)} == {None}
    assert {row.place for row in key_rows(reading, None, EN)} == {None}
    assert overall_row(reading, 8, EN).place == 8 and overall_row(reading, None, EN).place is None


def test_a_key_whose_applet_is_switched_off_says_so():
    key = {"id": "text_pin", "state": "unknown", "left": None, "max": 3, "note": "deactivated"}
    reading = told(CARD, {"type": "key", **key})
    (row,) = [row for row in key_rows(reading, 12, EN) if row.key == "text_pin"]
    assert (row.state, row.words) == ("unknown", "Unknown (seems to be switched off)")
    (row,) = [row for row in key_rows(reading, 12, Names("ja")) if row.key == "text_pin"]
    assert row.words == "わかりません(停止中のようです)"


def test_what_is_not_known_yet_is_waited_for_or_left_out():
    half = told(CARD, {"type": "key", "id": "sign", "state": "ok", "left": 5, "max": 5})
    states = {row.key: row.state for row in key_rows(half, 12, EN)}
    assert states["sign"] == "ok" and states["auth"] == "waiting"
    nothing = key_rows(told({"type": "ready"}), 12, EN)
    assert {(row.state, row.words) for row in nothing} == {("none", "")}


@pytest.mark.parametrize(
    ("juki", "common", "shown", "words"),
    [
        (("ok", 3, 3), ("locked", 0, 3), "locked", "LOCKED"),
        (("used", 2, 3), ("ok", 3, 3), "used", "2 of 3 tries left (wrong entry)"),
        (("used", 4, 5), ("used", 2, 5), "used", "2 of 5 tries left (wrong entry)"),
        (("ok", 3, 3), ("unknown", None, 3), "unknown", "Unknown (could not be read)"),
        (("absent", None, 3), ("ok", 3, 3), "ok", "Not locked (no wrong entry)"),
    ],
)
def test_a_lamp_of_several_keys_shows_the_worst_and_its_keys_stand_below(
    juki, common, shown, words
):
    rows = list(lamp_rows(read(juki=juki, common=common), 8, EN))
    (at,) = [at for at, row in enumerate(rows) if row.place == 3]
    assert rows[at].name == "Resident register + Card, common"
    assert (rows[at].state, rows[at].words) == (shown, words)
    below = [(row.key, row.place, row.state) for row in rows[at + 1 : at + 3]]
    assert below == [("juki", None, juki[0]), ("common", None, common[0])]


@pytest.mark.parametrize("layout", [12, 8, 5, 1])
def test_every_lamp_has_its_number_and_a_key_that_has_one_stands_once(layout):
    rows = list(lamp_rows(read(sign=("locked", 0, 5)), layout, EN))
    assert [row.place for row in rows if row.place] == list(range(1, layout + 1))
    below = [row.key for row in rows if row.place is None]
    alone = [keys[0] for keys in lamps(layout) if len(keys) == 1 and keys != ("overall",)]
    joined = [key for keys in lamps(layout) if len(keys) > 1 for key in keys]
    assert len(below + alone) == len(set(below + alone)) == (10 if layout in (8, 5) else 11)
    assert below == (joined if layout != 1 else [row.key for row in key_rows(told(), 1, EN)])
    overall = [row for row in rows if row.key == "overall"]
    assert [(row.state, row.words) for row in overall] == (
        [] if layout == 5 else [("locked", "Something is locked")]
    )


FAULT = {"type": "fault", "code": "settings", "field": "brightness"}
AGAIN = {"type": "result", "complete": False, "ms": 1, "keys": []}


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ([], ("Starting: lamp test", "")),
        ([{"type": "ready"}], ("Hold a card to the reader", "")),
        ([CARD], ("Reading: do not lift the card yet", "")),
        ([CARD, AGAIN], ("Not read. Once more, please", "")),
        ([{"type": "card", "kind": "several"}], ("Several cards. Only one at a time, please", "")),
        (
            [{"type": "card", "kind": "other_f"}],
            ("This card is not asked: another kind of card (Type F)", ""),
        ),
        (
            [{"type": "card", "kind": "newer"}],
            ("A newer kind of card: this device does not know it yet", ""),
        ),
        ([FAULT], ('Setting "brightness" is not usable: its default is used', "")),
        ([{"type": "fault", "code": "new"}], ("The device reports a fault (new)", "")),
    ],
)
def test_the_headline_says_how_the_device_is(events, lines):
    assert headline(told(*events), EN) == lines


def test_the_headline_of_a_card_says_how_it_is_and_what_to_do():
    reading = read(sign=("last", 1, 5), auth=("ok", 3, 3))
    assert headline(reading, EN) == (
        "One has a single try left: one more error locks it",
        "The card may be lifted now",
    )
    assert outcome(reading, EN) == headline(reading, EN)[0]


def test_a_reading_without_an_end_was_not_read():
    assert outcome(told(CARD), EN) == "Not read. Once more, please"
    assert "Type A" in outcome(told({"type": "card", "kind": "other_a"}), EN)


@pytest.mark.parametrize("layout", [8, 5])
def test_a_lamp_of_several_keys_is_not_good_while_one_of_them_is_not_known(layout):
    every = {key.id: ("ok", 3, 3) for key in default_keys()}
    (joined,) = [keys for keys in lamps(layout) if "text_a" in keys]
    left_out = {key: found for key, found in every.items() if key != "text_a"}
    reading = read(**left_out)
    rows = list(lamp_rows(reading, layout, EN))
    assert {row.state for row in rows if row.key == "text_a"} == {"unknown"}
    place = list(lamps(layout)).index(joined) + 1
    assert [row.state for row in rows if row.place == place] == ["unknown"]
    reading = told(CARD, {"type": "key", "id": joined[0], "state": "ok", "left": 3, "max": 3})
    rows = list(lamp_rows(reading, layout, EN))
    assert [row.state for row in rows if row.place == place] == ["waiting"]

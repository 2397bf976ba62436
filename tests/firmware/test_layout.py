"""The layouts: no key is hidden, and no 照合番号 is joined to a PIN."""

import pytest

import oracle
from pinlamp.layout import LAYOUTS, OVERALL, PLACES, hidden, lamps


@pytest.mark.parametrize("layout", (12, 8, 5))
def test_the_text_pin_is_never_joined(layout):
    assert ("text_pin",) in lamps(layout)


@pytest.mark.parametrize("layout", oracle.LAYOUTS)
def test_the_lamps_of_a_layout_and_the_overall_lamp_behind_them(layout):
    wanted = [tuple(keys) for keys in oracle.lamps(layout)]
    wanted += [(OVERALL,)] if oracle.has_overall(layout) else []
    assert lamps(layout) == tuple(wanted)
    assert len(wanted) == layout


def test_the_places_are_those_of_the_official_form():
    assert PLACES == tuple(row["id"] for row in oracle.KEYS)
    assert PLACES[:4] == ("sign", "auth", "juki", "text_pin")
    assert LAYOUTS == oracle.LAYOUTS


def test_a_layout_that_would_hide_a_key_is_known():
    assert hidden(8, ("sign", "licence")) == ["licence"]
    assert hidden(5, ("sign", "licence")) == ["licence"]
    assert hidden(12, PLACES) == hidden(1, PLACES) == []


@pytest.mark.parametrize("layout", oracle.LAYOUTS)
def test_a_key_that_the_table_of_lamps_does_not_know_is_hidden_in_every_layout(layout):
    assert hidden(layout, ("sign", "no_such_key")) == ["no_such_key"]

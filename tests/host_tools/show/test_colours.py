"""The colours of states on every ground: those of the lamps, and easy to read there."""

import re

import pytest

from oracle import LOOKS
from pinlamp_tools.show import colours
from pinlamp_tools.web import looks

STATES = [name for name in LOOKS if name != "reading"]
INKS = {
    "day": (colours.PAGE_BY_DAY, "#ffffff"),
    "night": (colours.PAGE_BY_NIGHT, "#1c2128"),
    "screen": (colours.SCREEN, "#101216"),
}


def luminance(colour):
    """Return the relative luminance of #rrggbb: WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", STATES)
def test_a_state_has_the_colour_of_its_lamp_everywhere(name):
    colour = LOOKS[name][0].removeprefix("dim ").replace("off", "")
    assert colours.name(name) == colour
    shade = colours.TERMINAL.get(colour, "plain")
    assert colours.style(name, colours.TERMINAL, "plain").removeprefix("bold ") == shade


@pytest.mark.parametrize("name", STATES)
def test_words_strike_the_eye_where_the_lamp_blinks(name):
    blinks = LOOKS[name][1] != [(0, 2000)]
    assert (colours.striking(name, colours.SCREEN, "plain") != "plain") == blinks


@pytest.mark.parametrize("other", [None, "", "waiting", "not_asked", "none"])
def test_what_is_no_state_of_a_card_has_no_colour(other):
    assert colours.name(other) == ""
    assert colours.style(other, colours.TERMINAL, "dim") == "dim"
    assert colours.striking(other, colours.TITLES, "bold") == "bold"


def test_the_gravest_are_bold():
    bold = [name for name in STATES if "bold" in colours.style(name, colours.TERMINAL, "")]
    assert sorted(bold) == ["by_design", "last", "locked"]


@pytest.mark.parametrize("where", INKS)
def test_words_can_be_read_on_their_ground(where):
    shades, ground = INKS[where]
    for shade in shades.values():
        light, dark = sorted((luminance(shade), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (where, shade)


@pytest.mark.parametrize("name", STATES)
def test_a_mark_of_the_page_is_lit_when_the_lamp_is(name):
    colour, on = LOOKS[name]
    found = re.search(rf"\.mark\.{name} {{ --bar: (.*); }}", looks.css())
    if colour == "off":
        assert found is None
        return
    bar = found[1]
    if colour.startswith("dim "):
        assert bar.startswith("linear-gradient(0deg, var(--blue)")  # low, as on paper
    elif on == [(0, 2000)]:
        assert bar == f"var(--{colour})"
    else:
        parts = re.findall(r"(var\(--(\w+)\)|transparent) 0(?: ([\d.]+)%)?", bar)
        at, lit = 0, []
        for _, drawn, until in parts:
            end = round(20 * float(until or 100))
            lit += [(at, end)] if drawn else []
            assert drawn in ("", colour)
            at = end
        assert lit == on


def test_the_page_has_an_ink_for_every_colour_that_it_uses():
    css = looks.css()
    used = set(re.findall(r"var\(--([\w-]+)\)", css))
    assert used == set(re.findall(r"--([\w-]+): #", css)) and "red-ink" in used

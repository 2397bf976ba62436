"""The READMEs' picture: it tells what the lamps of that card show, and nothing leaves its edge."""

import pytest

from mynacard.keys import KEYS
from pinlamp_tools.paper import story
from pinlamp_tools.paper.drawing import Text
from pinlamp_tools.paper.swatch import LOOKS
from pinlamp_tools.paper.text_width import width
from pinlamp_tools.show.names import LANGUAGES, Names

MM_PER_POINT = 25.4 / 72


def test_its_lamps_are_those_of_the_virtual_card(truth):
    found = truth[story.CARD]["keys"]
    assert {key: found[key]["state"] for key in story.STATES} == story.STATES
    # The four of the official form, and the only one of this card that is locked.
    assert list(story.STATES)[:4] == [key.id for key in KEYS if Names("ja").mark(key.id)][:4]
    assert [key for key in found if found[key]["state"] == "locked"] == list(story.STATES)[4:]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_red_and_green_differ_by_word_and_shape_and_nothing_leaves_the_picture(lang):
    drawing = story.draw(lang)
    texts = [thing for thing in drawing.things if isinstance(thing, Text)]
    for text in texts:
        assert 0 < text.x and 0 < text.y < drawing.height
        assert text.x + width(text.text) * text.points * MM_PER_POINT < drawing.width
    words = [text.text for text in texts]
    states = story.TEXTS[lang]["states"]
    assert words.count(states["ok"]) == 4 and words.count(states["locked"]) == 1
    kinds = [getattr(thing, "kind", "text") for thing in drawing.things]
    assert kinds.count("circle") == 5 and kinds.count("line") == 8  # rays of the one that blinks
    discs = [thing.fill for thing in drawing.things if getattr(thing, "kind", "") == "circle"]
    assert discs == [LOOKS["ok"].colour] * 4 + [LOOKS["locked"].colour]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_at_its_end_nothing_is_red_and_it_says_if(lang):
    drawing = story.draw(lang, after=True)
    discs = [thing.fill for thing in drawing.things if getattr(thing, "kind", "") == "circle"]
    assert discs == [LOOKS["ok"].colour] * 5
    texts = [thing for thing in drawing.things if isinstance(thing, Text)]
    for text in texts:
        assert text.x + width(text.text) * text.points * MM_PER_POINT < drawing.width
    words = [text.text for text in texts]
    assert story.TEXTS[lang]["states"]["locked"] not in words
    assert words[-1].startswith("同じカードであれば" if lang == "ja" else "If it is the same card")

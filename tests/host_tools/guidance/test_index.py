"""The index of `explain`: how often it is right, and what it is made of."""

import unicodedata
from pathlib import Path

import pytest

from pinlamp_tools.guidance import index as made
from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.texts import index, phrases
from pinlamp_tools.show.names import LANGUAGES

HERE = Path(__file__).parent
SOURCE = Path(made.__file__).with_name("phrases.txt")
TOPICS = {topic["id"] for topic in phrases()["topics"]}


def _found(text):
    topics = explain(phrases(), index(), unicodedata.normalize("NFKC", text))
    return [topic["id"] for topic in topics]


def _said(name):
    """Return (topic, phrase) of each line of a file in said/."""
    lines = (HERE / "said" / f"{name}.txt").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


# Shares of the phrases: the right topic first, the right one among three, a wrong one first; and
# nothing at all for what is about something else. "kept" was not looked at while the topics'
# phrases and the threshold were chosen.
@pytest.mark.parametrize(
    ("name", "first", "three", "wrong", "none"),
    [("tuned", 0.97, 0.98, 0.01, 0.97), ("kept", 0.93, 0.95, 0.04, 0.95)],
)
def test_how_often_it_is_right(name, first, three, wrong, none):
    said = [(topic, _found(text)) for topic, text in _said(name)]
    assert {topic for topic, _ in said} == {*TOPICS, made.NONE}
    about = [(topic, found) for topic, found in said if topic != made.NONE]
    other = [found for topic, found in said if topic == made.NONE]
    figures = (
        sum(found[:1] == [topic] for topic, found in about) / len(about),
        sum(topic in found for topic, found in about) / len(about),
        sum(found[:1] not in ([topic], []) for topic, found in about) / len(about),
        sum(not found for found in other) / len(other),
    )
    assert figures[0] >= first and figures[1] >= three and figures[3] >= none, figures
    assert figures[2] <= wrong, figures


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_offered_is_found_by_its_title(lang):
    for topic in phrases()["topics"]:
        assert _found(topic[lang]["title"])[:1] == [topic["id"]], topic[lang]["title"]


def test_each_topic_has_many_phrases_and_none_of_those_that_test_it():
    said = made.sections(SOURCE.read_text("utf-8"))
    assert set(index()["topics"]) == {*TOPICS, made.NONE}
    for topic in TOPICS:
        assert len(said[topic]) >= 40, topic
    known = {text for lines in said.values() for text in lines}
    assert not known & {text for name in ("tuned", "kept") for _, text in _said(name)}


def test_the_index_is_of_these_phrases():
    assert index()["of"] == made.digest(), "make index"

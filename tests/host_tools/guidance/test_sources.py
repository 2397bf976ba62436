"""Where every statement comes from: a source, a grade and a date for each, and what is too old."""

import pytest

from pinlamp_tools.guidance import check
from pinlamp_tools.guidance.sources import GRADES, due, old, told
from pinlamp_tools.guidance.texts import guidance, phrases, sources
from pinlamp_tools.show.names import LANGUAGES

LANGS = pytest.mark.parametrize("lang", LANGUAGES)


@LANGS
def test_every_entry_has_a_source_a_grade_and_a_date(lang):
    entries = check.entries(guidance(lang), phrases())
    assert len(entries) > 100
    for name, ids in entries.items():
        assert ids, name
        for one in ids:
            source = sources()[one]
            assert source["grade"] in GRADES and source["checked"] >= "2026-11-22", (name, one)
            assert source[lang].strip(), (name, one)


def test_both_languages_name_the_same_sources():
    ja, en = (check.entries(guidance(lang), phrases()) for lang in LANGUAGES)
    assert ja == en


def test_every_source_is_named_by_an_entry():
    named = {one for ids in check.entries(guidance("ja"), phrases()).values() for one in ids}
    assert set(sources()) == named


@LANGS
def test_what_is_said_of_a_source_has_its_grade_and_the_oldest_date_counts(lang):
    texts, checked = told(guidance(lang), ["jlis", "answers"])
    assert texts[0].endswith(" [S]") and texts[1].endswith(" [W]")
    assert checked == "2026-11-22"


@pytest.mark.parametrize(
    ("checked", "last"),
    [("2026-11-22", "2027-05-22"), ("2026-06-30", "2026-12-30"), ("2026-08-31", "2027-02-31")],
)
def test_six_months_are_counted_by_the_calendar(checked, last):
    assert due(checked) == last


@LANGS
def test_it_is_old_the_day_after(lang):
    data = guidance(lang)
    assert old(data, "2026-11-22", "2027-05-22") == ""
    assert "2026-11-22" in old(data, "2026-11-22", "2027-05-23")
    assert old(data, "2026-08-31", "2027-02-28") == ""
    assert old(data, "2026-08-31", "2027-03-01")


def test_the_check_lists_what_is_old(capsys):
    assert check.main("2026-11-26") == 0
    assert capsys.readouterr().out == "Every entry has a source, and none is old.\n"
    assert check.main("2027-05-24") == 1
    said = capsys.readouterr().out
    assert "answers: last checked on 2026-11-22" in said and "jlis:" not in said
    assert "states/locked" in said  # an entry that it is about


def test_the_check_lists_what_has_no_source(capsys, monkeypatch):
    entries = check.entries
    monkeypatch.setattr(
        check, "entries", lambda *data: {**entries(*data), "sets/new": [], "sets/odd": ["odd"]}
    )
    assert check.main("2026-11-26") == 1
    said = capsys.readouterr().out
    assert "sets/new: no source" in said and "sets/odd: odd is not in sources.json" in said


@LANGS
@pytest.mark.parametrize("day", ["2026-11-26", "2027-05-24"])
def test_guide_and_explain_say_what_is_old(lang, day, monkeypatch, capsys):
    from pinlamp_tools.cli import run_cli
    from pinlamp_tools.guidance import command, render

    for module in (command, render):
        monkeypatch.setattr(module, "today", lambda: day)
    sentence = guidance(lang)["old"].split("{checked}")[1].split("。")[0].split(".")[0]
    for words in (["guide", "visual_b", "locked"], ["explain", "FAQ 7204"]):
        run_cli([*words, "--lang", lang])
        output = capsys.readouterr().out
        assert ("".join(sentence.split()) in "".join(output.split())) is (day > "2027"), output

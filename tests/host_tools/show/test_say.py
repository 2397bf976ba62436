"""Help, errors and prompts in both languages: no text of the code is missing in the catalogue."""

import re

import pytest

import said
from pinlamp_tools import cli
from pinlamp_tools.emulator.chip.faults import FAULTS
from pinlamp_tools.show import say as saying
from pinlamp_tools.show.say import catalogue, pattern_of, say

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


@pytest.fixture(autouse=True)
def _english_again():
    saying.speak("en")
    yield
    saying.speak("en")


def test_every_help_text_is_there_in_japanese():
    missing = [text for text in said.help_texts() if say(text, "ja") == text]
    assert missing == []


def test_every_error_and_every_prompt_is_there_in_japanese():
    missing = []
    for file, line, text in said.error_texts():
        filled = re.sub(r"\{\}", "§", text)
        if not JAPANESE.search(say(filled, "ja")):
            missing.append(f"{file}:{line}: {text}")
    assert missing == []


def test_every_fault_s_name_has_words_in_both_languages():
    for name, _, words in FAULTS:
        assert words and JAPANESE.search(say(words, "ja")), name


def test_the_catalogue_keeps_every_value():
    fields = re.compile(r"\{(\w+)(?:!r)?\}")
    for english, japanese in catalogue().items():
        assert JAPANESE.search(japanese), english
        given = set(fields.findall(english))
        assert set(fields.findall(japanese)) <= given, english


def test_values_come_through_and_are_said_too():
    told = say("there is no card fresch: did you mean fresh? `pinlamp cards` lists them", "ja")
    assert told == "カード fresch はありません。もしかして fresh ですか。一覧は `pinlamp cards`"
    assert say("nothing that is known", "ja") == "nothing that is known"
    assert say("x.json: not a JSON object", "en") == "x.json: not a JSON object"


def test_what_is_typed_stays_as_it_is_typed():
    told = say("there is no command file: did you mean board? there are board, card", "ja")
    assert told == "コマンド file はありません。もしかして board ですか。あるのは board, card"


@pytest.mark.parametrize("fill", ["a", " x ", ": a, b (c) the "])
def test_a_stranger_s_long_text_is_not_searched_and_its_line_is_cut(capsys, fill):
    assert say("reading /main.py: " + fill * 100_000, "ja").startswith("reading")
    assert cli.run_cli(["guide", fill * 1000]) == 2
    line = capsys.readouterr().err
    assert len(line) < 700 and line.endswith("…\n")


def test_no_text_hides_another():
    # The text with the most words of its own wins: each must find itself.
    for english, japanese in catalogue().items():
        if "!r" in english:
            continue
        filled = re.sub(r"\{(\w+)\}", "§", english)
        assert say(filled, "ja") == re.sub(r"\{(\w+)\}", "§", japanese), english
        assert pattern_of(english).fullmatch(filled)

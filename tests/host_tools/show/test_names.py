import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from mynacard import state
from mynacard.keys import KEYS, TOKENS
from pinlamp_tools.show import names as words
from pinlamp_tools.show import options
from pinlamp_tools.show.names import LANGUAGES, Names

KINDS = {kind for kind, _ in TOKENS.values()} | {
    "newer",
    "other_a",
    "other_b",
    "other_f",
    "several",
}
FAULTS = ("reader_lost", "no_type_b", "settings", "crash", "safe_mode")
MORE_STATES = ("deactivated", "waiting", "not_asked", "none")


def shape(words):
    """Return the tree of names, with the values to be put into each text."""
    if isinstance(words, dict):
        return {name: shape(value) for name, value in words.items()}
    if isinstance(words, list):
        return len(words)
    return {part.split("}")[0] for part in words.split("{")[1:]}


def test_both_languages_say_the_same_things():
    written = json.loads(Path(words.__file__).with_name("names.json").read_text("utf-8"))
    assert set(written) == set(LANGUAGES)
    assert shape(written["ja"]) == shape(written["en"])


@pytest.mark.parametrize(
    ("system", "lang"), [("Japanese_Japan.932", "ja"), ("English_Japan.932", "en"), ("C", "en")]
)
def test_without_variables_the_language_is_the_system_s(monkeypatch, system, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(options.locale, "setlocale", lambda category: system)
    assert options.language() == lang


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_state_kind_and_fault_has_words(lang):
    names = Names(lang)
    said = [names.key(key.id) for key in KEYS] + [names.key(key.id, True) for key in KEYS]
    said += [names.overall(each) for each in state.WORST_FIRST]
    said += [names.state(each, 2, 3) for each in state.WORST_FIRST]
    said += [names.kind(kind) for kind in KINDS] + [names.fault(code, "x") for code in FAULTS]
    assert all(said)
    assert len({names.key(key.id) for key in KEYS}) == len(KEYS)
    assert len({names.key(key.id, True) for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lost_reader_has_its_own_name(lang):
    names = Names(lang)
    assert "PN532" in names.fault("reader_lost") and "RC-S" not in names.fault("reader_lost")
    other = names.fault("reader_lost", "", "rcs660s")
    assert "RC-S660/S" in other and "PN532" not in other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_and_states_fit_side_by_side_on_80_columns(lang):
    names = Names(lang)
    assert all(cell_len(names.key(key.id)) <= 35 for key in KEYS)
    assert all(cell_len(names.key(key.id, True)) <= 20 for key in KEYS)
    for each in (*state.WORST_FIRST, *MORE_STATES):
        for left, maximum in ((9, 10), (15, None)):
            assert cell_len(names.state(each, left, maximum)) <= 35
            assert cell_len(names.state(each, left, maximum, told=False)) <= 35


def test_the_four_numbers_of_the_official_form():
    marks = {key.id: Names("ja").mark(key.id) for key in KEYS}
    assert marks["sign"] == "①"
    assert marks["auth"] == "②"
    assert marks["juki"] == marks["common"] == "③"  # two counters, one number on the form
    assert marks["text_pin"] == "④"
    assert len([mark for mark in marks.values() if mark]) == 5


def test_what_a_counter_shows():
    names = Names("ja")
    assert names.state("ok", 5, 5) == "ロックなし(間違いの記録なし)"
    assert names.state("ok", 9, None) == "ロックなし(残り9回・上限は未確認)"
    assert "残り2/3回" in names.state("used", 2, 3)
    # Below the floor of a maximum that is not known there was a wrong entry.
    assert names.state("used", 9, None) == "間違いの記録あり(残り9回)"
    assert Names("en").state("used", 9, None) == "9 tries left (wrong entry)"


def test_a_counter_of_which_earlier_wrong_entries_cannot_be_told():
    ja, en = Names("ja"), Names("en")
    assert ja.state("ok", 9, None, told=False) == "ロックなし(残り9回・間違いは不明)"
    assert en.state("ok", 9, None, told=False) == "Not locked, 9 left, errors unknown"
    assert ja.state("used", 2, None, told=False) == "残り2回(上限は未確認)"
    assert en.state("used", 2, None, told=False) == "2 tries left (maximum unknown)"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_unknown_is_neither_locked_nor_not_locked(lang):
    names = Names(lang)
    for each in (state.UNKNOWN, state.NOT_REPORTED):
        for word in ("ロック", "lock", "LOCK"):
            assert word not in names.state(each)
            assert word not in names.overall(each)


def test_green_promises_nothing():
    assert "使えるという保証ではありません" in Names("ja").overall(state.OK)
    assert "does not promise" in Names("en").overall(state.OK)


def test_a_language_there_is_not():
    with pytest.raises(KeyError):
        Names("fr")

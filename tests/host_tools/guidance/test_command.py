"""`guide`, `explain` and `replay`, as a user types them: what to do, and wrong use."""

import io
import json
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

import oracle
from pinlamp_tools.guidance import listing
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show.names import LANGUAGES, Names
from places import TESTS

LOCKED = TESTS / "traces" / "bank_app_lockout.jsonl"


def test_guide_says_what_to_do(pinlamp):
    done = pinlamp("guide", "my_number_card", "visual_b", "locked", "--lang", "ja")
    assert done.returncode == 0 and "照合番号Bのロック解除をお願いします" in done.stdout
    assert guidance("ja")["names"]["visual_b"] in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_guide_prints_the_slip_for_the_counter(pinlamp):
    done = pinlamp("guide", "my_number_card", "sign", "locked", "--print", "--lang", "ja")
    assert done.returncode == 0 and done.stdout.startswith("【窓口のご担当者様へ】")


def test_guide_alone_lists_the_kinds_of_card(pinlamp):
    said = pinlamp("guide", "--lang", "en").stdout
    for kind in ("my_number_card", "phone_ios", "other_b"):
        assert re.search(rf"^ +{kind} +\S", said, re.M)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_guide_lists_every_key_and_state_by_its_name(pinlamp, lang):
    said = pinlamp("guide", "--lang", lang).stdout
    for key in oracle.KEY:
        assert re.search(rf"^ +{key} .*{re.escape(Names(lang).key(key))}", said, re.M), key
    for state, texts in guidance(lang)["states"].items():
        assert re.search(rf"^ +{state} +{re.escape(texts['title'])}", said, re.M), state


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("words", [("visual_b",), ("my_number_card", "visual_b")])
def test_guide_for_a_key_alone_lists_its_states(pinlamp, lang, words):
    done = pinlamp("guide", *words, "--lang", lang)
    said = "".join(done.stdout.split())
    assert done.returncode == 0
    assert said.startswith("".join(guidance(lang)["names"]["visual_b"].split()))
    assert "".join(guidance(lang)["states"]["locked"]["title"].split()) in said
    assert "by_design" not in said  # it is never locked on purpose


def test_guide_takes_a_key_without_its_kind_of_card(pinlamp):
    whole = pinlamp("guide", "my_number_card", "visual_b", "locked", "--lang", "en").stdout
    assert pinlamp("guide", "visual_b", "locked", "--lang", "en").stdout == whole
    keys = pinlamp("guide", "phone_ios", "--lang", "en").stdout
    assert "sign" in keys and "auth" in keys and "visual_b" not in keys


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns", [40, 80])
def test_guide_fits_the_terminal(lang, columns):
    out = Console(file=io.StringIO(), width=columns)
    listing.show_all(out, guidance(lang), lang)
    listing.show_states(out, guidance(lang), "my_number_card", "visual_b")
    said = out.file.getvalue().splitlines()
    assert len(said) > 40 and all(cell_len(line.rstrip()) <= columns for line in said)
    # Nothing is cut off: without its blanks a name is whole, if on two lines.
    assert "visual_birth" + Names(lang).key("visual_birth").replace(" ", "")[:6] in "".join(
        "".join(said).split()
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("transit_card",), None),
        (("my_number_card", "visual_c", "locked"), "did you mean visual_"),
        (("visual_c",), "did you mean visual_b"),
        (("my_number_card", "sign", "not_set"), "not_issued"),
        (("sign", "locked", "now"), "now is too much"),
        (("sign", "--print"), "STATE"),
        (("--print",), "STATE"),
        (("other_b", "--print"), "no slip"),
        (("auth", "ok", "--print"), "no slip"),
        (("phone_ios", "sign", "last", "--print"), "no slip"),
        (("other_b", "sign"), "no keys"),
    ],
)
def test_guide_refuses_what_it_does_not_know(pinlamp, one_line, arguments, said):
    done = pinlamp("guide", *arguments)
    assert done.returncode == 2
    assert said is None or said in one_line(done, 2)


def test_explain_finds_the_key_of_a_message(pinlamp):
    done = pinlamp("explain", "FAQ 7204", "--json", "--lang", "en")
    assert json.loads(done.stdout)[0]["keys"][0] == "visual_b"


def test_a_replay_ends_with_what_to_do(pinlamp):
    said = pinlamp("replay", LOCKED, "--lang", "ja").stdout
    assert "照合番号Bのロック解除" in said and guidance("ja")["names"]["visual_b"] in said
    assert "4つの番号がそれぞれ何に使うもの" in "".join(said.split())


def test_a_replay_as_json_has_no_advice(pinlamp):
    assert "市区町村" not in pinlamp("replay", LOCKED, "--json", "--lang", "ja").stdout


def test_a_replay_prints_the_slip_for_the_counter(pinlamp):
    done = pinlamp("replay", LOCKED, "--print", "--lang", "ja")
    assert (
        done.stdout.startswith("【窓口のご担当者様へ】") and "照合番号Bのロック解除" in done.stdout
    )

"""`guide`, `explain` and `replay`, as a user types them: what to do, and wrong use."""

import json
from pathlib import Path

import pytest

from pinlamp_tools.guidance.texts import guidance

LOCKED = Path(__file__).parent / "traces" / "bank_app_lockout.jsonl"


def test_guide_says_what_to_do(pinlamp):
    done = pinlamp("guide", "my_number_card", "visual_b", "locked", "--lang", "ja")
    assert done.returncode == 0 and "照合番号Bのロック解除をお願いします" in done.stdout
    assert guidance("ja")["names"]["visual_b"] in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_guide_prints_the_slip_for_the_counter(pinlamp):
    done = pinlamp("guide", "my_number_card", "sign", "locked", "--print", "--lang", "ja")
    assert done.returncode == 0 and done.stdout.startswith("【窓口の方へ】")


def test_guide_alone_lists_the_kinds_of_card(pinlamp):
    assert pinlamp("guide").stdout.count("my_number_card") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("transit_card",), None),
        (("my_number_card", "visual_c", "locked"), "did you mean visual_"),
        (("my_number_card", "sign"), "STATE"),
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
    assert done.stdout.startswith("【窓口の方へ】") and "照合番号Bのロック解除" in done.stdout

"""The file of a session, whatever a device says: nothing gets into it that the schema refuses."""

import json

import pytest

from pinlamp_tools.first_light import found as module
from pinlamp_tools.first_light.card import answer
from pinlamp_tools.first_light.found import Found, questions, validator
from pinlamp_tools.recording.report import report
from pinlamp_tools.recording.trace import load
from places import ROOT

BUILD = {
    "platform": "esp32",
    "release": [1, 28, 0],
    "machine": "Generic ESP32 module with ESP32",
    "build": "ESP32_GENERIC",
    "mpy": 6,
    "hz": 160_000_000,
    "free": 100_000,
    "uart_irq": ["IRQ_RX"],
    "sleep_1ms_us": {"median": 10_000, "max": 10_050},
}


@pytest.fixture
def found(tmp_path):
    return Found(tmp_path / "light.json", "device")


def written(found):
    return json.loads(found.path.read_text("utf-8"))


def test_it_is_valid_and_incomplete_from_its_first_moment(found):
    assert written(found)["ended"] == "going" and not found.complete
    assert validator().is_valid(written(found))


@pytest.mark.parametrize(
    "change",
    [
        {"machine": "the board of 山田"},
        {"machine": "x" * 81},
        {"uid": "04A1B2C3"},
        {"build": "a\nb"},
        {"hz": "fast"},
    ],
)
def test_what_does_not_belong_there_stays_out(found, change):
    assert found.put("build", BUILD)
    assert not found.put("build", {**BUILD, **change})
    found.save()
    assert written(found)["build"] == BUILD


def test_a_link_of_somebody_s_is_not_followed(found):
    victim = found.path.with_name("victim")
    victim.write_text("precious")
    found.path.with_name(found.path.name + ".part").symlink_to(victim)
    found.save()
    assert victim.read_text() == "precious" and not found.path.is_symlink()
    assert written(found)["format"]


def test_a_full_disk_leaves_what_was_written_before(found, monkeypatch):
    found.put("build", BUILD)
    found.save()
    found.put("board", "pico_w")

    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        found.save()
    assert "board" not in written(found) and written(found)["build"] == BUILD
    assert [path.name for path in found.path.parent.iterdir()] == ["light.json"]


CARDS = {
    "fresh": ("adult", {"query_9000": False, "text_a_left": 10, "visual_birth_left": 10}),
    "face_auth": ("face", {"face_locks": True, "no_certificate_00": True}),
    "child": ("child", {"no_certificate_00": True}),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_answers_what_it_can(found, name):
    holder, answers = CARDS[name]
    told = report(load(ROOT / "tests" / "traces" / f"{name}.jsonl"), 8)
    answer(found, {"report": told, "holder": holder, "present": True})
    assert found.data["answers"].items() >= answers.items()
    assert found.data["answers"]["card_fwi"] == 8
    assert found.data["answers"]["key_lacking"] is False


def test_a_card_tells_that_it_lacks_a_key(found):
    told = report(load(ROOT / "tests" / "traces" / "fresh.jsonl"), 8)
    told["keys"]["visual_b"]["state"] = "absent"
    answer(found, {"report": told, "holder": "adult", "present": True})
    assert found.data["answers"]["key_lacking"] is True


def test_a_card_that_left_too_early_answers_nothing(found):
    told = report(load(ROOT / "tests" / "traces" / "fresh.jsonl"), 8)
    answer(found, {"report": {**told, "complete": False}, "holder": "adult", "present": True})
    assert found.data["answers"] == {}


def test_every_text_is_there_in_both_languages():
    from pinlamp_tools.first_light.talk import TEXTS

    assert TEXTS["ja"].keys() == TEXTS["en"].keys()
    for name in TEXTS["ja"]:
        assert _facts(TEXTS["ja"][name]) == _facts(TEXTS["en"][name]), name


def _facts(text):
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_a_question_has_a_kind_an_answer_and_a_grade():
    for row in questions().values():
        assert row["kind"] in ("device", "reader", "both")
        assert row["answer"] in ("yes_no", "us", "number")
        assert row["grade"] in ("S", "I", "?")

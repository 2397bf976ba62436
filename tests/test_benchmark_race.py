"""The race in real time: everybody gets through, or is told of. No time is asserted."""

import os

import pytest

from pinlamp_tools.benchmark import race
from pinlamp_tools.benchmark.race import Program

IN_CI = os.environ.get("CI") == "true"
CARD_US = 1_000

# The beginning of a survey, and one long answer.
EXCHANGES = (
    ("00a4040c0ad392f000260100000001", "9000"),
    ("00a4020c020006", "9000"),
    ("00b0000020", (b"JPKIAPICCTOKEN2" + b" " * 17).hex() + "9000"),
    ("00a4020c02001b", "9000"),
    ("00200080", "63c5"),
)


def peers_at(monkeypatch, folder, **texts):
    """Let the race find these programs alone."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.setattr(race, "PROGRAMS", folder)
    monkeypatch.setattr(race, "PEERS", tuple(texts))


@pytest.mark.usefixtures("micropython")
def test_every_program_that_is_here_gets_the_same_answers():
    found = race.run(EXCHANGES, CARD_US, runs=1)
    assert [(one.name, one.baudrate) for one in found[:2]] == [
        ("pinlamp", 921_600),
        ("pinlamp", 115_200),
    ]
    assert [one.name for one in found[2:]] == ["libnfc", "nfcpy", "adafruit"]
    for one in found:
        if one.missing and not IN_CI:
            assert "not installed" in one.missing
            continue
        assert one.missing is None, one
        assert len(one.runs) == 1 and one.runs[0] > CARD_US * len(EXCHANGES)
        assert one.baudrate


@pytest.mark.usefixtures("micropython")
def test_who_does_not_get_through_is_told_of(monkeypatch, tmp_path):
    ready = "import sys\nprint('some noise')\nprint('{\"ready\": true}', flush=True)\ninput()\n"
    peers_at(
        monkeypatch,
        tmp_path,
        absent='print(\'{"missing": "it is not installed"}\')\n',
        broken="raise OSError('no such line')\n",
        wrong=ready + 'print(\'{"us": 1, "answers": []}\', flush=True)\ninput()\n',
    )
    found = race.run(EXCHANGES[:1], CARD_US, runs=1)[2:]
    assert [one.runs for one in found] == [(), (), ()]
    assert found[0].missing == "it is not installed"
    assert "no such line" in found[1].missing
    assert "other answers" in found[2].missing


@pytest.mark.usefixtures("micropython")
def test_without_a_checkout_the_others_are_said_to_be_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(race, "PROGRAMS", tmp_path)
    found = race.run(EXCHANGES[:1], CARD_US, runs=1)
    assert found[0].runs and found[1].runs
    assert {one.missing for one in found[2:]} == {"only a checkout has it"}


def test_ours_has_to_be_faster_than_each_program_that_ran():
    ours = Program("pinlamp", 921_600, (3, 9, 5), None)
    slow = Program("pinlamp", 115_200, (100,), None)
    assert ours.median == 5
    absent = Program("nfcpy", None, (), "not installed")
    assert race.missed([ours, slow, absent, Program("libnfc", 115_200, (6,), None)]) == []
    (said,) = race.missed([ours, slow, absent, Program("libnfc", 115_200, (5,), None)])
    assert said.startswith("libnfc")
    (said,) = race.missed([Program("pinlamp", None, (), "it ended"), slow])
    assert "it ended" in said

"""`pinlamp read` beside a second device: a card that is none of ours is passed over."""

import json

import pytest

import pcsc


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    pcsc.need("pcscd")
    idle = pcsc.driver("idle_reader", tmp_path_factory.mktemp("driver"))
    with pcsc.Service(idle=idle) as service:
        yield service


OTHERS = [
    ("fresh", bytes.fromhex("3B021450"), "a contact card of T=0", "接触式(T=0)のカード"),
    ("next_generation", None, "another kind of card", "別の種類のカード"),
]


@pytest.mark.parametrize(("name", "atr", "why", "warum"), OTHERS)
def test_a_card_of_another_kind_is_passed_over_for_one_elsewhere(
    service, pinlamp, started, tmp_path, name, atr, why, warum
):
    with service.card(name, atr=atr) as other:
        reading = started("read", "--lang", "en")
        line = reading.stderr.readline()
        assert line.startswith("Lay the card on the reader (Idle Reader 0")
        assert "passed over: Virtual PCD 0" in line and f"({why})" in line
        with service.card("sign_locked", slot=1) as card:
            out, err = reading.communicate(timeout=30)
            assert reading.returncode == 0 and "LOCKED" in out and err == ""
            done = pinlamp("read", "--json", timeout=30)
            kinds = [json.loads(line).get("kind") for line in done.stdout.splitlines()]
            assert done.returncode == 0 and kinds.count("my_number_card") == 1
            assert "other_b" not in kinds
            done = pinlamp("record", "-o", tmp_path / "card.jsonl", timeout=30)
            assert done.returncode == 0, done.stderr
            assert pinlamp("replay", tmp_path / "card.jsonl").returncode == 0
            assert card.presented == other.presented == 0


@pytest.mark.parametrize(("name", "atr", "why", "warum"), OTHERS)
def test_a_card_that_was_passed_over_may_be_changed_for_ours(
    service, started, name, atr, why, warum
):
    with service.card(name, atr=atr):
        reading = started("read", "--lang", "ja")
        line = ""
        while warum not in line:
            line = reading.stderr.readline()
    with service.card("sign_locked"):
        out, _ = reading.communicate(timeout=30)
    assert reading.returncode == 0 and "ロックされています" in out

"""`pinlamp first-light --reader` with the real PC/SC service and virtual cards."""

import json

import pytest
from click.testing import CliRunner

import pcsc
from person import Person
from pinlamp_tools.first_light import reader
from pinlamp_tools.first_light.command import first_light
from pinlamp_tools.first_light.found import validator
from pinlamp_tools.recording.tape import model
from pinlamp_tools.recording.trace import load
from places import ROOT
from plants import PLANTS, plant, search


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service(name="Virtual PCD 0123456789") as service:
        yield service


def read(path):
    found = json.loads(path.read_text("utf-8"))
    assert validator().is_valid(found)
    return found


async def test_two_cards_one_after_the_other(service, tmp_path):
    file = tmp_path / "light.json"
    with Person("first-light", "--reader", "-o", str(file), "--lang", "ja") as person:
        with service.card("fresh") as card:
            await person.answers("カードを用意してから進んでください。")
            await person.sees("カードを読みました(29回")
            await person.answers("どのカードですか。", "7")
            await person.sees("その入力はわかりません。")
            await person.answers("", "1")
            await person.answers("ほかのカードがあれば", "x")
            assert card.presented == 0
        with service.card("face_auth"):
            await person.answers("")
            await person.answers("どのカードですか。", "３")
        await person.answers("ほかのカードがあれば", "s")
        await person.sees("終わりました。")
        assert await person.ends() == 0
    found = read(file)
    assert found["kind"] == "reader" and found["ended"] == "done"
    assert [card["holder"] for card in found["cards"]] == ["adult", "face"]
    assert {card["report"]["reader"] for card in found["cards"]} == {"Virtual PCD"}
    assert found["answers"]["face_locks"] is True
    assert "0123456789" not in file.read_text("utf-8")


@pytest.mark.parametrize("name", PLANTS)
async def test_whatever_a_card_says_the_file_names_nobody(service, tmp_path, name):
    file = tmp_path / "light.json"
    with Person("first-light", "--reader", "-o", str(file), "--lang", "en") as person:
        with service.card("fresh", change=lambda card: plant(card, PLANTS[name])):
            await person.answers("Have a card at hand, then go on.")
            await person.answers("Which card is it?")
        await person.answers("Is there another card?", "s")
        assert await person.ends() == 0
    assert len(read(file)["cards"]) == 1
    search([], tmp_path)


async def test_ctrl_c_while_it_waits_for_a_card(service, tmp_path):
    file = tmp_path / "light.json"
    with Person("first-light", "--reader", "virtual", "-o", str(file), "--lang", "en") as person:
        await person.answers("Have a card at hand, then go on.")
        await person.sees("Lay the card on the reader (Virtual PCD")
        person.interrupts()
        assert await person.ends() == 130
    assert not file.exists()  # there is nothing to keep


async def test_a_reader_that_is_not_there(service, tmp_path):
    file = tmp_path / "light.json"
    with Person("first-light", "--reader", "PaSoRi", "-o", str(file), "--lang", "en") as person:
        await person.answers("Have a card at hand, then go on.")
        assert await person.ends() in (1, 2)
        assert 'no reader with "PaSoRi"' in person.seen and "Traceback" not in person.seen
    assert not file.exists()


def from_reader(name):
    """Return `from_pcsc` with a card on a reader of that name."""
    trace = load(ROOT / "tests" / "traces" / "fresh.jsonl")

    def from_pcsc(tape, part, licence, lang):
        tape.take({"type": "activation", "fwi": 8})
        for one in trace.exchanges:
            answer = None if one.answer is None else one.answer.hex()
            told = {"c": one.command.hex(), "r": answer, "ms": one.ms}
            tape.take({"type": "exchange", **told})
        tape.take({"type": "card", "kind": trace.kind})
        tape.take({"type": "result", "complete": True})
        return model(name), licence

    return from_pcsc


NAMES = [
    "D-Logic µFR Nano 00 00",
    "Kartenleser Zürich 2",
    "カードリーダー 0",
    "R&D Reader",
    "-R 0",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_kept_whatever_its_reader_is_called(monkeypatch, tmp_path, name):
    monkeypatch.setattr(reader, "from_pcsc", from_reader(name))
    file = tmp_path / "light.json"
    args = ["--reader", "", "-o", str(file), "--lang", "en"]
    ended = CliRunner().invoke(first_light, args, "\n1\ns\n", catch_exceptions=False)
    assert ended.exit_code == 0
    (card,) = read(file)["cards"]
    assert card["holder"] == "adult"
    assert card["report"]["reader"] == "a PC/SC reader"


def test_the_holder_of_a_card_that_is_not_kept_is_not_the_one_before(monkeypatch, tmp_path):
    file = tmp_path / "light.json"
    cards = iter([{}, {"kind": "a card\tfrom nowhere"}])

    def card_of(*args):
        card = made(*args)
        card["report"].update(next(cards))
        return card

    made = reader.card_of
    monkeypatch.setattr(reader, "from_pcsc", from_reader("ACS ACR122U 00 00"))
    monkeypatch.setattr(reader, "card_of", card_of)
    args = ["--reader", "", "-o", str(file), "--lang", "en"]
    ended = CliRunner().invoke(first_light, args, "\n1\n\ns\n", catch_exceptions=False)
    assert ended.exit_code == 0
    (card,) = read(file)["cards"]
    assert (card["holder"], card["report"]["reader"]) == ("adult", "ACS ACR122U")

"""`pinlamp first-light --reader` with the real PC/SC service and virtual cards."""

import json

import pytest

import pcsc
from person import Person
from pinlamp_tools.first_light.found import validator
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

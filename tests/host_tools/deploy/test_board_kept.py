"""What an update leaves of a device's own board.json, and what it says of the rest."""

import json

import pytest

import command
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import update
from pretend import Pretend, deploy

BOARD = Board.named("esp32_devkitc")
STICK = BOARD.with_link("hsu").with_strip("stick-8")


def _edited(change, board=STICK):
    data = board.data()
    change(data)
    return json.dumps(data).encode()


def _rgb(data):
    data["strips"][0]["order"] = "RGB"


def test_the_order_stays_as_long_as_the_strip_does():
    old = _edited(_rgb)
    kept = update.choose(BOARD, old, None, None)
    assert (kept.strip.part, kept.strip.order) == ("stick-8", "RGB")
    assert update.choose(BOARD, old, None, "stick-8").strip.order == "RGB"
    assert update.choose(BOARD, old, None, "ring-12").strip.order == "GRB"
    assert update.replaced(kept, old) == []
    nonsense = _edited(lambda data: data["strips"][0].update(order="BLUE"))
    assert update.choose(BOARD, nonsense, None, None).strip.order == "GRB"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data["links"]["hsu"].update(tx=4), ["links.hsu"]),
        (lambda data: data["links"]["i2c"].update(sda=4), []),  # not in use
        (lambda data: data["strips"][0].update(count=16), ["strips.count"]),
        (lambda data: data["strips"][0].update(lamps=[[0]]), ["strips.lamps"]),
        (lambda data: data.update(budget_ma=9000), ["budget_ma"]),
        (lambda data: data.update(name="mine", budget_ma=9000), []),  # another board
        (lambda data: data.update(strips=[7], links=7), []),
    ],
)
def test_what_an_update_takes_back_is_named(change, told):
    old = _edited(change)
    assert update.replaced(update.choose(BOARD, old, "hsu", "stick-8"), old) == told


@pytest.mark.usefixtures("micropython")
async def test_a_deployment_keeps_the_order_and_tells_what_it_changes(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD, "hsu", "stick-8")

        def edit(repl):
            data = json.loads(repl.read("/a/board.json"))
            _rgb(data)
            data["budget_ma"] = 9000
            repl.write("/a/board.json", json.dumps(data).encode())

        await device.event("ready")
        await device.repl(edit)
        words = ("deploy", "--board", "esp32_devkitc", "--port", device.port)
        await device.event("ready")
        status, _, err = await command.pinlamp(*words)
        told = "this board.json differs from the release in budget_ma: it is replaced"
        assert status == 0 and told in err, err
        await device.event("ready")
        kept = await device.repl(lambda repl: json.loads(repl.read("/b/board.json")))
        assert (kept["strips"][0]["order"], kept["budget_ma"]) == ("RGB", BOARD.budget_ma)
        await device.event("ready")
        status, out, err = await command.pinlamp(*words)
        assert status == 0 and "nothing to do" in out and "board.json" not in err
        await device.event("ready")
        trust = ("doctor", "--trust", "--lang", "en", "--port", device.port)
        status, out, _ = await command.pinlamp(*trust)
        assert status == 0 and 'order "RGB"' in out, out

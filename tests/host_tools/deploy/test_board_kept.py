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


def test_the_order_of_colours_is_the_board_s_own_word():
    # Else a stranger's swap would stay through every update, and "locked" would be green.
    old = _edited(_rgb)
    chosen = update.choose(BOARD, old, None, None)
    assert (chosen.strip.part, chosen.strip.order) == ("stick-8", "GRB")
    assert update.replaced(chosen, old) == ["strips.order"]


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
async def test_a_deployment_tells_what_it_changes(tmp_path):
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
        assert status == 0, err
        assert "differs from the release in budget_ma, strips.order: it is replaced" in err
        await device.event("ready")
        kept = await device.repl(lambda repl: json.loads(repl.read("/b/board.json")))
        assert (kept["strips"][0]["order"], kept["budget_ma"]) == ("GRB", BOARD.budget_ma)
        await device.event("ready")
        status, out, err = await command.pinlamp(*words)
        assert status == 0 and "nothing to do" in out and "board.json" not in err


@pytest.mark.usefixtures("micropython")
async def test_another_program_s_settings_are_not_ours(tmp_path):
    async with Pretend(tmp_path / "flash") as device:

        def first(repl):
            repl.write("/settings.json", b'{"password": "x", "layout": 5}')
            deploy(repl, BOARD, "hsu", "stick-8")
            return repl.read("/a/settings.json")

        assert await device.repl(first) is None
        assert (await device.event("ready"))["lamps"] == 8


@pytest.mark.usefixtures("micropython")
async def test_settings_outlive_a_deployment_without_a_main_py_that_breaks_off(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD, "hsu", "ring-12")

        def broken(repl):
            repl.write("/a/pinlamp/app.mpy", b"an older version")
            repl.write("/a/settings.json", b'{"profile": "counter", "layout": 8}')
            repl.remove("/main.py")
            with pytest.raises(ConnectionError):
                update.run(repl, update.plan(repl, BOARD, None, None), _gone)

        def _gone(count):
            raise ConnectionError

        await device.repl(broken)
        await device.repl(deploy, BOARD, None, None)
        ready = await device.event("ready")
        assert ready["counter"] and not ready["results"] and ready["lamps"] == 8


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("others", [None, b'{"profile": "pocket"}'])
# Filled by `deploy`; by mip or with Thonny, which has to be cleared away before sealing.
@pytest.mark.parametrize(("home", "sealed"), [("/a", False), ("/a", True), ("", False)])
async def test_settings_come_along_without_a_main_py(tmp_path, sealed, others, home):
    """Whoever follows `deploy`'s own advice removes another program's main.py."""
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD, "hsu", "stick-8")

        def again(repl):
            repl.write(
                f"{home}/settings.json", b'{"profile": "counter", "hold_s": 9, "layout": 5}'
            )
            repl.make_folder("/b")
            for folder in ("/lib", "/lib/pinlamp") if not home else ():
                repl.make_folder(folder)
            if others:
                repl.write("/b/settings.json", others)
            repl.remove("/main.py")
            todo = update.plan(repl, BOARD, "hsu", "stick-8")._replace(sealed=sealed)
            update.run(repl, todo, lambda count: None)
            return json.loads(repl.read(f"{todo.new}/settings.json"))

        kept = await device.repl(again)
        assert (kept["profile"], kept["hold_s"], kept["layout"]) == ("counter", 9, 5)

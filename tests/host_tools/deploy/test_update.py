"""Deploying onto a device: it works, keeps what is the user's, and says what goes wrong."""

import asyncio
import json
from dataclasses import replace

import pytest

from pinlamp import files
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board, ChoiceError
from pinlamp_tools.deploy import doctor, payload, update
from pinlamp_tools.deploy.repl import DeviceError, Repl
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


def _renamed(name):
    return replace(BOARD, name=name)


async def test_from_bare_to_a_tap_and_then_nothing_is_left_to_do(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        todo = await device.repl(deploy, BOARD)
        assert todo.new == "/a" and len(todo.send) == len(todo.wanted)
        assert await device.works() == "esp32_devkitc"
        assert (await device.repl(deploy, BOARD)).nothing


async def test_an_update_keeps_settings_and_choices_and_sends_only_what_differs(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, replace(BOARD, budget_ma=200), "hsu")
        mine = b'{"brightness": 40}'
        await device.repl(Repl.write, "/a/settings.json", mine)
        todo = await device.repl(deploy, BOARD.with_link("i2c"))
        assert (todo.old, todo.new) == ("/a", "/b")
        assert sorted(todo.send) == ["board.json", "files.json"]
        await device.works()
        assert await device.repl(Repl.read, "/b/settings.json") == mine
        board = json.loads(await device.repl(Repl.read, "/b/board.json"))
        assert board["link"] == "hsu"  # as it was chosen


async def test_the_part_that_was_chosen_for_a_strip_stays_until_another_is(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        for strip, lamps, home in (("stick-8", 8, "/a"), (None, 8, "/a"), ("ring-12", 12, "/b")):
            todo = await device.repl(deploy, BOARD, "hsu", strip)
            assert todo.nothing is (strip is None)
            board = json.loads(await device.repl(Repl.read, f"{home}/board.json"))
            assert board["strips"][0]["layout"] == lamps
            assert "printed" not in board
            if strip:
                assert await device.works() == "esp32_devkitc"
    mine = BOARD.with_strip("stick-8")  # a file of one's own that names its part
    old = json.dumps(BOARD.with_strip("ring-16").data()).encode()
    assert update.choose(mine, old, None, None).strip.part == "stick-8"
    assert update.choose(BOARD, old, None, None).strip.part == "ring-16"
    assert update.choose(BOARD, old, None, "strip").strip.part is None


def _lay(*entries):
    """Return work for a device: lay folders, whose names end with /, and broken modules there."""

    def work(repl):
        for path in entries:
            repl.make_folder(path[:-1]) if path.endswith("/") else repl.write(path, b"1/0\n")

    return work


@pytest.mark.parametrize(
    "entries",
    [
        ["/a/pinlamp/tap.py"],
        ["/a/pinlamp/tap/"],
        ["/a/json/", "/a/json/__init__.py"],
        ["/a/safe/", "/a/safe/file", "/a/settings.json/"],
    ],
)
async def test_what_nobody_deployed_is_found_and_left_behind(tmp_path, entries):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(_lay(*entries))
        todo = await device.repl(deploy, BOARD)
        assert (todo.nothing, todo.new, todo.send) == (False, "/b", [])
        device.events = asyncio.Queue()
        assert await device.works() == "esp32_devkitc"
        assert (await device.repl(deploy, BOARD)).nothing


async def test_a_file_where_a_slot_belongs(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(_lay("/a", "/b", "/mine/", "/mine/file", "/main.new/", "/main.new/x"))
        assert (await device.repl(deploy, BOARD)).new == "/a"
        assert await device.works() == "esp32_devkitc"
        assert "/mine/file" in await device.repl(Repl.tree, "/mine")


async def test_a_folder_where_the_next_main_py_belongs(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(_lay("/main.new/"))
        assert (await device.repl(deploy, _renamed("two"))).new == "/b"
        assert await device.works() == "two"


async def test_folders_where_files_belong_and_files_where_folders_do(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        for name in ("one", "two"):
            await device.repl(deploy, _renamed(name))
            await device.event("ready")
        wrong = ("board.json/", "board.json/x/", "pinlamp/tap/", "pinlamp/app.mpy/", "mynacard")
        await device.repl(
            lambda repl: [repl.clear("/a/mynacard"), repl.clear("/a/pinlamp/app.mpy")]
        )
        await device.repl(lambda repl: repl.clear("/a/board.json"))
        await device.repl(_lay(*(f"/a/{name}" for name in wrong)))
        assert (await device.repl(deploy, _renamed("three"))).new == "/a"
        device.events = asyncio.Queue()
        assert await device.works() == "three"


async def test_a_file_in_place_of_the_version_that_starts(tmp_path):
    """The other slot is what is left."""
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(Repl.clear, "/a")
        await device.repl(_lay("/a"))
        assert (await device.repl(deploy, _renamed("two"))).new == "/b"
        assert await device.works() == "two"


async def test_a_folder_in_the_place_of_main_py_is_left_alone(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(_lay("/main.py/", "/main.py/mine"))
        with pytest.raises(DeviceError, match="mpremote rm -r :main.py"):
            await device.repl(deploy, BOARD)
        assert "/main.py/mine" in await device.repl(Repl.tree, "/main.py")


async def test_update_after_update(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        for name, new in (("one", "/a"), ("two", "/b"), ("three", "/a"), ("four", "/b")):
            assert (await device.repl(deploy, _renamed(name))).new == new
            assert (await device.event("ready"))["board"] == name


async def test_what_mip_installed_is_taken_over(tmp_path):
    async with Pretend(tmp_path / "flash") as device:

        def install(repl):
            repl.make_folder("/lib")
            for name, data in payload.slot_files(replace(BOARD, budget_ma=200)).items():
                if "/" in name:
                    repl.make_folder(f"/lib/{name.partition('/')[0]}")
                repl.write(f"/lib/{name}" if "/" in name else f"/{name}", data)
            repl.write("/settings.json", b'{"hold_s": 5}')
            repl.write("/main.py", paths.MAIN.read_bytes())

        await device.repl(install)
        await device.event("ready")
        todo = await device.repl(deploy, BOARD)
        assert (todo.old, todo.new, todo.copy) == ("", "/a", [])
        await device.event("ready")
        assert await device.repl(Repl.home) == "/a"
        assert await device.repl(Repl.read, "/a/settings.json") == b'{"hold_s": 5}'


async def test_a_main_py_of_somebody_else_is_left_alone(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        theirs = b"print('my own')\n"
        await device.repl(Repl.write, "/main.py", theirs)
        with pytest.raises(DeviceError, match="another program"):
            await device.repl(deploy, BOARD)
        assert await device.repl(Repl.read, "/main.py") == theirs


async def test_the_safe_mode_that_is_asked_for_is_void_after_a_power_up(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(Repl.write, "/a/safe", b"")
        assert (await device.event("ready", "fault"))["code"] == "safe_mode"
        await device.repl(Repl.safe_mode, "/a")
        await device.event("ready")
        await device.repl(Repl.write, "/a/safe", b"")
    async with Pretend(tmp_path / "flash", cause="1") as device:
        assert (await device.event("ready", "fault"))["type"] == "ready"


@pytest.mark.parametrize(("link", "strip"), [("uart", None), (None, "second")])
def test_a_link_or_a_strip_that_the_board_has_not(link, strip):
    with pytest.raises(ChoiceError, match="ESP32-DevKitC has no"):
        update.choose(Board.named("esp32_devkitc"), None, link, strip)


@pytest.mark.parametrize(
    "old",
    [
        b"",
        b"{",
        b"[]",
        b'{"name":"m5stack_atom_lite","strips":[1]}',
        b'{"name":"m5stack_atom_lite","strips":[{"name":"internal","part":"of-tomorrow-9"}]}',
        b'{"name":"m5stack_atom_lite","strips":[{"name":["x"],"part":7}],"link":{}}',
    ],
)
def test_what_is_on_the_device_may_be_anything(old):
    board = Board.named("m5stack_atom_lite")
    assert update.choose(board, old, None, None) == board
    assert update.choose(board, old, "spi", "strip").strip.name == "strip"


async def test_what_the_firmware_itself_leaves_in_its_folder_is_no_fault(tmp_path):
    def look(repl):
        for name in files.STATE:
            repl.write(f"/a/{name}", b"0")
        repl.write("/a/other", b"0")
        assert not update.plan(repl, BOARD, None, None).nothing
        repl.remove("/a/other")
        assert update.plan(repl, BOARD, None, None).nothing
        found = []
        doctor.examine(repl, found.append)
        assert {"check": "files", "ok": True, "differ": []} in found
        for name in files.STATE:
            repl.remove(f"/a/{name}")

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(look)


@pytest.mark.parametrize(
    ("says", "said"),
    [
        (b"esp32 1.27 6 ESP32C3 module with ESP32C3", "has an esp32c3"),
        (b"rp2 1.27 6 Raspberry Pi Pico W with RP2040", "has an rp2040"),
        (b"esp32 1.18 5 ESP32 module with ESP32", "MicroPython 1.18"),
    ],
)
async def test_a_device_that_the_files_are_not_for(tmp_path, monkeypatch, says, said):
    run = Repl.run
    monkeypatch.setattr(
        Repl,
        "run",
        lambda self, code, what: says if "_machine" in code else run(self, code, what),
    )
    async with Pretend(tmp_path / "flash") as device:
        with pytest.raises(DeviceError, match=said):
            await device.repl(deploy, BOARD)
        assert await device.repl(Repl.tree, "/a") == {}

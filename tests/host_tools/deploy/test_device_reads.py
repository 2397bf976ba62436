"""Settings count as the device reads them, whose JSON is not Python's; and as they were sent."""

import json

import pytest

from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import seal, trust, update
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.deploy.settings import OfDevice
from pretend import Pretend, deploy

BOARD = Board.named("esp32_devkitc")
PATH = "/a/settings.json"


async def _with(tmp_path, content, work):
    """Return what `work(repl)` returns on a device with these settings."""

    def written(repl):
        repl.write(PATH, content)
        return work(repl)

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        return await device.repl(written)


@pytest.mark.parametrize(
    "content",
    [
        b'{"profile": "counter", "x": NaN}',
        b'{"profile": "counter", "x": -Infinity}',
        b'{"profile": "counter", "x": "%s"}' % (b"A" * 600),
        b'\xef\xbb\xbf{"profile": "counter"}',
        b'{"profile": "counter"',
        b"",
    ],
)
async def test_what_the_device_cannot_read_is_damaged(tmp_path, content):
    def work(repl):
        found = OfDevice(repl)
        told = [(finding["is"], finding["ok"]) for finding in trust.compare(repl)]
        with pytest.raises(DeviceError, match="damaged"):
            seal.settings(found.given if not found.damaged else None)
        found.set("brightness", "40")
        return found.damaged, told, json.loads(repl.read(PATH))

    damaged, told, after = await _with(tmp_path, content, work)
    assert damaged and ("settings", False) in told
    assert after == {"events": False, "brightness": 40}


async def test_what_only_the_device_can_read_stays(tmp_path):
    def work(repl):
        found = OfDevice(repl)
        found.set("brightness", "40")
        return found.damaged, json.loads(repl.read(PATH))

    # As people write JSON, and MicroPython takes it.
    damaged, after = await _with(tmp_path, b'{"profile": "counter", "hold_s": 10, }', work)
    assert not damaged and after == {"profile": "counter", "hold_s": 10, "brightness": 40}


class _Lossy(Repl):
    """A line on which one byte of the settings goes wrong, as nothing on it has a check sum."""

    def write(self, path, data):
        wrong = "settings" in path
        super().write(path, data.replace(b'"', b"'", 1) if wrong else data)


async def test_settings_that_arrive_damaged_are_noticed(tmp_path):
    def work(repl):
        repl.__class__ = _Lossy
        with pytest.raises(DeviceError, match="not written well"):
            OfDevice(repl).set("brightness", "40")
        for sealed in (False, True):
            todo = update.plan(repl, BOARD, None, "stick-8", sealed)
            with pytest.raises(DeviceError, match="as it was sent"):
                update.run(repl, todo, lambda count: None)
        return json.loads(repl.read(PATH)), repl.home()

    assert await _with(tmp_path, b'{"profile": "counter"}', work) == ({"profile": "counter"}, "/a")

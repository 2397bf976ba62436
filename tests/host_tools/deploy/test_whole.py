"""Files and listings of a device that are lost on the way, or too large to be read."""

import asyncio

import pytest

import command
from pinlamp_tools.boards.board import Board
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.repl import Repl
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


def _spoil(repl):
    repl.make_folder("/lib")
    repl.write("/lib/zz.py", b"evil")


async def test_a_line_that_is_lost_of_a_listing_is_no_file_that_is_not_there(
    tmp_path, monkeypatch, capsys
):
    run = Repl.run
    said = []

    def lossy(repl, code, what):
        answer = run(repl, code, what)
        if code.startswith("_walk"):
            said.append(answer)
        return b"".join(x for x in answer.splitlines(True) if b"zz.py" not in x)

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(_spoil)
        await device.event("ready")
        assert (await device.repl(Repl.tree, "/lib")).keys() == {"/lib", "/lib/zz.py"}
        assert await device.repl(Repl.tree, "/nothing") == {}
        await device.event("ready")
        monkeypatch.setattr(Repl, "run", lossy)
        words = ["doctor", "--trust", "--lang", "en", "--port", device.port]
        status = await asyncio.to_thread(run_cli, words)
        out, err = capsys.readouterr()
    assert status == 1 and "the device's answer cannot be read" in err and "✓" not in out, out
    whole = next(answer for answer in said if b"zz.py" in answer)
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    lines = whole.splitlines(True)
    top = lines[0].split(b"'")[1].decode()
    for at in range(len(lines)):
        part = b"".join(lines[:at] + lines[at + 1 :])
        monkeypatch.setattr(Repl, "run", lambda self, code, what, part=part: part)
        with pytest.raises(DeviceError, match="cannot be read"):
            Repl().tree(top)


LARGE = """
f=open('/a/settings.json','w')
f.write('{"profile":"counter"')
for i in range(140):f.write(' '*500)
f.write('}')
f.close()
"""


async def test_settings_that_are_too_large_are_named_and_can_be_forgotten(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = ("--port", device.port)
        await device.repl(deploy, BOARD)
        await device.event("ready")
        await device.repl(Repl.run, LARGE + "import os\nos.remove('/a/pinlamp/demo.mpy')", "x")
        await device.event("ready")
        status, _, err = await command.pinlamp("deploy", "--board", BOARD.name, *port)
        assert status == 1 and "/a/settings.json on the device is too large" in err, err
        assert "is it the right port" not in err
        await device.event("ready")
        # Nothing need be readable to forget the settings.
        await device.repl(Repl.write, "/a/board.json", b"{")
        status, out, err = await command.pinlamp("settings", "reset", *port)
        assert status == 0 and out == "All settings are at their defaults.\n", err
        found = await device.repl(Repl.tree, "/a/settings.json")
    assert found == {}

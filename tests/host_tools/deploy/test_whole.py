"""Files and listings of a device that are lost on the way, or too large to be read."""

import asyncio
import hashlib

import pytest

import command
from pinlamp_tools.boards.board import Board
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import strangers, trust, update
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.deploy.snippets import path_of
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")
ZZ = b"zz.py".hex().encode()  # in a listing


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
        return b"".join(x for x in answer.splitlines(True) if ZZ not in x)

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
    whole = next(answer for answer in said if ZZ in answer)
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    lines = whole.splitlines(True)
    top = path_of(lines[0].decode())
    for at in range(len(lines)):
        part = b"".join(lines[:at] + lines[at + 1 :])
        monkeypatch.setattr(Repl, "run", lambda self, code, what, part=part: part)
        with pytest.raises(DeviceError, match="cannot be read"):
            Repl().tree(top)


# Names that MicroPython prints as those of our files, and two that are no UTF-8 at all.
PLANT = """
import os
os.mkdir(b'/a/pinl\xc1\xa1mp')
names=b'/a/pinlamp/app\xc0\xaempy',b'/main\xc0\xaepy',b'/a/pinl\xc1\xa1mp/app.mpy',b'/a/x\xff',b'/\xff'
for n in names:
 f=open(n,'wb');f.write(b'evil');f.close()
"""


async def test_a_stranger_s_file_is_seen_whatever_its_name_looks_like(tmp_path):
    def plant(repl):
        repl.run(PLANT, "planting")
        assert not update.plan(repl, BOARD, None, None).nothing
        (found,) = trust.compare(repl)
        assert (found["is"], found["ok"], len(found["paths"])) == ("foreign", False, 6)
        trust.words(found, "en").encode()  # it can be shown
        beside = strangers.beside(repl)
        assert len(beside) == 2
        for path in beside:
            repl.remove(path)
        deploy(repl, BOARD)  # its other slot is right
        deploy(repl, BOARD)
        return [found["is"] for found in trust.compare(repl)]

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        assert await device.repl(plant) == ["rest", "same"]  # the slot that was spoilt is at rest


def test_of_two_files_of_one_name_nobody_knows_which_runs(monkeypatch):
    """A file system that somebody has made by hand may have them."""
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    line = b"%064d %s" % (0, b"/a/x".hex().encode())
    for lines in ([line], [line, line[1:64] + b"1" + line[64:]]):
        total = hashlib.sha256(b"".join(one + b"\n" for one in lines)).hexdigest()
        said = b"\r\n".join([*lines, b"%d %s\r\n" % (len(lines), total.encode())])
        monkeypatch.setattr(Repl, "run", lambda self, code, what, said=said: said)
        if len(lines) == 1:
            assert list(Repl().tree("/a")) == ["/a/x"]
        else:
            with pytest.raises(DeviceError, match="cannot be read"):
                Repl().tree("/a")
    names = b" ".join([b"main.py".hex().encode()] * 2)
    said = names + b"\r\n" + hashlib.sha256(names).hexdigest().encode()
    monkeypatch.setattr(Repl, "run", lambda self, code, what: said)
    with pytest.raises(DeviceError, match="cannot be read"):
        strangers.everything(Repl())


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

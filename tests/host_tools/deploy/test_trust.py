"""`pinlamp doctor --trust`: what a stranger's cable leaves on a device is named."""

import hashlib
import json
from dataclasses import replace

import pytest

import command
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload, strangers, trust
from pinlamp_tools.deploy.repl import DeviceError, Repl
from pinlamp_tools.deploy.settings import TAKES
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")
# What MicroPython writes on the first start of an ESP32 (its module inisetup) is like
# this: comments alone.
QUIET_BOOT = b"# This file is executed on every boot\n#import esp\n\n  #esp.osdebug(None)\r\n"


def _compared(device, work=lambda repl: None):
    """Return the findings after `work(repl)`, all within one time at the REPL."""

    def both(repl):
        work(repl)
        return list(trust.compare(repl))

    return device.repl(both)


def _bad(findings):
    return {each["is"]: each["paths"] for each in findings if each["ok"] is False}


def _with_a_line(repl):
    main = repl.read("/main.py")
    repl.write("/main.py", b"import sys; sys.path.insert(0, '/zz')\n" + main)


def _file_in_the_slot(repl):
    data = b"M\x06\x00\x1f" + bytes(20)
    repl.write("/a/pinlamp/demo.mpy", data)
    listed = json.loads(repl.read("/a/files.json"))
    listed["files"]["pinlamp/demo.mpy"] = hashlib.sha256(data).hexdigest()
    repl.write("/a/files.json", json.dumps(listed).encode())


def _lib(repl):
    repl.make_folder("/lib")
    repl.write("/lib/zz.py", b"import pinlamp.reader")


def _boot(content):
    return lambda repl: repl.write("/boot.py", content)


TAMPERED = {
    "lib": (_lib, {"foreign": ["/lib/zz.py"]}),
    "boot": (_boot(b"import zz\n"), {"foreign": ["/boot.py"]}),
    "boot behind comments": (_boot(QUIET_BOOT + b"# x\rimport zz"), {"foreign": ["/boot.py"]}),
    "a line in main": (_with_a_line, {"differs": ["/main.py"]}),
    "slot and list": (
        _file_in_the_slot,
        {"differs": ["/a/files.json", "/a/pinlamp/demo.mpy"]},
    ),
    "a .py before our .mpy": (
        lambda repl: repl.write("/a/pinlamp/reader.py", b""),
        {"foreign": ["/a/pinlamp/reader.py"]},
    ),
    "main of its own": (
        lambda repl: repl.write("/main.py", b"import zz"),
        {"differs": ["/main.py"]},
    ),
    "a pin": (
        lambda repl: repl.write(
            "/a/board.json", repl.read("/a/board.json").replace(b'"tx":32', b'"tx":5')
        ),
        {"differs": ["/a/board.json"]},
    ),
    "a name of two lines": (
        lambda repl: repl.write("/x\n00 \x1b[2J", b""),
        {"foreign": ["/x\n00 \x1b[2J"]},
    ),
    "a file away": (
        lambda repl: repl.remove("/a/pinlamp/demo.mpy"),
        {"missing": ["/a/pinlamp/demo.mpy"]},
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_what_was_changed_by_a_stranger_is_named(tmp_path, name):
    change, found = TAMPERED[name]
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        assert _bad(await _compared(device, change)) == found


async def test_a_device_as_it_was_deployed_is_good_with_all_that_it_writes_itself(tmp_path):
    def used(repl):
        repl.write("/boot.py", QUIET_BOOT)
        repl.make_folder("/lib")
        repl.write("/b/settings.json", b"{}")
        repl.write("/b/crashes", b"1")

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, replace(BOARD, budget_ma=200), "i2c", "stick-8")
        todo = await device.repl(deploy, BOARD)
        assert todo.new == "/b"
        rest, same = await _compared(device, used)
        assert (rest["ok"], rest["is"], rest["slot"]) == (None, "rest", "/a")
        assert (same["ok"], same["is"]) == (True, "same") and same["count"] == len(todo.wanted) + 1


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_what_a_stranger_did_to_the_settings_is_told(tmp_path, lang):
    given = {"profile": "pocket", "events": True, "hold_s": 3600, "layout": 1, "sound": False}
    given.update(licence=True, brightness=7, poll_ms=999)
    assert given.keys() == TAKES.keys()

    def changed(repl):
        repl.write("/a/settings.json", json.dumps(given).encode())
        repl.write("/a/record", b"")

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        asked, same = await _compared(device, changed)
        assert (asked["ok"], asked["is"], asked["paths"]) == (False, "asked", ["/a/record"])
        assert (same["events"], same["hold_s"]) == (True, 3600)
        told = trust.words(same, lang)
        assert "pocket" in told and "3600" in told
        assert ("パソコンにも" if lang == "ja" else "to the computer too") in told
        # The label is for the lamps that the device uses, whatever its board has.
        assert ("ランプ 1 個" if lang == "ja" else ", 1 lamps,") in told
        for said in ("sound false", "licence true", "brightness 7", "poll_ms 999"):
            assert said in told, said


async def test_a_board_that_is_not_ours_is_good_only_beside_its_owner_s_file(tmp_path):
    mine = replace(BOARD, name="mine")
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, mine, "i2c", "stick-8")
        (same,) = await device.repl(lambda repl: list(trust.compare(repl, mine)))
        assert (same["ok"], same["link"]) == (True, "i2c")
        (bad,) = await device.repl(lambda repl: list(trust.compare(repl, replace(mine, buzzer=4))))
        assert bad["is"] == "differs" and "/a/board.json" in bad["paths"]
        (own,) = await device.repl(lambda repl: list(trust.compare(repl, BOARD)))
        assert own["is"] == "own_board"
        (own,) = await _compared(device)
        assert (own["ok"], own["is"], own["path"]) == (False, "own_board", "/a/board.json")
        foreign, own = await _compared(device, _lib)
        assert foreign["paths"] == ["/lib/zz.py"] and own["is"] == "own_board"
        asked = ("doctor", "--trust", "--port", device.port, "--lang", "en")
        status, out, _ = await command.pinlamp(*asked)
        assert status == 1 and "✓" not in out and "board.json was not compared" in out


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_what_the_device_was_told_to_be_is_said(tmp_path, lang):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD, "i2c", "stick-8")  # right, but is it this device's?
        (same,) = await _compared(device)
        told = trust.words(same, lang)
        assert all(word in told for word in (BOARD.title, "i2c", "stick-8", " 8 "))


async def test_a_device_without_pinlamp_is_told_apart(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        with pytest.raises(DeviceError, match="not on this device yet"):
            await _compared(device)


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_command_names_it_and_says_that_a_device_can_lie(tmp_path, lang):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        asked = ("doctor", "--trust", "--port", device.port, "--lang", lang)
        status, out, err = await command.pinlamp(*asked)
        assert status == 0 and out.startswith("✓"), err
        *_, last = out.splitlines()
        assert ("嘘" if lang == "ja" else "can lie") in last and "pinlamp flash" in last
        await device.event("ready")
        await device.repl(Repl.write, "/boot.py", b"import \x1b[2J")
        status, out, _ = await command.pinlamp(*asked)
        assert status == 1 and "/boot.py" in out.splitlines()[0] and out.startswith("✗")
        assert out.splitlines()[-1] == last
        status, out, _ = await command.pinlamp(*asked[:4], "--json")
        (finding,) = map(json.loads, out.splitlines())
        assert (finding["check"], finding["ok"], finding["paths"]) == (
            "trust",
            False,
            ["/boot.py"],
        )


async def test_a_deployment_names_what_it_leaves_there(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        asked = ("deploy", "--board", "esp32_devkitc", "--port", device.port, "--lang", "en")
        await device.repl(_boot(QUIET_BOOT))
        assert (await command.pinlamp(*asked))[::2] == (0, "Deploying\n")
        await device.event("ready")

        def tamper(repl):
            _lib(repl)
            repl.write("/boot.py", b"import zz")

        await device.repl(tamper)
        status, out, err = await command.pinlamp(*asked)
        assert status == 0 and "nothing to do" in out
        assert err.startswith("these files are not Pinlamp's: /boot.py, /lib/zz.py."), err


def test_what_mip_installs_is_compared_too(monkeypatch):
    content = payload.root_files(BOARD)
    found = payload.belonging("", content)
    found.pop("", None)

    class Stub:
        def home(self):
            return ""

        def read(self, path):
            return content.get(path[1:])

        def told(self, code, what):
            if "settings.json" in code:
                return "{}"
            return " ".join({path.split("/")[1].encode().hex() for path in found})

        def tree(self, top):
            below = {path: digest for path, digest in found.items() if path.startswith(top + "/")}
            return {**below, **({top: found[top]} if top in found else {})}

    (same,) = trust.compare(Stub())
    assert (same["is"], same["count"]) == ("same", len(content))
    assert strangers.beside(Stub(), BOARD) == [] != strangers.beside(Stub())
    found["/lib/mynacard/gate.py"] = "0"  # as mip has it without compiling
    assert strangers.beside(Stub(), BOARD) == []
    del found["/lib/mynacard/gate.py"]
    found["/lib/zz.py"] = "0"
    assert strangers.beside(Stub(), BOARD) == ["/lib/zz.py"]
    assert _bad(trust.compare(Stub())) == {"foreign": ["/lib/zz.py"]}
    del found["/lib/zz.py"]
    found["/lib/pinlamp/gate.mpy"] = "0"
    found["/lib/mynacard/gate.mpy"] = "1"
    assert _bad(trust.compare(Stub())) == {
        "foreign": ["/lib/pinlamp/gate.mpy"],
        "differs": ["/lib/mynacard/gate.mpy"],
    }

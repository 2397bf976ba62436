"""`pinlamp deploy --sealed`: what a board's word promises is so, and a cut cable leaves a lamp."""

import asyncio
import json
import subprocess
from dataclasses import replace

import pytest

import command
from pinlamp_tools import paths
from pinlamp_tools.boards import board as boards
from pinlamp_tools.boards.board import Board
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import command as deploying
from pinlamp_tools.deploy import payload, seal, strangers, trust, update
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.repl import Repl
from pretend import Pretend, deploy

PICO, DEVKITC = Board.named("pico_w"), Board.named("esp32_devkitc")
BACK = {"rp2040": "BOOTSEL", "esp32s3": "BOOT", "esp32": "pinlamp flash"}


def _sealed(repl, board=PICO):
    todo = update.plan(repl, board, None, None, True)
    update.run(repl, todo, lambda count: None)
    return todo


def test_every_board_of_ours_has_its_word_and_says_where_it_is_from():
    words = {name: Board.named(name).seal for name in boards.names()}
    assert None not in words.values()
    for name, word in words.items():
        board = Board.named(name)
        assert board.sources["seal"].startswith("[S]")
        assert (word == "no") is (board.chip in ("esp32c3", "esp32c6")), name
        assert (word == "sealed") <= (board.chip in ("rp2040", "esp32s3")), name
    assert words["pico_w"] == words["xiao_esp32s3"] == "sealed"


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", boards.names())
def test_what_it_does_and_the_way_back_are_told(name, lang):
    board = Board.named(name)
    told = seal.words(board, lang)
    assert board.title in told
    if seal.can(board):
        assert BACK[board.chip] in told and "USB" in told
    unseen = {**board.sources, "seal": "[?] not looked up yet: copied"}
    for changed in (replace(board, seal=None), replace(board, sources=unseen)):
        assert not seal.can(changed)
        if board.seal != "no":
            assert "board.json" in seal.words(changed, lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_board_that_cannot_be_sealed_and_nobody_to_ask(monkeypatch, capsys, lang):
    asked = ["deploy", "--port", "/dev/null", "--lang", lang, "--sealed", "--board"]
    assert run_cli([*asked, "xiao_esp32c3"]) == 1
    assert "eFuse" in capsys.readouterr().err
    assert run_cli([*asked, "pico_w"]) == 2
    told = capsys.readouterr().err
    assert "BOOTSEL" in told and told.splitlines()[-1].count("--force") == 1
    monkeypatch.setattr(deploying.sys, "stdin", type("T", (), {"isatty": lambda self: True})())
    monkeypatch.setattr(deploying.click, "confirm", lambda text, err: False)
    assert run_cli([*asked, "pico_w"]) == 1


RUN = """
import sys
class machine:
    class USBDevice:
        said = []
        def active(self, value): self.said.append(value)
class micropython:
    said = []
    def kbd_intr(value): micropython.said.append(value)
if {usb}: pass
else: del machine.USBDevice
sys.modules['machine'] = machine
sys.modules['micropython'] = micropython
exec({code!r})
print({usb} and machine.USBDevice.said, micropython.said)
"""


@pytest.mark.parametrize("usb", [True, False])
def test_boot_py_stops_usb_and_never_the_start(micropython, usb):
    code = RUN.format(usb=usb, code=seal.CONTENT.decode())
    done = subprocess.run([micropython, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[False] []\n" if usb else "False []\n", "")


def test_main_py_of_a_hindered_board_takes_ctrl_c_before_all_else(micropython):
    main = payload.main_py("a", True)
    assert payload.home_of(main) == "/a"
    first = main.decode().splitlines()[0]
    code = RUN.format(usb=False, code=first)
    done = subprocess.run([micropython, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False [-1]\n"
    assert "kbd_intr" not in payload.main_py("a").decode()


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("board", ["pico_w", "xiao_esp32s3"])
async def test_a_sealed_device_has_no_port_and_shows_a_card_as_before(tmp_path, board):
    asked = ("deploy", "--board", board, "--sealed", "--force")
    chip = Board.named(board).chip
    async with Pretend(tmp_path / "flash", chip=chip) as device:
        with_link = ("--link", "hsu", "--port", device.port)
        status, out, err = await command.pinlamp(*asked, *with_link)
        assert status == 0 and "Sealed" in out and "BOOT" in err, err
        assert (await device.event("ready", timeout=30))["results"] is False
        assert not device.usb
        with pytest.raises(DeviceError):
            await device.repl(Repl.home)
        device.lay("sign_locked")
        await _lit(device)
        assert device.field.presented == 0 and device.ctrl_cs > 0
        assert device.events.empty() or all(
            event["type"] == "alive" for event in list(device.events._queue)
        )


async def _lit(device):
    """Wait until the lamp of `sign` is red and that of `auth` green."""
    for _ in range(1500):
        sign, auth = device.pixels[:3], device.pixels[3:6]
        if sign and auth and sign[0] > sign[1] + sign[2] and auth[1] > auth[2] > auth[0]:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(device.pixels.hex())


@pytest.mark.usefixtures("micropython")
async def test_a_hindered_device_has_another_main_py_alone_and_trust_knows_it(tmp_path):
    def look(repl):
        _sealed(repl, DEVKITC)
        main, boot = repl.read("/main.py"), repl.read(seal.BOOT)
        return main, boot, json.loads(repl.read("/b/settings.json")), list(trust.compare(repl))

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, DEVKITC)
        await device.repl(Repl.write, "/a/settings.json", b'{"brightness": 40}')
        repl = await asyncio.to_thread(Repl, device.port)
        main, boot, settings, findings = await asyncio.to_thread(look, repl)
        repl.close()
        assert main == payload.main_py("b", True) and boot is None
        assert settings == {"brightness": 40, "events": False}
        assert [each["is"] for each in findings if each["ok"] is not None] == ["same"]


@pytest.mark.usefixtures("micropython")
async def test_trust_knows_the_sealed_boot_py_and_a_deployment_without_takes_it_away(tmp_path):
    def both(repl):
        _sealed(repl)
        again = update.plan(repl, PICO, None, None, True).nothing
        known = [each["is"] for each in trust.compare(repl)], strangers.beside(repl)
        todo = update.plan(repl, PICO, None, None)
        assert not todo.nothing and todo.boot is False
        repl.safe_mode = lambda home: None  # a reset would end it all: it is sealed
        update.run(repl, todo, lambda count: None)
        return again, known, repl.read(seal.BOOT), repl.read("/main.py")

    async with Pretend(tmp_path / "flash", chip="rp2040") as device:
        again, known, boot, main = await device.repl(both)
        assert again and known == (["same"], []) and boot is None
        assert main == payload.main_py("b")
        assert device.usb


@pytest.mark.usefixtures("micropython")
async def test_a_boot_py_of_somebody_else_and_an_old_micropython_are_refused(tmp_path):
    async with Pretend(tmp_path / "flash", chip="rp2040") as device:
        await device.repl(Repl.write, seal.BOOT, b"import mine\n")
        with pytest.raises(DeviceError, match="boot.py of another program"):
            await device.repl(_sealed)
        await device.repl(Repl.write, seal.BOOT, b"# nothing\n")
        await device.repl(_sealed)
    async with Pretend(tmp_path / "other", chip="esp32") as device:  # it has no USBDevice
        with pytest.raises(DeviceError, match="cannot take its USB away"):
            await device.repl(_sealed)
        assert await device.repl(Repl.tree, "/a") == {}


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_what_a_stranger_left_is_not_sealed_in(tmp_path, lang):
    async with Pretend(tmp_path / "flash", chip="rp2040") as device:
        await device.repl(deploy, PICO)
        await device.repl(Repl.write, "/zz.py", b"import pinlamp.reader\n")
        asked = ("deploy", "--board", "pico_w", "--sealed", "--force", "--port", device.port)
        status, out, err = await command.pinlamp(*asked, "--lang", lang)
        assert (status, out) == (1, "") and "/zz.py" in err
        assert ("封印しません" if lang == "ja" else "is not sealed") in err.splitlines()[-1]
        assert await device.repl(Repl.read, seal.BOOT) is None and device.usb


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("board", ["pico_w", "esp32_devkitc"])
async def test_a_main_py_like_mip_s_opens_no_way_round(tmp_path, board):
    def stranger(repl):
        repl.write("/main.py", paths.MAIN.read_bytes())
        repl.write("/zz.py", b"")
        if board != "pico_w":  # there a boot.py is refused in any case
            repl.write("/boot.py", b"import zz\n")

    async with Pretend(tmp_path / "flash", chip=Board.named(board).chip) as device:
        await device.repl(stranger)
        asked = ("deploy", "--board", board, "--port", device.port, "--lang", "en")
        status, out, err = await command.pinlamp(*asked, "--sealed", "--force")
        assert (status, out) == (1, "") and "/zz.py" in err and "is not sealed" in err, err
        assert board == "pico_w" or "/boot.py" in err
        assert await device.repl(Repl.read, "/main.py") == paths.MAIN.read_bytes()
        status, _, err = await command.pinlamp(*asked)
        assert status == 0 and "not Pinlamp's" in err and "/zz.py" in err


@pytest.mark.usefixtures("micropython")
async def test_what_ran_during_the_deployment_cannot_hide_a_boot_py(tmp_path):
    def both(repl):
        deploy(repl, DEVKITC)
        repl.safe_mode = lambda home: repl.write("/boot.py", b"import zz\n")
        with pytest.raises(DeviceError, match="is not sealed"):
            _sealed(repl, DEVKITC)
        return repl.read("/main.py")

    async with Pretend(tmp_path / "flash") as device:
        assert await device.repl(both) == payload.main_py("a")


def test_nothing_of_the_word_goes_onto_a_device():
    assert b"seal" not in payload.slot_files(PICO)["board.json"].lower()
    assert paths.MAIN.read_text("utf-8").count("\n") == 3

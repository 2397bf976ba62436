"""`pinlamp deploy`, `settings` and `doctor`, as a user types them, and what goes wrong."""

import asyncio
import json
import os
import pty
import tty

import pytest

import command
from pinlamp_tools.deploy import doctor, repl
from pinlamp_tools.deploy import port as serial_port
from pretend import Pretend

pytestmark = pytest.mark.usefixtures("micropython")

NO_FINDINGS = {"wiring", "parts", "end"}  # these texts are parts of others


async def test_the_whole_way_of_a_user(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = ("--port", device.port)
        status, out, _ = await command.pinlamp("settings", "get", *port)
        assert status == 1 and out == ""  # nothing is on it yet
        status, out, _ = await command.pinlamp(
            "deploy", "--board", "esp32_devkitc", "--dry-run", *port
        )
        assert status == 0 and "send  /a/pinlamp/start.mpy" in out
        status, out, err = await command.pinlamp("deploy", "--board", "esp32_devkitc", *port)
        assert status == 0, err
        assert out.startswith("Deployed")
        await device.event("ready")
        status, out, err = await command.pinlamp("settings", "set", "brightness", "101", *port)
        assert status == 1 and "5 to 100" in err and len(err.splitlines()) == 1
        status, out, err = await command.pinlamp("settings", "set", "brightness", "-1", *port)
        assert status == 1 and "5 to 100" in err and len(err.splitlines()) == 1
        assert (await command.pinlamp("settings", "set", "brightness", "40", *port))[0] == 0
        await device.event("ready")
        status, out, _ = await command.pinlamp("settings", "set", "profile", '"pocket"', *port)
        assert (status, out) == (0, "profile is pocket from now on.\n")
        assert await command.pinlamp("settings", "get", "brightness", *port) == (0, "40\n", "")
        assert (await command.pinlamp("settings", "reset", *port))[0] == 0
        assert await command.pinlamp("settings", "get", "brightness", *port) == (0, "25\n", "")
        status, out, _ = await command.pinlamp("doctor", "--json", *port)
        found = [json.loads(line) for line in out.splitlines()]
        assert status == 0
        asked = {name for name in doctor.TEXTS["en"] if " rcs660s" not in name}
        assert {each["check"] for each in found} == asked - {*NO_FINDINGS, "unread", "missing"}
        assert all(each["ok"] is not False for each in found)


async def test_doctor_says_what_to_do_when_no_chip_answers_and_a_file_is_damaged(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = ("--port", device.port)
        assert (await command.pinlamp("deploy", "--board", "esp32_devkitc", *port))[0] == 0

        def spoil(of_device):
            of_device.write("/a/pinlamp/demo.mpy", b"M")
            of_device.write("/a/pinlamp/bench.py", b"")
            of_device.make_folder("/a/notes")
            of_device.write("/a/settings.json", b'{"brightness": "bright"}')

        await device.event("ready")
        await device.repl(spoil)
        device.without_chip()
        status, out, _ = await command.pinlamp("doctor", "--lang", "ja", *port)
        assert status == 1
        for words in ("✗ PN532がHSUで応答しません", "TXとRX", "brightness"):
            assert words in out, out
        assert "pinlamp/demo.mpy, notes, pinlamp/bench.py。" in out


async def test_a_port_behind_which_nothing_answers():
    async def ask(*verb):
        master, slave = pty.openpty()
        tty.setraw(slave)
        try:
            status, out, err = await command.pinlamp(*verb, "--port", os.ttyname(slave))
            assert (status, out) == (1, "")
            assert "no MicroPython answers" in err and len(err.splitlines()) == 1
        finally:
            os.close(master)
            os.close(slave)

    await asyncio.gather(ask("doctor"), ask("deploy", "--board", "pico_w"), ask("settings", "get"))


async def test_a_port_that_is_not_there():
    status, out, err = await command.pinlamp("doctor", "--port", "/dev/there-is-none")
    assert (status, out) == (1, "") and len(err.splitlines()) == 1
    assert "/dev/there-is-none cannot be opened" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy", "--board", "pico_w", "--link", "uart"], "has no uart: it has hsu, i2c, spi"),
        (["deploy", "--board", "pico_w", "--strip", "2"], "has no strip '2': it has strip"),
        (["settings", "get", "colour"], "there is no setting colour: there are profile"),
    ],
)
async def test_wrong_use_is_said_before_any_port_is_opened(arguments, said):
    status, out, err = await command.pinlamp(*arguments, "--port", "/dev/there-is-none")
    assert (status, out) == (2, "") and said in err and len(err.splitlines()) == 1


class _Port:
    vid = 0x10C4

    def __init__(self, device):
        self.device = device


@pytest.mark.parametrize(
    ("ports", "said"), [([], "no serial port"), (["/p/1", "/p/2"], "/p/1 /p/2")]
)
def test_without_a_name_there_has_to_be_just_one_port(monkeypatch, ports, said):
    monkeypatch.setattr(
        serial_port.list_ports, "comports", lambda: [_Port(port) for port in ports]
    )
    with pytest.raises(repl.DeviceError, match=said):
        serial_port.find_port(None)
    monkeypatch.setattr(serial_port.list_ports, "comports", lambda: [_Port("/p/3")])
    assert serial_port.find_port(None) == "/p/3"
    assert serial_port.find_port("/p/4") == "/p/4"


def test_ports_are_sorted_as_their_numbers_are_and_found_by_name(monkeypatch):
    names = ["COM10", "COM9", "/dev/cu.usbserial-1", "COM3"]
    monkeypatch.setattr(
        serial_port.list_ports, "comports", lambda: [_Port(name) for name in names]
    )
    assert serial_port.usb_ports() == ["/dev/cu.usbserial-1", "COM3", "COM9", "COM10"]
    assert serial_port.is_there("com10") and not serial_port.is_there("COM1")


async def test_whoever_lacks_the_rights_of_a_port_hears_of_its_group(monkeypatch, tmp_path):
    port = tmp_path / "tty"
    port.touch()  # there, but no serial line
    with pytest.raises(repl.DeviceError, match="cannot be opened.*use it\\?$"):
        repl.Repl(str(port))
    monkeypatch.setattr(serial_port.os, "access", lambda path, mode: False)
    with pytest.raises(repl.DeviceError, match=f"You may not use .*{port.group()}"):
        repl.Repl(str(port))


@pytest.mark.parametrize("check", sorted(set(doctor.TEXTS["en"]) - NO_FINDINGS))
def test_the_doctor_s_words_are_complete_in_both_languages(check):
    assert doctor.TEXTS["ja"].keys() == doctor.TEXTS["en"].keys()
    assert doctor.TEXTS["ja"][check].keys() == doctor.TEXTS["en"][check].keys()
    finding = {"check": check, "version": "1", "board": "b", "free": 1, "link": "spi", "lamp": 0}
    finding.update(
        keys=["sign"], speed=921600, ic=0x32, ver=1, rev=6, differ=["x"], replaced=["y"]
    )
    finding["profile"] = "counter"
    finding.update(parts=list(set(doctor.TEXTS["en"]["parts"]) - {"lamp"}), lamps=[0, 7])
    for lang in ("ja", "en"):
        for name, ok in (("good", True), ("bad", False), ("see", None)):
            if name in doctor.TEXTS[lang][check]:
                assert "{" not in doctor.words({**finding, "ok": ok}, lang)

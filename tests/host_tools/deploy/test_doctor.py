"""What `pinlamp doctor` makes of a chip that is there: it never answers, or it sees no card."""

import json

import pytest

import command
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import doctor
from pinlamp_tools.emulator.chip import commands
from pretend import Pretend

pytestmark = pytest.mark.usefixtures("micropython")

GET_FIRMWARE_VERSION, SAM_CONFIGURATION = 0x02, 0x14
FOR_EVER = 1 << 20


async def _deployed(device):
    port = ("--port", device.port)
    status, _, err = await command.pinlamp("deploy", "--board", "esp32_devkitc", *port)
    assert status == 0, err
    await device.event("ready")
    return port


@pytest.mark.parametrize("code", [GET_FIRMWARE_VERSION, SAM_CONFIGURATION])
async def test_a_chip_that_acknowledges_and_never_answers_is_named_as_that(tmp_path, code):
    async with Pretend(tmp_path / "flash") as device:
        port = await _deployed(device)
        device.faults.arm("zombie", when=lambda sent: sent[0] == code, times=FOR_EVER)
        status, out, _ = await command.pinlamp("doctor", "--lang", "ja", *port)
        assert status == 1 and "✗ PN532はHSUで命令を受け取りますが、答えを返しません" in out, out
        assert "TXとRX" not in out  # its wires are right
        status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
        assert status == 1 and "✗ a PN532 takes commands by HSU, but does not answer" in out, out
        status, out, _ = await command.pinlamp("doctor", "--json", *port)
        (chip,) = [each for each in map(json.loads, out.splitlines()) if each["check"] == "chip"]
        assert chip == {"check": "chip", "ok": False, "link": "hsu", "acknowledges": True}


async def test_a_chip_that_is_not_there_acknowledges_nothing(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = await _deployed(device)
        device.without_chip()
        status, out, _ = await command.pinlamp("doctor", "--json", *port)
        (chip,) = [each for each in map(json.loads, out.splitlines()) if each["check"] == "chip"]
        assert (status, chip["ok"], chip["acknowledges"]) == (1, False, False)
        assert chip["pins"] == ["TX IO32 / GPIO32", "RX IO33 / GPIO33", "RST IO26 / GPIO26"]
        for lang in ("ja", "en"):
            status, out, _ = await command.pinlamp("doctor", "--lang", lang, *port)
            (line,) = (line for line in out.splitlines() if line.startswith("✗"))
            assert status == 1 and ": TX IO32 / GPIO32, RX IO33 / GPIO33, RST IO26" in line


def test_pins_of_a_board_of_somebody_s_own_have_their_numbers_alone():
    data = {**Board.named("pico_w").data(), "name": "mine"}
    del data["printed"]
    assert doctor._pins(json.dumps(data).encode()) == ["TX GPIO8", "RX GPIO9", "RST GPIO7"]
    for damaged in (None, b"", b"[]", b"{}", b'{"name": []}', b"\xff"):
        assert doctor._pins(damaged) == []


async def test_a_chip_that_sees_no_card_is_not_taken_for_a_broken_one(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "FIRMWARE", b"\x32\x01\x04\x07")
    async with Pretend(tmp_path / "flash") as device:
        port = await _deployed(device)
        status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
        assert status == 0 and "version 1.4" in out and "· it answers, it saw no card" in out, out
        status, out, _ = await command.pinlamp("doctor", "--lang", "ja", *port)
        assert "· 応答していますが、カードは見つかりませんでした" in out, out
        for card in ("sign_locked", "transit"):
            device.field.lift()
            device.lay(card)
            status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
            assert status == 0 and "✓ it sees a card" in out, out
        assert device.field.presented == 0


async def test_a_device_that_keeps_its_results_to_itself_says_so_and_what_changes_it(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = await _deployed(device)
        status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
        assert status == 0 and "✓ it tells its results to a computer too" in out, out
        status, _, err = await command.pinlamp("settings", "set", "profile", "counter", *port)
        assert status == 0, err
        status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
        assert status == 0 and "· it keeps its results to itself (profile counter)" in out, out
        status, out, _ = await command.pinlamp("doctor", "--lang", "ja", *port)
        assert "結果はデバイスだけに出します" in out and "settings set events true" in out, out
        status, _, err = await command.pinlamp("settings", "set", "events", "true", *port)
        assert status == 0, err
        status, out, _ = await command.pinlamp("doctor", "--json", *port)
        told = [json.loads(line) for line in out.splitlines()]
        assert {"check": "results", "ok": True, "profile": "counter"} in told

"""What `pinlamp doctor` makes of a chip that is there: it never answers, or it sees no card."""

import contextlib
import json

import pytest

import command
import device_code
from pinlamp_tools.boards.board import Board
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import command as deploy_command
from pinlamp_tools.deploy import doctor
from pinlamp_tools.deploy.repl import Repl
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


class Says(device_code.Files):
    """A device of 12 lamps whose check says `said`."""

    def __init__(self, said):
        board = json.dumps(Board.named("esp32_devkitc").data()).encode()
        super().__init__({"/board.json": board})
        self._said = said

    def stream(self, code, take, what):
        for at in range(len(self._said)):
            take(self._said[at : at + 1])


@pytest.fixture
def examined(monkeypatch, capsys):
    """Return a function: the exit status and output of `pinlamp doctor`, if the check says so."""

    def examined(said, lang="en"):
        device = contextlib.nullcontext(Says(said))
        monkeypatch.setattr(deploy_command, "_device", lambda port, seconds: device)
        return run_cli(["doctor", "--lang", lang]), capsys.readouterr().out

    return examined


async def test_what_is_lost_of_a_check_is_no_good_check(tmp_path, examined):
    said = bytearray()
    code = "import os\nos.chdir('/a')\nfrom pinlamp.check import doctor\ndoctor()"
    async with Pretend(tmp_path / "flash") as device:
        await _deployed(device)
        await device.repl(Repl.stream, code, said.extend, "checking")
    whole = bytes(said).replace(b"\r\n", b"\n")
    status, out = examined(whole)
    assert status == 0 and out.endswith("\nNothing wrong was found.\n"), out
    for old, new, told in (
        (b'"check": "files"', b'"check": "les"', "✗ the device's answer did not arrive whole"),
        (b'"check": "files"', b'"check": "les"', "missing: files."),
        (b'"differ": [', b'"differ": ', "✗ a line of the device's answer cannot be read."),
        (b'"speed"', b'"sp"', "missing: the reader's answer."),
        (b'"lamp": 3', b'"lamp": 2', "missing: lamp 4."),
        (b'"buzzer"', b'"bzr"', "missing: buzzer."),
        (b'"field_off"', b'""', "missing: field off."),
        (b"}\n{", b"}{", "missing: version, free memory, files, settings, button"),
    ):
        status, out = examined(whole.replace(old, new))
        assert status == 1 and told in out, (told, out)
        assert "Nothing wrong" not in out and "Something is wrong" in out
    # These would be findings of which a person has to judge: "there is no list of files".
    status, out = examined(whole.replace(b'"ok"', b'"o"'))
    assert status == 1 and "no list of files" not in out, out


@pytest.mark.parametrize("said", [b"", b'{"check":"end","ok":true}\n', b'{"check":"missing"}\n'])
def test_a_check_that_says_nothing_is_missing_and_no_device_ends_it_itself(examined, said):
    status, out = examined(said)
    assert status == 1 and "missing: version, free memory, files, settings, " in out
    assert "lamp 1, " in out and "lamp 12." in out and "Nothing wrong" not in out, out
    status, out = examined(said, "ja")
    assert status == 1 and "✗ デバイスの答えがすべては届きませんでした" in out, out
    assert "ランプ12。" in out and "悪いところは見つかりませんでした" not in out

"""Deploying onto an emulated Pico W, its settings and its doctor, over its own console."""

import json

import pytest

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.card import cards

from . import image, parts
from .device import Pico

BOARD = Board.named("pico_w")


@pytest.fixture(scope="module")
def pico():
    """A bare Pico W with its parts, and Pinlamp deployed onto it."""
    strip, hsu = BOARD.strip, BOARD.links["hsu"]
    chip = parts.Pn532(hsu["id"], hsu["rst"])
    lamps = parts.Strip(strip.pin, strip.order)
    pico = Pico(image.micropython(), (chip, lamps, parts.Buzzer(BOARD.buzzer)))
    pico.chip = chip
    status, said = pico.pinlamp("deploy", "--board", "pico_w")
    assert status == 0, said
    assert "verified" in said
    pico.power_cycle()
    return pico


def _wait(pico, sign, ms=6000):
    begin = len(pico.lines)
    found = []

    def said():
        found[:] = [line for _, line in pico.lines[begin:] if sign in line]
        return bool(found)

    assert pico.run(ms, said), pico.lines[begin:]
    return json.loads(found[-1])


def test_what_was_deployed_starts_and_reads_a_card(pico):
    assert _wait(pico, '"ready"')["board"] == "pico_w"
    pico.chip.field.put(cards.make("sign_locked", cards.Prng(1)))
    result = _wait(pico, '"result"')
    states = {key["id"]: key["state"] for key in result["keys"]}
    assert result["complete"] and states["sign"] == "locked" and states["auth"] == "ok"
    assert pico.chip.field.presented == 0
    pico.chip.field.lift()


def test_the_doctor_finds_nothing_wrong(pico, figure):
    status, said = pico.pinlamp("doctor", "--json")
    found = {each["check"]: each for each in map(json.loads, said.splitlines())}
    assert status == 0, said
    assert found["files"]["ok"] is True and found["type_b"]["ok"] is True
    assert found["chip"]["ic"] == 0x32
    free = found["memory"]["free"]
    figure(f"memory free in the self-check: {free} bytes", self_check_free=free)


def test_a_setting_is_there_after_the_next_start(pico):
    pico.power_cycle()
    _wait(pico, '"ready"')
    assert pico.pinlamp("settings", "set", "brightness", "40")[0] == 0
    pico.power_cycle()
    _wait(pico, '"ready"')
    assert pico.pinlamp("settings", "get", "brightness") == (0, "40\n")


def test_an_update_goes_through_the_safe_mode_and_keeps_the_setting(pico, tmp_path):
    (tmp_path / "board.json").write_text(json.dumps({**BOARD.data(), "budget_ma": 200}))
    status, said = pico.pinlamp("deploy", "--board", tmp_path)
    assert status == 0, said
    pico.power_cycle()
    _wait(pico, '"ready"')
    assert pico.pinlamp("settings", "get", "brightness") == (0, "40\n")


@pytest.mark.parametrize("seconds", [4, 8])
def test_an_update_that_is_cut_off_leaves_a_device_that_works(pico, tmp_path, seconds):
    board = {**BOARD.data(), "budget_ma": 200 + seconds, "name": "pico_w_cut"}
    (tmp_path / "board.json").write_text(json.dumps(board))
    status, _ = pico.pinlamp("deploy", "--board", tmp_path, kill_after_s=seconds)
    assert status < 0  # it was in the middle of it
    pico.power_cycle()
    assert _wait(pico, '"ready"')["board"] in ("pico_w", "pico_w_cut")
    pico.chip.field.put(cards.make("sign_locked", cards.Prng(1)))
    assert _wait(pico, '"result"')["complete"]
    pico.chip.field.lift()


def test_mip_installs_a_package(pico):
    pico.mpremote("mip", "install", paths.package_dir("mynacard").parent / "package.json")
    assert "keys.py" in pico.mpremote("fs", "ls", ":lib/mynacard")

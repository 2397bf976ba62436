"""The simulator on each link: cards are read over it, and its faults strike once and never lie."""

import asyncio

import pytest

from desk import Desk
from pinlamp_tools.boards.board import Board
from pinlamp_tools.simulator.serial_chip import SerialChip
from pinlamp_tools.simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("micropython")

# Many devices at the same time: each spends most of its time with the lamp test and with waiting.


async def _all(scene, cases):
    for failed in await asyncio.gather(*[scene(*case) for case in cases], return_exceptions=True):
        if failed:
            raise failed


async def _ready_on(link, irq=True, board="esp32_devkitc"):
    data = Board.named(board).with_link(link).data()
    if not irq:
        del data["links"][link]["irq"]
    desk = Desk(board=Board.of(data))
    await desk.simulator.start()
    await desk.event("ready")
    return desk


async def test_cards_are_read_over_every_bus(truth):
    async def scene(*how):
        desk = await _ready_on(*how)
        try:
            for name in ("bank_app_lockout", "worn"):
                desk.simulator.tap(name)
                result = await desk.event("result")
                keys = {key.pop("id"): key for key in result["keys"]}
                assert result["complete"] is True and keys == truth[name]["keys"], how
                desk.simulator.lift()
                await desk.event("removed")
            assert desk.simulator.presented == 0
        finally:
            await desk.simulator.stop()

    # The Pico's SPI has no "least significant bit first".
    cases = [("i2c",), ("i2c", False), ("spi",), ("spi", False), ("spi", True, "pico_w")]
    await _all(scene, cases)


async def test_a_fault_strikes_once_and_the_next_tap_tells_the_truth(truth):
    async def scene(link, name, at, board="esp32_devkitc"):
        desk = await _ready_on(link, board=board)
        try:
            desk.simulator.arm(name, at)
            assert desk.simulator.fault == name
            desk.simulator.tap("sign_locked")
            result = await desk.event("result")
            assert (desk.simulator.fault, desk.simulator.struck) == (None, 1), (link, name)
            while not result["complete"]:
                found = {key["id"]: key["state"] for key in result["keys"]}
                for key, state in found.items():
                    told = truth["sign_locked"]["keys"][key]["state"]
                    assert state in (told, "unknown"), (link, name)
                desk.simulator.tap("sign_locked")
                result = await desk.event("result")
            keys = {key.pop("id"): key for key in result["keys"]}
            assert keys == truth["sign_locked"]["keys"], (link, name)
            assert desk.simulator.presented == 0
        finally:
            await desk.simulator.stop()

    cases = [
        ("hsu", "checksum", None),
        ("hsu", "chip_reset", 20),
        ("i2c", "stuck_low", 30),
        ("i2c", "no_device", None),
        ("spi", "truncation", 40),
        # A long read, which the Pico's SPI may not do in one transfer.
        ("spi", "stale_answer", None, "pico_w"),
    ]
    await _all(scene, cases)


async def test_faults_are_those_of_the_link():
    board = Board.named("esp32_devkitc")
    assert "wrong_speed" in Simulator(board, {}).faults
    simulator = Simulator(board.with_link("i2c"), {})
    assert "stuck_low" in simulator.faults and "wrong_speed" not in simulator.faults
    with pytest.raises(KeyError):
        simulator.arm("wrong_speed")
    simulator.arm("stuck_low")
    simulator.arm(None)
    assert simulator.fault is None
    assert Simulator(board, {}, "/dev/ttyUSB0").faults == ()


async def test_the_device_resets_its_chip_by_the_wire_that_the_board_has():
    levels = []
    desk = Desk()
    rstpdn = SerialChip.rstpdn

    def watched(server, level):
        levels.append(level)
        rstpdn(server, level)

    SerialChip.rstpdn = watched
    try:
        await desk.simulator.start()
        await desk.event("ready")
    finally:
        SerialChip.rstpdn = rstpdn
        await desk.simulator.stop()
    assert levels[:3] == [1, 0, 1]

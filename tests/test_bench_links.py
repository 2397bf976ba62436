"""The bench on each link: cards are read over it, and its faults strike once and never lie."""

import asyncio

import pytest

from desk import Desk
from pinlamp_tools import house
from pinlamp_tools.bench import Bench
from pinlamp_tools.serve import Server

pytestmark = pytest.mark.usefixtures("micropython")

# Many devices at the same time: each spends most of its time with the lamp test and with waiting.


async def _all(scene, cases):
    for failed in await asyncio.gather(*[scene(*case) for case in cases], return_exceptions=True):
        if failed:
            raise failed


async def _ready_on(link, irq=True, board="esp32_devkitc"):
    data = house.board(board)
    data["link"] = link
    if not irq:
        del data["links"][link]["irq"]
    desk = Desk(board=data)
    await desk.bench.start()
    await desk.event("ready")
    return desk


async def test_cards_are_read_over_every_bus(truth):
    async def scene(*how):
        desk = await _ready_on(*how)
        try:
            for name in ("bank_app_lockout", "worn"):
                desk.bench.tap(name)
                result = await desk.event("result")
                keys = {key.pop("id"): key for key in result["keys"]}
                assert result["complete"] is True and keys == truth[name]["keys"], how
                desk.bench.lift()
                await desk.event("removed")
            assert desk.bench.presented == 0
        finally:
            await desk.bench.stop()

    # The Pico's SPI has no "least significant bit first".
    cases = [("i2c",), ("i2c", False), ("spi",), ("spi", False), ("spi", True, "pico_w")]
    await _all(scene, cases)


async def test_a_fault_strikes_once_and_the_next_tap_tells_the_truth(truth):
    async def scene(link, name, at):
        desk = await _ready_on(link)
        try:
            desk.bench.arm(name, at)
            assert desk.bench.fault == name
            desk.bench.tap("sign_locked")
            result = await desk.event("result")
            assert (desk.bench.fault, desk.bench.struck) == (None, 1), (link, name)
            while not result["complete"]:
                found = {key["id"]: key["state"] for key in result["keys"]}
                for key, state in found.items():
                    told = truth["sign_locked"]["keys"][key]["state"]
                    assert state in (told, "unknown"), (link, name)
                desk.bench.tap("sign_locked")
                result = await desk.event("result")
            keys = {key.pop("id"): key for key in result["keys"]}
            assert keys == truth["sign_locked"]["keys"], (link, name)
            assert desk.bench.presented == 0
        finally:
            await desk.bench.stop()

    cases = [
        ("hsu", "checksum", None),
        ("hsu", "chip_reset", 20),
        ("i2c", "stuck_low", 30),
        ("i2c", "no_device", None),
        ("spi", "truncation", 40),
    ]
    await _all(scene, cases)


async def test_faults_are_those_of_the_link():
    board = house.board("esp32_devkitc")
    assert "wrong_speed" in Bench(board, {}).faults
    board["link"] = "i2c"
    bench = Bench(board, {})
    assert "stuck_low" in bench.faults and "wrong_speed" not in bench.faults
    with pytest.raises(KeyError):
        bench.arm("wrong_speed")
    bench.arm("stuck_low")
    bench.arm(None)
    assert bench.fault is None
    assert Bench(board, {}, "/dev/ttyUSB0").faults == ()


async def test_the_device_resets_its_chip_by_the_wire_that_the_board_has():
    levels = []
    desk = Desk()
    rstpdn = Server.rstpdn

    def watched(server, level):
        levels.append(level)
        rstpdn(server, level)

    Server.rstpdn = watched
    try:
        await desk.bench.start()
        await desk.event("ready")
    finally:
        Server.rstpdn = rstpdn
        await desk.bench.stop()
    assert levels[:3] == [1, 0, 1]

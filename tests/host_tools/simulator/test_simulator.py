"""The simulator: cards held, lifted and pulled, the button, and a reader on a serial line."""

import asyncio
import os
import pty

import pytest

from desk import Desk
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card.cards import make
from pinlamp_tools.simulator.serial_chip import SerialChip
from pinlamp_tools.simulator.simulator import PortError, Simulator

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


@pytest.fixture
async def desk():
    """A device that is ready, with nothing on its virtual reader."""
    desk = Desk()
    await desk.simulator.start()
    await desk.event("ready")
    yield desk
    await desk.simulator.stop()
    assert desk.simulator.presented == 0


async def test_a_card_is_read_and_lifted(desk):
    desk.simulator.tap("auth_locked")
    result = await desk.event("result")
    assert {key["id"]: key["state"] for key in result["keys"]}["auth"] == "locked"
    pin, rgb = await desk.pixels(lambda rgb: rgb[3] > 4 * rgb[4] > 0)  # red, the second lamp
    assert (pin, len(rgb)) == (25, 36)
    desk.simulator.lift()
    await desk.event("removed")
    assert desk.tones > 0


async def test_one_card_takes_the_place_of_another(desk):
    desk.simulator.tap("auth_locked")
    await desk.event("result")
    desk.simulator.tap("transit")
    assert (await desk.event("card"))["kind"] == "other_f"


async def test_a_card_is_pulled_while_it_is_read(desk):
    desk.simulator.tap("fresh")
    await desk.event("key")
    desk.simulator.pull()
    result = await desk.event("result")
    assert result["complete"] is False
    states = [key["state"] for key in result["keys"]]
    assert states[0] == "ok" and states[-1] == "unknown"
    await desk.event("removed")


async def test_a_card_that_was_read_is_held_again_and_pulled(desk):
    desk.simulator.tap("fresh")
    assert (await desk.event("result"))["complete"] is True
    desk.simulator.pull()
    assert (await desk.event("result"))["complete"] is False


async def test_pulling_without_a_card_does_nothing(desk):
    desk.simulator.pull()
    desk.simulator.tap("fresh")
    assert (await desk.event("result"))["complete"] is True


async def test_the_button_darkens_what_a_card_has_left(desk):
    desk.simulator.tap("fresh")
    await desk.event("result")
    desk.simulator.lift()
    await desk.event("removed")
    await desk.pixels(lambda rgb: any(rgb[:3]))
    desk.simulator.press(True)
    await asyncio.sleep(0.1)  # a finger, not a bounce
    desk.simulator.press(False)
    await desk.pixels(lambda rgb: not any(rgb[:33]))


def test_an_unknown_card_is_a_key_error():
    with pytest.raises(KeyError):
        Simulator(BOARD, {}).tap("platinum")


async def test_a_reader_on_a_serial_line_needs_no_emulator_of_its_own():
    server = SerialChip(Field())
    await server.start()
    desk = Desk(server.path)
    try:
        await desk.simulator.start()
        await desk.event("ready")
        desk.simulator.tap("fresh")  # there is no virtual reader to hold it to
        server.field.put(make("sign_locked"))
        result = await desk.event("result")
        assert result["keys"][0]["state"] == "locked"
    finally:
        await desk.simulator.stop()
        await server.stop()


@pytest.mark.parametrize("path", ["/dev/no-such-tty", "/dev/null", "/"])
async def test_what_is_no_serial_line_is_refused(path):
    simulator = Simulator(BOARD, {}, path)
    with pytest.raises(PortError, match=path):
        await simulator.start()
    await simulator.stop()


async def test_a_line_stays_open_between_the_programs_that_use_it():
    far, near = pty.openpty()
    simulator = Simulator(BOARD, {"events": True}, os.ttyname(near))
    await simulator.start()
    os.close(near)
    await simulator.stop()
    os.close(far)

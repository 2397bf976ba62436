"""Something holds SCL low for longer than the watchdog waits: the device lives, and comes back."""

import pytest

from desk import Desk
from film import alike
from pinlamp_tools.boards.board import Board

pytestmark = pytest.mark.usefixtures("micropython")

HELD_US = 9_000_000  # the watchdog bites after 8 s
OFF = ("off", 0, 1)
READER_LOST = ("violet", 4, 4 / 12)


async def test_the_lamps_say_so_and_it_reads_as_soon_as_the_line_is_free(truth):
    desk = Desk(board=Board.named("esp32_devkitc").with_link("i2c"))
    exits = []
    desk.simulator.on_exit = exits.append
    await desk.simulator.start()
    try:
        await desk.event("ready")
        desk.simulator._faults.arm("scl_low", 0, us=HELD_US)
        assert (await desk.event("fault", "ready"))["code"] == "reader_lost"
        await desk.shows(lambda looks: alike(looks[:12], [OFF] * 11 + [READER_LOST]))
        assert (await desk.event("fault", "ready"))["type"] == "ready"
        desk.simulator.tap("sign_locked")
        keys = {key.pop("id"): key for key in (await desk.event("result"))["keys"]}
        assert keys == truth["sign_locked"]["keys"]
        assert exits == [] and desk.simulator._device._cause == ""
    finally:
        await desk.simulator.stop()

"""The firmware on every board: the pins of board.json, and the lamps of its first strip."""

import asyncio

import pytest

from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.simulator.simulator import Simulator

pytestmark = pytest.mark.usefixtures("micropython")


def _tap(board):
    """Tap a card with one locked key; return the last pixels before it is lifted, by pin."""

    async def scene():
        simulator = Simulator(board, {"events": True}, None)
        shown, done, lit = {}, asyncio.Event(), asyncio.Event()

        def on_line(line):
            if '"result"' in line:
                done.set()

        def on_pixels(pin, rgb):
            shown[pin] = bytes(rgb)
            if done.is_set() and any(rgb):
                lit.set()

        simulator.on_line, simulator.on_pixels = on_line, on_pixels
        await simulator.start()
        try:
            simulator.tap("bank_app_lockout")
            await asyncio.wait_for(done.wait(), 30)
            shown.clear()
            lit.clear()
            await asyncio.wait_for(lit.wait(), 5)
        finally:
            await simulator.stop()
        return shown

    return asyncio.run(scene())


@pytest.mark.parametrize("name", names())
def test_a_tap_lights_the_strip_of_every_board(name):
    board = Board.named(name)
    shown = _tap(board)
    assert list(shown) == [board.lit_pin]
    assert len(shown[board.lit_pin]) == 3 * board.strip.count

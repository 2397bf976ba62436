"""Nothing that identifies a card or its holder is in any output, read over a serial reader."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest

from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.simulator.serial_chip import SerialChip
from plants import PLANTS, of_files, plant, search


@contextmanager
def _on_a_serial_line(card, reader="pn532"):
    """Hold a card to an emulated reader at a tty, and give its path."""
    started, ends = threading.Event(), []

    async def serve():
        field = Field()
        server = SerialChip(field, reader=reader)
        await server.start()
        field.put([card])
        end = asyncio.Event()
        ends.extend((server.path, lambda: loop.call_soon_threadsafe(end.set)))
        loop = asyncio.get_running_loop()
        started.set()
        await end.wait()
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(30)
    try:
        yield ends[0]
    finally:
        ends[1]()
        thread.join()


@pytest.mark.parametrize("name", PLANTS)
def test_over_a_pn532(micropython, pinlamp, tmp_path, name):
    (card,) = cards.make("fresh")
    with _on_a_serial_line(plant(card, PLANTS[name])) as tty:
        outputs = [
            pinlamp(*command)
            for command in (
                ("--debug", "run", "--once", "--json", "--port", tty),
                ("run", "--once", "--port", tty),
                ("record", "-o", tmp_path / "card.jsonl", "--pn532", tty),
                ("report", "-o", tmp_path / "report.json", "--pn532", tty),
            )
        ]
    outputs += of_files(pinlamp, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    search(outputs, tmp_path)


@pytest.mark.parametrize("name", PLANTS)
def test_over_an_rc_s660(micropython, pinlamp, tmp_path, name):
    """Its answer to an activation has the card's application data beside the protocol info."""
    (card,) = cards.make("fresh")
    board = tmp_path / "board.json"
    board.write_text(json.dumps({**Board.named("esp32_devkitc").data(), "reader": "rcs660s"}))
    with _on_a_serial_line(plant(card, PLANTS[name]), "rcs660s") as tty:
        outputs = [
            pinlamp(*command)
            for command in (
                ("--debug", "run", "--once", "--json", "--board", board, "--port", tty),
                ("run", "--once", "--board", board, "--port", tty),
            )
        ]
    board.unlink()
    search(outputs, tmp_path)

"""The packages for mip, and the driver's examples, run as a user would run them."""

import asyncio
import json
from pathlib import Path

import pytest

from pinlamp_tools import house
from pinlamp_tools.device import Device
from pinlamp_tools.emulator import cards
from pinlamp_tools.emulator.field import Field
from pinlamp_tools.serve import Server

LIB = Path(__file__).parents[1] / "lib"
EXAMPLES = LIB / "pn532" / "examples"


@pytest.mark.parametrize("name", ["pn532", "mynacard"])
def test_package_json_lists_every_file(name):
    package = json.loads((LIB / name / "package.json").read_text("utf-8"))
    files = sorted(path.name for path in (LIB / name / name).glob("*.py"))
    assert package["urls"] == [[f"{name}/{file}", f"{name}/{file}"] for file in files]


def _run_example(name, card, enough):
    """Run an example with a card on the antenna until `enough(lines)`; return its lines."""

    async def scene():
        board = json.loads((house.BOARDS / "esp32_devkitc" / "board.json").read_text("utf-8"))
        field = Field()
        server = Server(field)
        await server.start()
        device = Device(board, {}, server.path, main=EXAMPLES / name)
        lines, arrived = [], asyncio.Event()

        def on_line(line):
            lines.append(line)
            if enough(lines):
                arrived.set()

        device.on_line = on_line
        field.put(cards.make(card))
        await device.start()
        try:
            await asyncio.wait_for(arrived.wait(), 20)
        finally:
            await device.stop()
            await server.stop()
        assert field.presented == 0
        return lines

    return asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize(("card", "kind"), [("fresh", "B"), ("credit", "A"), ("transit", "F")])
def test_find_any_card(card, kind):
    lines = _run_example("find_any_card.py", card, lambda lines: len(lines) > 2)
    assert lines[0].startswith("firmware (50, 1, 6, 7)")
    assert set(lines[1:]) == {f"a card of type {kind}"}


@pytest.mark.usefixtures("micropython")
def test_type_4_card():
    assert _run_example("type_4_card.py", "fresh", lambda lines: lines) == ["no NDEF"]


@pytest.mark.usefixtures("micropython")
def test_my_number_card():
    lines = _run_example("my_number_card.py", "sign_locked", lambda lines: len(lines) == 10)
    assert lines[0] == "sign locked 0"
    assert sorted(lines[1:3]) == ["auth ok 3", "juki ok 3"]

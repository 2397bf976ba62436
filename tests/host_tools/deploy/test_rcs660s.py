"""A device with an RC-S660/S: deployed, it reads a card, and `doctor` knows what it has."""

import json
import re

import pytest

import command
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pretend import Pretend

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture
def board(tmp_path):
    """The path of its board."""
    data = {**Board.named("esp32_devkitc").data(), "name": "counter", "reader": "rcs660s"}
    path = tmp_path / "counter" / "board.json"
    path.parent.mkdir()
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_it_gets_nothing_that_is_for_readers_on_usb():
    names = {path.split("/")[1] for path in payload.compiled("rcs660s") if "pasori/" in path}
    assert {"rcs660s.mpy", "driver.mpy", "rest.mpy"} < names
    assert not names & {"usb.mpy", "air.mpy", "port100.mpy", "rcs300.mpy", "rcs380.mpy"}
    # and what it has works without them
    for name in names:
        source = (paths.package_dir("pasori") / name).with_suffix(".py").read_text("utf-8")
        assert not re.search(r"^(?!if |    ).*from \.(usb|air|port100|rcs3\d0) ", source, re.M), (
            name
        )


async def test_it_is_deployed_reads_a_card_and_is_examined(tmp_path, board):
    async with Pretend(tmp_path / "flash", reader="rcs660s") as device:
        port = ("--port", device.port)
        status, _, err = await command.pinlamp("deploy", "--board", str(board), *port)
        assert status == 0, err
        assert await device.works() == "counter"
        status, out, _ = await command.pinlamp("doctor", "--lang", "en", *port)
        assert status == 0 and "the RC-S660/S answers (at 115200 bit/s)" in out, out
        assert "it sees a card" in out and "PN532" not in out
        device.without_chip()
        for lang, told in (("ja", "RC-S660/Sが応答しません"), ("en", "no RC-S660/S answers")):
            status, out, _ = await command.pinlamp("doctor", "--lang", lang, *port)
            (line,) = (line for line in out.splitlines() if line.startswith("✗"))
            assert status == 1 and told in line and "TX GPIO32" in line
            assert "PN532" not in out

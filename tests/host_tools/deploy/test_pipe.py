"""A reader of standard output that goes (`| head -3`) is never taken for a device that went."""

import asyncio
import os
import sys

import pytest

from pinlamp_tools.boards.board import Board
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


@pytest.fixture
async def device(tmp_path):
    """A device with Pinlamp on it, that has just started."""
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
        yield device


async def _head(lines, *arguments):
    """Run the command and close its output after so many lines; return (status, complaint)."""
    ours, its = os.pipe()
    if not lines:
        os.close(ours)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pinlamp_tools", *map(str, arguments)),
        stdout=its,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    os.close(its)
    if lines:
        with os.fdopen(ours, "rb") as output:
            for _ in range(lines):
                assert await asyncio.to_thread(output.readline)
    _, complaint = await asyncio.wait_for(process.communicate(), 60)
    # What was interrupted takes a moment, and on a busy machine long enough for a word.
    return process.returncode, complaint.decode().replace("Starting the device again …\n", "")


async def test_doctor(device):
    assert await _head(3, "doctor", "--port", device.port) == (1, "")
    assert await device.works()  # it was in the middle of its check, and has started again


async def test_what_says_little(device, tmp_path):
    port = ("--port", device.port)
    for arguments in (
        ["settings", "get"],
        ["settings", "set", "brightness", "40"],
        ["deploy", "--board", "esp32_devkitc", "--link", "i2c", "--dry-run"],
    ):
        assert await _head(0, *arguments, *port) == (1, ""), arguments
        await device.event("ready")
    device.lay("sign_locked")
    out = tmp_path / "tap.jsonl"
    status, complaint = await _head(0, "record", "-o", out, *port)
    assert (status, complaint) == (1, "Hold a card to the reader\n")
    assert len(out.read_text("utf-8").splitlines()) > 20  # it is written all the same

"""A tap writes nothing to the flash: that would wear out, and keep what was read."""

import pytest

from pinlamp_tools.boards.board import Board
from pretend import Pretend, deploy

TAPS = 4

pytestmark = pytest.mark.usefixtures("micropython")


async def test_whole_and_pulled_taps_write_no_block(tmp_path):
    flash, journal = tmp_path / "flash", tmp_path / "flash.journal"
    journal.touch()
    async with Pretend(flash) as device:
        await device.repl(deploy, Board.named("esp32_devkitc"))
        await device.works()
        device.field.lift()
        await device.event("removed")
        before = journal.stat().st_size
        assert before > 0  # it notes what is written
        for tap in range(TAPS):
            if tap % 2:
                device.field.lift_after(12)
            device.lay("fresh")
            result = await device.event("result", timeout=30)
            device.field.lift()
            await device.event("removed")
            assert result["complete"] is not bool(tap % 2)
        assert journal.stat().st_size == before

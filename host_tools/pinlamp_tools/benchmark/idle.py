"""The cost of an idle device: its firmware on an empty reader."""

from __future__ import annotations

import asyncio
import os

from ..boards.board import Board
from ..simulator.simulator import Simulator

SECONDS = 8.0
MOST = 0.05  # of one core


def share(seconds: float = SECONDS) -> float:
    """Run the device for this time and return its share of one core, its start included.

    Call it while this process runs no other: it counts every child that ends meanwhile.
    """
    before = os.times()
    asyncio.run(_idle(seconds))
    after = os.times()
    used = after.children_user + after.children_system
    return (used - before.children_user - before.children_system) / seconds


async def _idle(seconds: float) -> None:
    simulator = Simulator(Board.named("esp32_devkitc"), {})
    await simulator.start()
    try:
        await asyncio.sleep(seconds)
    finally:
        await simulator.stop()

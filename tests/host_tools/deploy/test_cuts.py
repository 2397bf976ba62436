"""A thousand power cuts: several kinds of update, cut at every write of theirs to the flash.

MicroPython boots what a share of the whole writes leaves; `make power-cuts` (PINLAMP_STRIDE=1)
boots them all.
"""

import asyncio
import os
from dataclasses import replace

import pytest

from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import seal, update
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.deploy.settings import OfDevice
from power import Flash, cuts, writes
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

AT_ONCE = 12
CUTS = 1000
SHARES = 2  # each write is cut in its middle and at its end
STRIDE = int(os.environ.get("PINLAMP_STRIDE", "7"))
PICO = Board.named("pico_w")
NEW = replace(PICO, name="new_board")
READY_S = 60


def _install(repl):
    deploy(repl, PICO)


def _small_update(repl):
    deploy(repl, NEW)


def _update_with_another_profile(repl):
    OfDevice(repl).set("profile", "counter")
    deploy(repl, NEW)


def _sealing(repl):
    update.run(repl, update.plan(repl, NEW, None, None, True), lambda count: None)


# What is done, whether to a device that has a version, and what starts before and after.
KINDS = {
    "a first installation": (_install, False, {None, "pico_w"}),
    "a small update": (_small_update, True, {"pico_w", "new_board"}),
    "an update with another profile": (
        _update_with_another_profile,
        True,
        {"pico_w", "new_board"},
    ),
    "an update that seals": (_sealing, True, {"pico_w", "new_board"}),
}


async def _journal(folder, work, has_a_version):
    """Do the work on a device; return its flash before, and the journal of what was written."""
    flash, journal = folder / "flash", folder / "flash.journal"
    async with Pretend(flash, chip="rp2040") as device:
        if has_a_version:
            await device.repl(deploy, PICO)
            await device.event("ready")
        else:
            await device.repl(Repl.home)  # MicroPython has made its file system
    before = flash.read_bytes()
    journal.touch()
    async with Pretend(flash, chip="rp2040") as device:
        if has_a_version:
            await device.event("ready")
        await device.repl(work)
    return before, journal.read_bytes()


async def _boot(path, board, is_sealed):
    """Let MicroPython mount a flash and start from it, until its reader is ready for a card."""
    async with Pretend(path, chip="rp2040", cause="1") as device:
        if board is None:
            await asyncio.wait_for(device._booted.wait(), READY_S)
            assert device.usb
        else:
            ready = await device.event("ready", timeout=READY_S)
            assert ready["board"] == board and device.usb is not is_sealed
    path.unlink()


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kind", KINDS)
async def test_an_update_cut_at_any_write_leaves_a_device_that_starts(tmp_path, capsys, kind):
    """Each cut is mounted and looked at, some are booted."""
    work, has_a_version, boards = KINDS[kind]
    before, journal = await _journal(tmp_path, work, has_a_version)
    limit = asyncio.Semaphore(AT_ONCE)

    async def start(path, board, is_sealed):
        try:
            await _boot(path, board, is_sealed)
        finally:
            limit.release()

    tasks, met, sealed = [], [], []
    for image, board in cuts(before, journal, SHARES):
        boot = _boot_py(image)
        assert boot in (None, seal.CONTENT), len(met)
        met.append(board)
        sealed.append(boot is not None)
        if len(met) % (SHARES * STRIDE) == 0:
            await limit.acquire()  # no more images than can be tried
            path = tmp_path / f"flash{len(met)}"
            path.write_bytes(image)
            tasks.append(asyncio.create_task(start(path, board, sealed[-1])))
    await asyncio.gather(*tasks)
    # Never back: what is new at one moment is new at all later ones.
    assert set(met) == boards and sum(a != b for a, b in zip(met, met[1:])) == 1
    assert sealed == sorted(sealed) and sealed[-1] is (work is _sealing)
    assert len(met) == SHARES * writes(journal) >= CUTS
    assert len(tasks) == writes(journal) // STRIDE
    with capsys.disabled():
        print(f" {kind}: {len(met)} power cuts, {len(tasks)} starts", end="")


def _boot_py(image):
    files = Flash(image, b"").files()
    if "boot.py" not in files.listdir("/"):
        return None
    with files.open("/boot.py", "rb") as file:
        return file.read()

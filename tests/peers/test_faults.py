"""With faults on, programs nobody here wrote may fail; the emulator goes on."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import sys
import time

import pytest

from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.faults import FAULTS, Faults
from pinlamp_tools.simulator.serial_chip import SerialChip

IN_CI = os.environ.get("CI") == "true"
NFC_LIST = shutil.which("nfc-list")
NAMES = [name for name, links, _ in FAULTS if "hsu" in links.split()]
OF_A_CARD = {"nad", "empty_part"}  # of its answers: these programs only look for it
STARTS_S = 30  # how long a peer may take on a busy machine until it meets a fault
PATIENCE_S = 2  # for a peer that a fault has left waiting


@pytest.fixture
async def desk():
    """A server with a card on it, its faults, and what the event loop complained of."""
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    faults = Faults()
    server = SerialChip(faults=faults)
    await server.start()
    server.field.put(cards.make("bank_app_lockout"))
    yield server, faults, complaints
    await server.stop()
    assert not complaints
    assert server.field.presented == 0


def clear(server, faults):
    """End a fault, and what a peer cannot do: pulse RSTPDN. A fresh card lies there."""
    faults.disarm()
    server.rstpdn(0)
    server.rstpdn(1)
    server.field.lift()
    server.field.put(cards.make("bank_app_lockout"))


async def said_by(process, struck):
    """Return what a peer says, or None if it had to be ended, some time after a fault `struck`."""
    until = time.monotonic() + STARTS_S
    while process.returncode is None and not struck() and time.monotonic() < until:
        await asyncio.sleep(0.05)
    try:
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    except asyncio.TimeoutError:
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            process.kill()
        await process.wait()
        return None
    return out.decode()


async def nfc_list(server, struck=lambda: False):
    """Run nfc-list; see `said_by`."""
    process = await asyncio.create_subprocess_exec(
        NFC_LIST, "-t", "8",
        env={**os.environ, "LIBNFC_DEVICE": f"pn532_uart:{server.path}:115200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    return await said_by(process, struck)


@pytest.mark.skipif(NFC_LIST is None and not IN_CI, reason="nfc-list: apt install libnfc-bin")
async def test_libnfc_meets_every_fault(desk):
    server, faults, _ = desk
    struck = set()
    for name in NAMES:
        for when in (None, lambda command: command[0] == 0x4A):
            before = faults.struck
            faults.arm(name, when=when)
            await nfc_list(server, lambda before=before: faults.struck > before)
            if faults.struck > before:
                struck.add(name)
            clear(server, faults)
    assert struck == set(NAMES) - OF_A_CARD
    assert "1 ISO14443B passive target(s) found" in (await nfc_list(server) or "")


@pytest.mark.skipif(
    importlib.util.find_spec("nfc") is None and not IN_CI, reason="nfcpy: pip install nfcpy"
)
async def test_nfcpy_meets_every_fault(desk):
    server, faults, _ = desk
    struck = set()
    for name in NAMES:
        before = faults.struck
        faults.arm(name, when=lambda command: command[0] in (0x02, 0x42))
        await _nfcpy(server.path, lambda before=before: faults.struck > before)
        if faults.struck > before:
            struck.add(name)
        clear(server, faults)
    assert struck == set(NAMES) - OF_A_CARD
    assert await _nfcpy(server.path) is True


async def _nfcpy(path, struck=lambda: False):
    """Look for a Type B card with nfcpy, in a process that can be ended; tell whether it saw one.

    See `said_by`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LOOK, path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return "found" in (await said_by(process, struck) or "")


LOOK = """
import sys, nfc.clf, nfc.clf.pn532, nfc.clf.transport
device = nfc.clf.pn532.init(nfc.clf.transport.TTY(sys.argv[1]))
if device.sense_ttb(nfc.clf.RemoteTarget("106B")) is not None:
    print("found")
device.close()
"""

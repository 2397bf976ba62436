"""A device on a line without a PN532: it says so, goes on trying, and takes up a late one."""

import asyncio
import os
import tty
from pathlib import Path

import pytest

from desk import Desk
from lamps import colour_name
from pinlamp_tools.emulator.card.cards import make
from pinlamp_tools.simulator.serial_chip import SerialChip

pytestmark = pytest.mark.usefixtures("micropython")

POLL_MS = 100  # as it is out of the box
LOST = {"v": 1, "type": "fault", "code": "reader_lost"}
CHILDREN = "*/children"
WATCHED_S = 4  # two rounds of trying, or more
NOISE = bytes(range(7, 256, 3)) + b"\x00\x00\xff\x03\xfd\xd5"


class Line:
    """A tty with something else than a PN532 at its far end."""

    def __init__(self, kind):
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path = os.ttyname(self._near)
        self.heard = 0
        loop = asyncio.get_running_loop()
        loop.add_reader(self._far, self._modem if kind == "modem" else self._nothing)
        self._noise = asyncio.create_task(self._make_noise()) if kind == "noise" else None

    def _nothing(self):
        got = os.read(self._far, 4096)
        self.heard += len(got)
        return got

    def _modem(self):
        got = self._nothing()
        os.write(self._far, got)  # the echo
        if b"\x00" in got:
            os.write(self._far, b"\r\nERROR\r\n" if len(got) > 20 else b"\r\nOK\r\n")

    async def _make_noise(self):
        while True:
            try:
                os.write(self._far, NOISE)
            except BlockingIOError:
                pass  # nobody has read for a while
            await asyncio.sleep(len(NOISE) * 10 / 115_200)

    def close(self):
        asyncio.get_running_loop().remove_reader(self._far)
        if self._noise:
            self._noise.cancel()
        os.close(self._far)
        os.close(self._near)


def _children():
    """Return the ids of this process's children."""
    return {
        int(pid)
        for path in Path("/proc/self/task").glob(CHILDREN)
        for pid in path.read_text().split()
    }


async def _started(desk, one_at_a_time):
    """Start the device on a desk, and return the id of its process."""
    async with one_at_a_time:
        before = _children()
        await desk.simulator.start()
        while not _children() - before:
            await asyncio.sleep(0.01)
        (pid,) = _children() - before
        return pid


def _cpu_s(pid):
    """Return the processor time of a process so far."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def _share(pid):
    before = _cpu_s(pid)
    await asyncio.sleep(WATCHED_S)
    return (_cpu_s(pid) - before) / WATCHED_S


@pytest.mark.skipif(
    not (Path("/proc/self/schedstat").exists() and any(Path("/proc/self/task").glob(CHILDREN))),
    reason="looks at /proc, as Linux has",
)
async def test_without_a_pn532_it_says_so_goes_on_trying_and_costs_no_more_than_idling():
    one_at_a_time = asyncio.Lock()

    async def idle():
        desk = Desk(poll_ms=POLL_MS)
        pid = await _started(desk, one_at_a_time)
        try:
            await desk.event("ready")
            return await _share(pid)
        finally:
            await desk.simulator.stop()

    async def lost(kind):
        line = Line(kind)
        desk = Desk(line.path, poll_ms=POLL_MS)
        pid = await _started(desk, one_at_a_time)
        try:
            assert await desk.event("fault") == LOST
            await desk.pixels(lambda rgb: colour_name(tuple(rgb[33:])).endswith("violet"))
            heard = line.heard
            share = await _share(pid)
            assert line.heard > heard + 100, f"{kind}: it goes on trying"
            assert desk.unread() == 0, f"{kind}: said once, and no crash"
            return share
        finally:
            await desk.simulator.stop()
            line.close()

    at_rest, *shares = await asyncio.gather(idle(), *map(lost, ("nothing", "noise", "modem")))
    assert at_rest < 0.05, "of one core"
    for share in shares:
        # The Unix port looks at the UART every millisecond while the driver waits; a board sleeps.
        assert share < 2 * at_rest


async def test_a_pn532_that_is_plugged_in_later_is_taken_up():
    server = SerialChip()
    await server.start()
    server.rstpdn(0)  # as good as not there
    server.field.put(make("sign_locked"))
    desk = Desk(server.path, poll_ms=POLL_MS)
    try:
        await desk.simulator.start()
        assert await desk.event("fault") == LOST
        await asyncio.sleep(1.5)
        server.rstpdn(1)
        await desk.event("ready")
        assert (await desk.event("result"))["keys"][0]["state"] == "locked"
        server.rstpdn(0)  # pulled out again, a card on it
        assert await desk.event("fault") == LOST
        server.rstpdn(1)
        await desk.event("ready")
        assert (await desk.event("result"))["keys"][0]["state"] == "locked"
    finally:
        await desk.simulator.stop()
        await server.stop()

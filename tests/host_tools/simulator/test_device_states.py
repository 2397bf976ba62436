"""What the device says of itself in light: reader lost, settings replaced, safe mode."""

import asyncio
import os
import pty
import tty
from functools import partial

import pytest

from desk import Desk
from film import alike
from pinlamp_tools.simulator import simulator
from places import TESTS

LAYOUTS = (12, 8, 5, 1)
OFF = ("off", 0, 1)

pytestmark = pytest.mark.usefixtures("micropython")


def _violet(flashes):
    return ("violet", flashes, flashes / 12)


async def _says(desk, layout, flashes):
    wanted = [OFF] * (layout - 1) + [_violet(flashes)]
    await desk.shows(lambda looks: alike(looks[:layout], wanted))


def _in_every_layout(scene):
    async def scenes():
        await asyncio.gather(*[scene(layout) for layout in LAYOUTS])

    asyncio.run(scenes())


def test_settings_that_were_replaced_are_named_and_shown_for_a_moment():
    async def scene(layout):
        desk = Desk(layout=layout, brightness="bright", colour="pink")
        await desk.simulator.start()
        try:
            await desk.event("ready")
            fields = {(await desk.event("fault"))["field"] for _ in range(2)}
            assert fields == {"brightness", "colour"}
            await _says(desk, layout, 5)
            await desk.shows(lambda looks: looks[layout - 1][0] == "white")
            kinds, findings = await desk.tap("sign_locked")
            assert findings["sign"]["state"] == "locked"
        finally:
            await desk.simulator.stop()

    _in_every_layout(scene)


def test_a_reader_that_is_not_there_is_said():
    async def scene(layout):
        master, slave = pty.openpty()
        tty.setraw(slave)
        desk = Desk(port=os.ttyname(slave), layout=layout)
        await desk.simulator.start()
        try:
            event = await desk.event("fault")
            assert event["code"] == "reader_lost"
            await _says(desk, layout, 4)
        finally:
            await desk.simulator.stop()
            os.close(master)
            os.close(slave)

    _in_every_layout(scene)


def test_three_crashes_in_a_row_start_the_safe_mode(monkeypatch):
    async def scene(layout):
        desk = Desk(layout=layout)
        await desk.simulator.start()
        try:
            event = await desk.event("fault")
            assert event["code"] == "safe_mode"
            await _says(desk, layout, 6)
        finally:
            await desk.simulator.stop()

    main = TESTS / "device" / "safe_main.py"
    monkeypatch.setattr(simulator, "Device", partial(simulator.Device, main=main))
    _in_every_layout(scene)


async def _crash_is_told_and_shown(desk):
    """The next event is a crash's, and the whole strip is violet until the restart."""
    assert (await desk.event("fault"))["code"] == "crash"
    end = asyncio.get_running_loop().time() + 5
    while not any(_all_violet(pixels) for _, pixels in desk.film):
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.05)
    desk.film.clear()


def _all_violet(pixels):
    return all(red == blue > 0 == green for red, green, blue in pixels)


def _crashing(monkeypatch, where, scene):
    async def run():
        desk = Desk()
        take = desk.simulator.on_line
        desk.simulator.on_line = lambda line: take(line) if line.startswith("{") else None
        ended = asyncio.Event()
        desk.simulator.on_exit = lambda status: ended.set()
        await desk.simulator.start()
        try:
            await scene(desk, ended)
        finally:
            await desk.simulator.stop()

    main = TESTS / "device" / "crash_main.py"
    monkeypatch.setenv("CRASH_AT", where)
    monkeypatch.setattr(simulator, "Device", partial(simulator.Device, main=main))
    asyncio.run(run())


def test_a_crash_is_shown_and_told_and_the_third_starts_the_safe_mode(monkeypatch):
    async def scene(desk, _):
        for _ in range(3):
            await _crash_is_told_and_shown(desk)
        assert (await desk.event("fault"))["code"] == "safe_mode"

    _crashing(monkeypatch, "serve", scene)


@pytest.mark.parametrize("where", ["import", "strip"])
def test_a_crash_before_there_are_lamps_is_shown_too_and_the_fourth_leaves_the_repl(
    monkeypatch, where
):
    async def scene(desk, ended):
        for _ in range(3):
            await _crash_is_told_and_shown(desk)
            assert not ended.is_set()
        await _crash_is_told_and_shown(desk)
        await asyncio.wait_for(ended.wait(), 10)  # no restart: main.py has ended

    _crashing(monkeypatch, where, scene)


def test_a_full_file_system_does_not_stop_the_restart(monkeypatch):
    async def scene(desk, ended):
        for _ in range(5):  # they cannot be counted
            await _crash_is_told_and_shown(desk)
        assert not ended.is_set()

    _crashing(monkeypatch, "full", scene)

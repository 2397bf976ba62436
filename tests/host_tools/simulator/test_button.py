"""What the button asks for while the lamps are tested: self-check, demo mode, settings reset."""

import asyncio
import json

import jsonschema
import pytest

from desk import TRIES, Desk
from places import ROOT

pytestmark = pytest.mark.usefixtures("micropython")

SCHEMA = json.loads((ROOT / "docs" / "events.schema.json").read_text("utf-8"))


async def _in_lamp_test(desk):
    """Start the device and return when the lamp test has begun."""
    lit = asyncio.Event()
    take = desk.simulator.on_pixels

    def on_pixels(pin, rgb):
        take(pin, rgb)
        if any(rgb):
            lit.set()

    desk.simulator.on_pixels = on_pixels
    await desk.simulator.start()
    await asyncio.wait_for(lit.wait(), 10)


async def _press(desk, seconds):
    desk.simulator.press(True)
    await asyncio.sleep(seconds)
    desk.simulator.press(False)


def test_a_short_press_is_the_self_check_and_then_all_is_as_ever():
    async def scene(last):
        desk = Desk()
        try:
            await _in_lamp_test(desk)
            await _press(desk, 0.1)
            found = {}
            lamps = []
            while "buzzer" not in found:
                event = await desk.event("check")
                jsonschema.validate(event, SCHEMA)
                found[event["check"]] = event
                if event["check"] == "lamp":
                    lamps.append((event["lamp"], event["keys"]))
            if not found["chip"]["ok"] and not last:
                return False  # on a busy machine the emulated chip may answer too late
            assert {name for name, event in found.items() if event["ok"]} == {
                *("version", "memory", "settings", "button"),
                *("chip", "type_b", "field_on", "field_off"),
            }
            assert found["chip"]["ic"] == 0x32 and found["chip"]["link"] == "hsu"
            assert found["chip"]["speed"] == 921600
            assert [index for index, _ in lamps] == list(range(12))
            assert lamps[0][1] == ["sign"] and lamps[11][1] == ["overall"]
            await desk.event("ready")
            _, findings = await desk.tap("sign_locked")
            assert findings["sign"]["state"] == "locked"
            assert desk.simulator.presented == 0
            return True
        finally:
            await desk.simulator.stop()

    assert any(asyncio.run(scene(last=number == TRIES)) for number in range(1, TRIES + 1))


def test_held_for_five_seconds_is_the_demo_mode_marked_by_a_running_light():
    async def scene():
        desk = Desk(events=True)
        lines = []
        take = desk.simulator.on_line
        desk.simulator.on_line = lambda line: (lines.append(line), take(line))
        try:
            await _in_lamp_test(desk)
            await _press(desk, 5.5)
            jsonschema.validate(await desk.event("demo"), SCHEMA)
            seen = len(desk.film)
            desk.simulator.tap("sign_locked")  # a card is not even looked at
            await asyncio.sleep(4)
            white = {
                lamp
                for _, pixels in desk.film[seen:]
                for lamp, (red, green, blue) in enumerate(pixels)
                if red and red == green == blue
            }
            assert white == set(range(12))
            assert not any('"card"' in line or '"result"' in line for line in lines)
            desk.simulator.lift()
            await _press(desk, 0.2)
            await desk.event("ready")
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())


def test_held_for_ten_seconds_forgets_the_settings_and_starts_again():
    async def scene():
        desk = Desk(brightness=40, profile="pocket")
        try:
            await _in_lamp_test(desk)
            desk.simulator.press(True)
            event = await desk.event("fault")
            assert event == {"v": 1, "type": "fault", "code": "settings", "field": "settings.json"}
            # Still down at the start that follows: a button held from the start asks for nothing.
            await desk.event("ready")
            desk.simulator.press(False)
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())


def test_who_holds_a_counter_s_button_gets_none_of_its_results():
    async def scene():
        desk = Desk(profile="counter", events=False, brightness=40)
        try:
            await _in_lamp_test(desk)
            desk.simulator.press(True)
            ready = await desk.event("ready")  # of the start behind it: before it there is none
            desk.simulator.press(False)
            assert (ready["results"], ready["counter"]) == (False, True)
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())


def test_a_button_that_is_stuck_from_the_start_asks_for_nothing():
    async def scene():
        desk = Desk()
        try:
            desk.simulator.press(True)
            await desk.simulator.start()
            desk.simulator.press(True)
            assert (await desk.event("ready"))["type"] == "ready"
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())

"""The whole path: a virtual card, a virtual PN532, the firmware in MicroPython, the lamps.

Every virtual card is held to a device of each layout. Kind and findings are compared with
truth.json, which was written by hand, and the lamps with what the design says of those states.
"""

import asyncio
import json
from pathlib import Path

import pytest

from desk import Desk, alike
from pinlamp_tools.emulator.cards import CARDS
from test_pinlamp_lamps import WORST_FIRST

TRUTH = json.loads((Path(__file__).parent / "truth.json").read_text("utf-8"))
LAMPS = {
    12: "sign auth juki text_pin visual_b text_b common visual_a text_a visual_birth licence",
    8: "sign auth juki+common text_pin visual_b text_b visual_a+text_a+visual_birth",
    5: "sign auth juki+common text_pin visual_b+text_b+visual_a+text_a+visual_birth",
    1: "",
}
# colour, how often it lights up in two seconds (0: it never goes out), share of the time it is on
LOOKS = {
    "ok": ("green", 0, 1),
    "unlimited": ("green", 0, 1),
    "used": ("amber", 1, 0.9),
    "last": ("amber", 2, 0.2),
    "locked": ("red", 1, 0.5),
    "by_design": ("blue", 1, 0.5),
    "not_issued": ("blue", 0, 1),
    "not_set": ("blue", 0, 1),
    "unknown": ("violet", 1, 0.083),
    "not_reported": ("violet", 1, 0.083),
    "absent": ("off", 0, 1),
}
TWO_FLASHES = ("violet", 2, 0.167)
THREE_FLASHES = ("violet", 3, 0.25)


def _expected(layout, states):
    """Return the looks of a layout's lamps for these states, straight from the design."""
    looks = []
    for group in LAMPS[layout].split():
        here = [states[key] for key in group.split("+") if key in states]
        looks.append(LOOKS[min(here, key=WORST_FIRST.index)] if here else LOOKS["absent"])
    if layout != 5:
        looks.append(LOOKS[min(states.values(), key=WORST_FIRST.index)])
    return looks + [LOOKS["absent"]] * (12 - len(looks))


def _agree(seen, expected):
    return all(alike(look, wanted) for look, wanted in zip(seen, expected, strict=True))


async def _all_cards(layout):
    licence = layout in (12, 1)
    desk = Desk(layout=layout, licence=licence)
    await desk.bench.start()
    seen = set()
    try:
        await desk.event("ready")
        for name, *_ in CARDS:
            truth = TRUTH[name]
            kinds, findings = await desk.tap(name)
            where = f"{name}, layout {layout}"
            assert set(kinds) == {truth["kind"]}, where
            if findings is None:
                assert not truth["keys"]
                notice = TWO_FLASHES if truth["kind"] == "several" else THREE_FLASHES
                expected = [LOOKS["absent"]] * 12
                expected[layout - 1] = notice
                tones = 2
            else:
                keys = dict(truth["keys"])
                if not licence:
                    keys.pop("licence", None)
                elif len(keys) > 2:  # a phone has no licence applet and is not asked for one
                    keys.setdefault("licence", {"state": "absent", "left": None, "max": 10})
                assert findings == keys, where
                states = {key: found["state"] for key, found in keys.items()}
                seen.update(states.values())
                expected = _expected(layout, states)
                tones = 1
            looks = await desk.looks()
            assert _agree(looks, expected), (where, looks, expected)
            assert desk.tones == tones, where
            await desk.lift()
        assert desk.bench.presented == 0
    finally:
        await desk.bench.stop()
    return seen


@pytest.mark.usefixtures("micropython")
def test_every_virtual_card_in_every_layout():
    async def scene():
        return await asyncio.gather(*[_all_cards(layout) for layout in LAMPS])

    seen = asyncio.run(scene())
    # `unknown` needs a card that is pulled, or a word that has no meaning: below.
    assert seen[0] == set(WORST_FIRST) - {"unknown"}


@pytest.mark.usefixtures("micropython")
def test_a_card_pulled_half_way_and_the_next_one():
    async def scene():
        desk = Desk(layout=12)
        await desk.bench.start()
        try:
            await desk.event("ready")
            desk.bench.tap("fresh")
            desk.bench.pull()
            result = await desk.event("result")
            assert result["complete"] is False
            states = {key["id"]: key["state"] for key in result["keys"]}
            assert len(states) == 10 and set(states.values()) <= {"ok", "unknown"}
            assert "unknown" in states.values()
            await desk.event("removed")
            looks = await desk.looks()
            for index, key in enumerate(LAMPS[12].split()[:10]):
                assert alike(looks[index], LOOKS[states[key]]), (key, looks[index])
            assert looks[11][0] == "violet"
            loop = asyncio.get_running_loop()
            before = loop.time()
            kinds, findings = await desk.tap("bank_app_lockout")
            # a second, plus the frame waiting time of the card before (0.31 s)
            assert loop.time() - before < 1.5
            assert findings == TRUTH["bank_app_lockout"]["keys"]
            assert desk.bench.presented == 0
        finally:
            await desk.bench.stop()

    asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
def test_after_lifting_the_result_stays_until_the_button_or_the_next_card():
    async def scene():
        desk = Desk(layout=8)
        await desk.bench.start()
        try:
            await desk.event("ready")
            await desk.tap("sign_locked")
            await desk.lift()
            assert (await desk.looks())[0][0] == "red"
            desk.bench.press(True)
            await asyncio.sleep(0.2)
            desk.bench.press(False)
            looks = await desk.looks()
            assert [look[0] for look in looks[:7]] == ["off"] * 7
            assert looks[7][0] == "white"  # ready: it breathes
        finally:
            await desk.bench.stop()

    asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
def test_the_counter_profile_darkens_after_three_seconds_without_a_sound():
    async def scene():
        desk = Desk(layout=8, profile="counter")
        await desk.bench.start()
        try:
            await desk.event("ready")
            await desk.tap("fresh")
            await desk.lift()
            assert (await desk.looks())[0][0] == "green"
            await asyncio.sleep(2)
            assert (await desk.looks())[0][0] == "off"
            assert desk.tones == 0
        finally:
            await desk.bench.stop()

    asyncio.run(scene())

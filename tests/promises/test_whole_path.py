"""The whole path: a virtual card, a virtual PN532, the firmware in MicroPython, the lamps.

Every virtual card is held to a device of each layout. Kind and findings are compared with
truth/cards.json, which was written by hand, and the lamps with truth/looks.json.
"""

import asyncio

import pytest

from desk import Desk
from film import LOOKS, alike, of_card
from oracle import ASKED, LAYOUTS, lamps, worst
from oracle import CARDS as TRUTH


async def _all_cards(layout):
    licence = layout in (12, 1)
    desk = Desk(layout=layout, licence=licence)
    await desk.simulator.start()
    try:
        await desk.event("ready")
        for name in TRUTH:
            truth = TRUTH[name]
            wanted = of_card(truth, layout, licence)
            kinds, findings = await desk.tap(name)
            where = f"{name}, layout {layout}"
            assert (set(kinds), findings) == ({truth["kind"]}, wanted.keys), where
            # Before the film: a busy machine may take the card for gone, and read it once more.
            assert await desk.heard() == wanted.tones, where
            await desk.shows(lambda looks, wanted=wanted: alike(looks, wanted.looks))
            await desk.lift()
        assert desk.simulator.presented == 0
    finally:
        await desk.simulator.stop()


@pytest.mark.long  # test_whole_cards has it on a virtual clock
@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_virtual_card_in_real_time(layout):
    asyncio.run(_all_cards(layout))


@pytest.mark.usefixtures("micropython")
def test_a_card_pulled_half_way_and_the_next_one():
    async def scene():
        desk = Desk(layout=12)
        await desk.simulator.start()
        try:
            await desk.event("ready")
            desk.simulator.tap("fresh")
            desk.simulator.pull()
            result = await desk.event("result")
            assert result["complete"] is False
            states = {key["id"]: key["state"] for key in result["keys"]}
            assert sorted(states) == sorted(ASKED)
            assert set(states.values()) <= {"ok", "unknown"}
            assert "unknown" in states.values()
            await desk.event("removed")
            shown = [[states[key] for key in keys] for keys in lamps(12)[:10]]
            wanted = [LOOKS[worst(lamp)] for lamp in shown]
            await desk.shows(lambda looks: alike(looks[:10], wanted) and looks[11][0] == "violet")
            kinds, findings = await desk.tap("bank_app_lockout")
            assert findings == TRUTH["bank_app_lockout"]["keys"]
            assert desk.simulator.presented == 0
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
def test_after_lifting_the_result_stays_until_the_button_or_the_next_card():
    async def scene():
        desk = Desk(layout=8)
        await desk.simulator.start()
        try:
            await desk.event("ready")
            await desk.tap("sign_locked")
            await desk.lift()
            await desk.shows(lambda looks: looks[0][0] == "red")
            desk.simulator.press(True)
            await asyncio.sleep(0.2)
            desk.simulator.press(False)
            ready = ["off"] * 7 + ["white"]  # it breathes
            await desk.shows(lambda looks: [look[0] for look in looks[:8]] == ready)
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())


@pytest.mark.usefixtures("micropython")
def test_the_counter_profile_darkens_after_three_seconds_without_a_sound():
    async def scene():
        desk = Desk(layout=8, profile="counter")
        await desk.simulator.start()
        try:
            await desk.event("ready")
            await desk.tap("fresh")
            await desk.lift()
            await desk.shows(lambda looks: looks[0][0] == "green")
            await desk.shows(lambda looks: looks[0][0] == "off")
            assert desk.tones == 0
        finally:
            await desk.simulator.stop()

    asyncio.run(scene())

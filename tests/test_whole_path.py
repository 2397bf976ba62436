"""The whole path: a virtual card, a virtual PN532, the firmware in MicroPython, the lamps.

Every virtual card is held to a device of each layout. Kind and findings are compared with
truth.json, which was written by hand, and the lamps with what the design says of those states.
"""

import asyncio
import json
from pathlib import Path

import pytest

from pinlamp_tools import house
from pinlamp_tools.bench import Bench
from pinlamp_tools.emulator.cards import CARDS
from test_pinlamp_lamps import WORST_FIRST, colour_name

TRUTH = json.loads((Path(__file__).parent / "truth.json").read_text("utf-8"))
ASKED = ("my_number_card", "phone_android", "phone_ios")
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


class Desk:
    """A bench with a film of its lamps."""

    def __init__(self, **settings):
        """`settings` go into settings.json."""
        board = json.loads((house.BOARDS / "esp32_devkitc" / "board.json").read_text("utf-8"))
        self.bench = Bench(board, dict(settings, events=True, poll_ms=20))
        self.lines = asyncio.Queue()
        self.bench.on_line = self.lines.put_nowait
        self.bench.on_pixels = self._on_pixels
        self.tones = 0
        self.bench.on_tone = self._on_tone
        self._film = []

    def _on_pixels(self, pin, rgb):
        pixels = [tuple(rgb[i : i + 3]) for i in range(0, len(rgb), 3)]
        self._film.append((asyncio.get_running_loop().time(), pixels))

    def _on_tone(self, hz):
        self.tones += bool(hz)

    async def event(self, *kinds):
        """Return the next event of one of these types."""
        while True:
            event = json.loads(await asyncio.wait_for(self.lines.get(), 30))
            if event["type"] in kinds:
                return event

    async def tap(self, name):
        """Hold a card to the device; return (kinds seen, its findings or None)."""
        self.tones = 0
        self.bench.tap(name)
        kinds = []
        while True:
            event = await self.event("card", "result")
            if event["type"] == "result":
                assert event["complete"] is True
                return kinds, {key.pop("id"): key for key in event["keys"]}
            kinds.append(event["kind"])
            if event["kind"] not in ASKED:
                return kinds, None

    async def lift(self):
        """Take the card away and wait until the device has seen it."""
        self.bench.lift()
        await self.event("removed")

    async def looks(self):
        """Watch one cycle; return (colour, times it lights up, share of time on) of each pixel."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0.15)  # what was under way when the card was read is over
        start = loop.time()
        await asyncio.sleep(2)
        before = [frame for frame in self._film if frame[0] <= start][-1][1]
        frames = [(start, before), *[frame for frame in self._film if frame[0] > start]]
        ends = [at for at, _ in frames[1:]] + [loop.time()]
        looks = []
        for index in range(len(before)):
            colours, on, rises, was = set(), 0, 0, frames[0][1][index]
            for (at, pixels), end in zip(frames, ends, strict=True):
                rgb = pixels[index]
                if rgb != (0, 0, 0):
                    colours.add(colour_name(rgb).split()[-1])
                    on += end - at
                    rises += was == (0, 0, 0)
                was = rgb
            looks.append((colours.pop() if len(colours) == 1 else "off", rises, on / 2))
            assert not colours
        return looks


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
    return all(
        look[0] == wanted[0] and (look[0] == "off" or _alike(look, wanted))
        for look, wanted in zip(seen, expected, strict=True)
    )


def _alike(look, wanted):
    # A film that begins in a flash sees it end and come again: one rise more or less.
    return abs(look[1] - wanted[1]) <= (wanted[1] > 0) and abs(look[2] - wanted[2]) < 0.06


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
                assert _alike(looks[index], LOOKS[states[key]]), (key, looks[index])
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

"""The story that Pinlamp exists for, step by step, to its end: unlocked, and red is gone.

Somebody's bank app says that the card is locked. The shop's terminal does not help, マイナポータル
still works, and the counter says twice that nothing is locked. docs/story.md has the pictures.
"""

import asyncio

import pytest

from desk import Desk
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.plan import plan
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance, index, phrases
from pinlamp_tools.show.again import UNLOCKED, WAITING, Again
from pinlamp_tools.show.clock import Clock
from pinlamp_tools.show.names import Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import numbers
from webpage import needs_chromium, tap

BEFORE, AFTER = "bank_app_lockout", "fresh"  # the same card, before and after the third visit
KEY = "visual_b"

# What was said at each place -> the keys that the answer names first.
SAID = {
    "券面確認APがブロックされています": ["visual_b"],  # the bank's app
    "コンビニで暗証番号を初期化したのにまだロック": ["visual_b", "text_b"],  # the shop
    "マイナポータルには入れる": ["visual_b", "text_b"],  # at home
    "特にロックされてないですね": ["visual_b", "text_b"],  # the first counter, and the second
    "券面情報入力用暗証番号": ["text_pin"],  # the third counter
}


@pytest.mark.parametrize("said", SAID)
def test_what_was_said_leads_to_the_number(said):
    topic = explain(phrases(), index(), said)[0]
    assert topic["keys"][: len(SAID[said])] == SAID[said]
    assert "カードを読" in topic["ja"]["tell"] + topic["ja"]["go"]


class Screen:
    """What a screen knows: it follows the device's events, and a person may press."""

    def __init__(self):
        self.reading = Reading()
        self.again = Again(Clock)

    def take(self, event):
        news = self.reading.news(event)
        if news is not None:
            self.reading.take(news)
        self.again.follow(event, self.reading)


async def _until(desk, screen, kind):
    """Let the screen follow the device up to an event of this kind."""
    while True:
        event = await desk.event("ready", "card", "key", "result", "removed")
        screen.take(event)
        if event["type"] == kind:
            return


async def _lamp(desk, key):
    """Return the colour that a key's lamp has for a whole cycle, once it was read."""
    colours = []

    def told(looks):
        colours.append(looks[numbers(12)[key] - 1][0])
        return colours[-1] not in ("white", "off", "mixed")

    await desk.shows(told)
    return colours[-1]


async def _play(card=BEFORE, key=KEY):
    desk, screen = Desk(), Screen()
    await desk.simulator.start()
    try:
        await _until(desk, screen, "ready")
        desk.simulator.tap(card)
        await _until(desk, screen, "result")
        before = screen.reading.result()
        lamp_before = await _lamp(desk, key)
        desk.simulator.lift()
        await _until(desk, screen, "removed")
        screen.again.ask(screen.reading)  # the person presses 「同じカードを読み直す」
        asked = screen.again.said(screen.reading)
        desk.simulator.tap(AFTER)
        await _until(desk, screen, "result")
        lamp_after = await _lamp(desk, key)
        said = screen.again.said(screen.reading)
        return before, lamp_before, asked, screen.reading.result(), lamp_after, said
    finally:
        await desk.simulator.stop()


def test_from_locked_to_unlocked(micropython):
    before, lamp_before, asked, after, lamp_after, said = asyncio.run(_play())
    data = guidance("ja")

    # One tap settles it: 照合番号B is red, and the four that the counter saw are not.
    assert lamp_before == "red"
    states = {finding["id"]: finding["state"] for finding in before[1]}
    assert [key for key in states if states[key] == "locked"] == ["visual_b"]

    # `guide`: which words, which desk, which paper.
    told = advise(data, *before)[0]
    assert told["say"][0].startswith("照合番号Bのロック解除をお願いします。")
    assert "住民票のある市区町村の窓口" in told["who"][0]
    assert "本人確認書類" in told["bring"][0]
    assert "④も確認してもらって" in told["screen"][0]  # what the third counter did

    # Before you go: the office, in one visit.
    way = plan(data, *before, {"changed": False, "valid": True})
    assert way["place"] == "office" and "その日の1回で" in str(way["rows"])

    # The slip: one part is handed over, the other stays with the holder.
    clerk, holder = slip(data, *before, "2026-11-26", numbers(12))
    assert clerk["items"][0]["name"] == "照合番号B(券面事項確認AP)"
    assert "□" + clerk["boxes"][1] == "□再読み取りで赤から緑に変わった(読み取り機がある場合)"
    assert data["again"] in str(holder["rows"])

    # The re-tap: unlocked, red is gone.
    assert asked == WAITING and said == UNLOCKED
    assert Names("ja").again(said) == "同じカードであれば、解除されています"
    assert lamp_after == "green"
    assert [told["state"] for told in advise(data, *after)] == ["ok"]
    assert plan(data, *after, {}) is None


# What a person without any idea of the cause says -> the card, the locked PIN, its name on the
# slip, and where the way leads if the other PIN is known, nothing changed, all is valid.
OTHERS = [
    (
        "身に覚えがないのに4桁の暗証番号がロックされた",
        "auth_locked",
        "auth",
        "利用者証明用電子証明書の暗証番号",
        "kiosk",
    ),
    (
        "署名用パスワードがロックされた",
        "sign_locked",
        "sign",
        "署名用電子証明書の暗証番号",
        "kiosk",
    ),
    (
        "券面事項入力補助用の暗証番号がロックされた",
        "text_pin_locked",
        "text_pin",
        "券面事項入力補助用の暗証番号",
        "office",
    ),
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other[1])
def test_every_other_pin_ends_there_too(micropython, other):
    said, card, key, name, place = other
    topics = explain(phrases(), index(), said)
    assert any(key in topic["keys"] or "カードを読" in topic["ja"]["tell"] for topic in topics)
    before, lamp_before, asked, after, lamp_after, told = asyncio.run(_play(card, key))
    data = guidance("ja")
    assert lamp_before == "red"
    way = plan(data, *before, {"other": True, "changed": False, "valid": True})
    assert way["place"] == place
    clerk, holder = slip(data, *before, "2026-11-26", numbers(12))
    assert [item["name"] for item in clerk["items"]] == [name]
    assert data["again"] in str(holder["rows"])
    assert asked == WAITING and told == UNLOCKED
    assert lamp_after == "green"
    assert [one["state"] for one in advise(data, *after)] == ["ok"]


def test_a_counter_s_device_is_never_asked_to_compare(micropython):
    async def play():
        desk, screen = Desk(profile="counter"), Screen()
        await desk.simulator.start()
        try:
            await _until(desk, screen, "ready")
            desk.simulator.tap(BEFORE)
            await _until(desk, screen, "result")
            desk.simulator.lift()
            await _until(desk, screen, "removed")
            screen.again.ask(screen.reading)
            return screen.again.said(screen.reading)
        finally:
            await desk.simulator.stop()

    assert asyncio.run(play()) is None


@needs_chromium
@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
def test_on_the_page(opened, locale):
    page = opened(locale)
    ja = locale == "ja-JP"
    page.fill("#said", "券面確認APがブロックされています")
    page.press("#said", "Enter")
    assert "照合番号B" in page.inner_text("#topics")
    assert page.is_hidden("#again") and page.is_hidden("#plan")

    tap(page, BEFORE)
    assert page.locator("#slip .item h4").inner_text().startswith("照合番号B(券面事項確認AP)")
    page.click("#plan summary")
    page.check("#questions [name=changed][value=no]")
    assert page.inner_text("#way") == ""  # one question is open
    page.check("#questions [name=valid][value=yes]")
    assert ("その日の1回" if ja else "One visit, today") in page.inner_text("#way")

    assert page.inner_text("#compared") == ""
    page.click("#again")
    waiting = page.inner_text("#compared")
    assert ("同じカードを" if ja else "the same card") in waiting
    page.click(f"[data-card={AFTER}]")
    said = (
        "同じカードであれば、解除されています" if ja else "If it is the same card, it is unlocked"
    )
    page.wait_for_function(
        "(said) => document.getElementById('compared').textContent === said", arg=said
    )
    assert page.is_hidden("#again")
    assert page.locator("[data-state=locked]").count() == 0

    # The next card is another person's: nothing is said of the one before.
    page.click(f"[data-card={BEFORE}]")
    page.wait_for_selector("[data-key=visual_b][data-state=locked]")
    assert page.inner_text("#compared") == ""

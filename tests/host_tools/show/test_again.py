"""The re-tap: what a comparison says, and when there is none. The test moves the clock."""

import pytest

from pinlamp_tools.show import again as module
from pinlamp_tools.show.again import PARTLY, STILL, UNCLEAR, UNLOCKED, WAITING, Again
from pinlamp_tools.show.heard import heard
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.reading import Reading

READY = {"v": 1, "type": "ready", "board": "esp32_devkitc", "version": "0.1.0", "results": True}
REMOVED = {"v": 1, "type": "removed"}
LOCK = {"visual_b": "locked"}


class Clock:
    """A clock that stands still until the test moves it."""

    now = 0

    def ticks_ms(self):
        return self.now

    def ticks_diff(self, end, start):
        return end - start


class Desk:
    """A screen: it follows a device, and its person may press."""

    def __init__(self, ready=READY):
        self.clock = Clock()
        self.reading = Reading()
        self.again = Again(self.clock)
        self.hear(ready)

    def hear(self, event):
        event = heard(event)
        news = self.reading.news(event)
        if news is not None:
            self.reading.take(news)
        self.again.follow(event, self.reading)

    def tap(self, states=None, kind="my_number_card", complete=True, lift=True):
        """Hold a card to it: its keys are "ok" but for `states`."""
        keys = {"sign": "ok", "auth": "ok", "visual_b": "ok", **(states or {})}
        if kind.startswith("phone_"):
            keys.pop("visual_b")
        found = [
            {"id": key, "state": state, "left": None, "max": None} for key, state in keys.items()
        ]
        self.hear({"v": 1, "type": "card", "kind": kind})
        if kind in ("my_number_card", "phone_ios"):
            for one in found:
                self.hear({"v": 1, "type": "key", **one})
            self.hear({"v": 1, "type": "result", "complete": complete, "ms": 9, "keys": found})
        if lift:
            self.hear(REMOVED)

    def press(self):
        self.again.ask(self.reading)

    def said(self):
        return self.again.said(self.reading)


@pytest.fixture
def desk():
    return Desk()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (LOCK, {}, UNLOCKED),
        (LOCK, {"visual_b": "used"}, UNLOCKED),
        (LOCK, LOCK, STILL),
        (LOCK, {"sign": "locked"}, PARTLY),
        ({**LOCK, "sign": "locked"}, LOCK, PARTLY),
        ({**LOCK, "sign": "locked"}, {**LOCK, "sign": "locked"}, STILL),
        (LOCK, {"visual_b": "unknown"}, UNCLEAR),
        (LOCK, {"visual_b": "not_reported"}, UNCLEAR),
        (LOCK, {"visual_b": "absent"}, UNCLEAR),
    ],
)
def test_after_the_press_the_next_reading_is_compared(desk, before, after, said):
    desk.tap(before)
    assert desk.said() is None
    desk.press()
    assert desk.said() == WAITING
    desk.tap(after)
    assert desk.said() == said


def test_without_the_press_nothing_is_compared(desk):
    desk.tap(LOCK)
    desk.tap()
    assert desk.said() is None
    desk.press()  # nothing is locked here: there is nothing to compare with
    assert desk.said() is None


@pytest.mark.parametrize("states", [{}, {"visual_b": "by_design"}, {"visual_b": "unknown"}])
def test_only_a_lock_can_be_asked_about(desk, states):
    desk.tap(states)
    assert not desk.again.may_ask(desk.reading)
    desk.press()
    assert desk.said() is None


def test_a_reading_that_broke_off_is_no_reading_before(desk):
    desk.tap(LOCK, complete=False)
    desk.press()
    assert desk.said() is None


@pytest.mark.parametrize(
    "other", ["phone_ios", "other_b", "other_a", "other_f", "several", "newer", "juki_card"]
)
def test_another_kind_of_card_ends_it(desk, other):
    desk.tap(LOCK)
    desk.press()
    desk.tap(kind=other)
    assert desk.said() is None
    desk.tap()
    assert desk.said() is None


def test_a_kind_that_nobody_knows_ends_it(desk):
    desk.tap(LOCK)
    desk.press()
    desk.hear({"v": 1, "type": "card", "kind": "dragon"})
    desk.tap()
    assert desk.said() is None


def test_after_two_minutes_it_is_over(desk):
    desk.tap(LOCK)
    desk.press()
    desk.clock.now += 119_999
    assert desk.said() == WAITING
    desk.clock.now += 1
    assert desk.said() is None
    desk.tap()
    assert desk.said() is None


def test_what_it_says_goes_after_two_minutes_too(desk):
    desk.tap(LOCK)
    desk.press()
    desk.clock.now += 100_000
    desk.tap(lift=False)
    desk.clock.now += 119_999
    assert desk.said() == UNLOCKED
    desk.clock.now += 1
    assert desk.said() is None


@pytest.mark.parametrize("lost", ["nothing", "card", "card and keys"])
def test_a_tap_that_nobody_asked_for_ends_it(desk, lost):
    """Even if its first lines get lost on the cable."""
    desk.tap(LOCK)
    desk.press()
    desk.tap()
    assert desk.said() == UNLOCKED
    key = {"id": "sign", "state": "ok", "left": 5, "max": 5}
    if lost == "nothing":
        desk.hear({"v": 1, "type": "card", "kind": "my_number_card"})
        assert desk.said() is None
    if lost != "card and keys":
        desk.hear({"v": 1, "type": "key", **key})
        assert desk.said() is None
    keys = [{**key, "id": one} for one in ("sign", "auth", "visual_b")]
    desk.hear({"v": 1, "type": "result", "complete": True, "ms": 9, "keys": keys})
    assert desk.said() is None


def test_a_card_that_was_lifted_too_soon_may_be_laid_down_again(desk):
    desk.tap(LOCK)
    desk.press()
    desk.tap(complete=False)
    assert desk.said() == WAITING
    desk.tap()
    assert desk.said() == UNLOCKED


def test_a_device_that_starts_anew_ends_it(desk):
    desk.tap(LOCK)
    desk.press()
    desk.hear(READY)
    desk.tap()
    assert desk.said() is None


def test_clearing_the_screen_ends_it(desk):
    desk.tap(LOCK)
    desk.press()
    desk.again.drop()
    desk.tap()
    assert desk.said() is None


@pytest.mark.parametrize("told", [{"counter": True}, {"results": False}])
@pytest.mark.parametrize("kind", ["ready", "alive"])
def test_it_never_exists_in_profile_counter(told, kind):
    event = {**READY, "type": kind, **told}
    desk = Desk(event)
    desk.tap(LOCK)
    assert not desk.again.may_ask(desk.reading)
    desk.press()
    desk.tap()
    assert desk.said() is None
    # One that turns out to be a counter's after the press
    desk = Desk()
    desk.tap(LOCK)
    desk.press()
    desk.hear(event)
    desk.tap()
    assert desk.said() is None


def test_it_waits_until_the_device_has_said_that_it_is_no_counter_s():
    desk = Desk(REMOVED)
    desk.tap(LOCK)
    assert not desk.again.may_ask(desk.reading)
    desk.hear({"v": 1, "type": "alive", "results": True})
    assert desk.again.may_ask(desk.reading)


def test_what_is_kept_names_nobody_and_no_number(desk):
    desk.tap(LOCK)
    desk.press()
    kept = {name: value for name, value in vars(desk.again).items() if name != "_clock"}
    assert kept == {
        "_may": True,
        "_kind": "my_number_card",
        "_locked": ("visual_b",),
        "_said": WAITING,
        "_since": 0,
    }


def test_the_words_say_if():
    assert Names("ja").again(UNLOCKED) == "同じカードであれば、解除されています"
    assert Names("ja").again("ask") == "同じカードを読み直す"
    for lang in LANGUAGES:
        for said in (UNLOCKED, PARTLY, STILL):
            words = Names(lang).again(said)
            assert words.startswith(
                "同じカードであれば" if lang == "ja" else "If it is the same card"
            )
        assert Names(lang).again(WAITING) and Names(lang).again(UNCLEAR)
    assert module.KEPT_MS == 120_000

"""The page is first for whom it is used: a device before the simulator, the result before all."""

import pytest

from oracle import ASKED
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show.names import Names
from webpage import ROOT, needs_chromium, tap

pytestmark = needs_chromium

LOADED = "() => document.body.classList.contains('ready')"
SERIAL = (ROOT / "tests" / "web_serial.js").read_text("utf-8")
PHONE = {"width": 375, "height": 667}
LOCALES = {"ja": "ja-JP", "en": "en-US"}
VIRTUAL = {"ja": "仮想のカード", "en": "virtual card"}


def _top(page, selector):
    return page.evaluate(
        "(s) => document.querySelector(s).getBoundingClientRect().top + scrollY", selector
    )


def _bottom_of_text(page, text):
    """Return where the first element that says `text` ends, from the page's top, or None."""
    return page.evaluate(
        """(text) => {
        const bare = (said) => said.replace(/\\s/g, "");
        const says = (one) => bare(one.textContent).includes(bare(text));
        const first = [...document.querySelectorAll("#result *")].find((one) =>
          !one.closest("details:not([open])") && says(one) && ![...one.children].some(says));
        return first ? first.getBoundingClientRect().bottom + scrollY : null; }""",
        text,
    )


def _first_screen(page, lang, locked):
    """Assert that a phone's first screen says how it is, which key, where to go, and print."""
    data = guidance(lang)
    findings = [
        {"id": key, "state": "locked" if key in locked else "ok", "note": None} for key in ASKED
    ]
    told = advise(data, "my_number_card", findings, True)
    texts = [Names(lang).overall("locked")]
    texts += [data["short"][key] for key in locked]
    texts += [
        line for one in told for line in one.get("who", ()) if set(one["keys"]) & set(locked)
    ]
    for text in texts:
        bottom = _bottom_of_text(page, text)
        assert bottom is not None and bottom <= PHONE["height"], (text, bottom)
    box = page.locator("#print-slip").bounding_box()
    assert box["y"] + box["height"] + page.evaluate("() => scrollY") <= PHONE["height"]
    assert page.is_enabled("#print-slip")
    assert page.locator("#result details[open]").count() == 0  # the rest folds
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_connecting_a_device_comes_first_and_the_simulator_after_it(opened, lang):
    for width in (375, 1100):
        page = opened(LOCALES[lang], width=width)
        assert _top(page, "#watch") < _top(page, "#result") <= _top(page, "#try")
        assert page.locator("section").first.get_attribute("id") == "watch"
        box = page.locator("#connect").bounding_box()
        assert box["y"] + box["height"] < 400


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_one_lock_on_a_phone_s_first_screen(opened, lang):
    page = opened(LOCALES[lang], width=PHONE["width"])
    page.set_viewport_size(PHONE)
    tap(page, "text_pin_locked")
    _first_screen(page, lang, ["text_pin"])


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    "locked", [["sign", "text_pin", "visual_b"], ["sign", "auth", "visual_b"], ["visual_b"]]
)
def test_locks_that_a_device_reads_on_a_phone_s_first_screen(opened, lang, locked):
    page = opened(LOCALES[lang], width=PHONE["width"], script=SERIAL, ready=LOADED)
    page.set_viewport_size(PHONE)
    page.click("#connect")
    page.wait_for_function("() => /Connected|つながって/.test(document.body.innerText)")
    keys = [
        {"id": key, "state": "locked" if key in locked else "ok", "left": None, "max": 3}
        for key in ASKED
    ]
    events = [
        {"type": "card", "kind": "my_number_card"},
        {"type": "result", "complete": True, "ms": 4, "keys": keys},
    ]
    page.evaluate("(events) => ports.at(-1).tell(...events)", events)
    page.wait_for_selector("#advice .advice")
    _first_screen(page, lang, locked)
    assert VIRTUAL[lang] not in page.inner_text("#slip")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_slip_of_a_virtual_card_says_so_on_paper(opened, lang):
    page = opened(LOCALES[lang])
    tap(page, "sign_locked")
    page.emulate_media(media="print")
    warning = page.locator("#slip .warning")
    assert warning.is_visible() and VIRTUAL[lang] in warning.inner_text()
    assert page.inner_text("#slip").index(warning.inner_text()) == 0


@pytest.mark.parametrize("width", [375, 1100])
def test_every_card_can_be_reached(opened, width):
    page = opened(width=width)
    cards = page.locator("#cards button")
    assert cards.count() == len(CARDS)
    # Nothing scrolls but the page itself, and nothing lies over a card.
    reached = page.evaluate(
        """() => [...document.querySelectorAll("#cards button")].filter((card) => {
        card.scrollIntoView({ block: "end", behavior: "instant" });
        const { left, top, width, height } = card.getBoundingClientRect();
        const seen = document.elementFromPoint(left + width / 2, top + height / 2);
        return card.contains(seen) && left >= 0 && left + width <= innerWidth; }).length"""
    )
    assert reached == len(CARDS)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_overall_lamp_has_a_row(opened, lang):
    page = opened(LOCALES[lang])
    row = page.locator("#overall tr")
    assert row.locator(".number").inner_text() == "12"
    tap(page, "sign_locked")
    assert row.get_attribute("data-state") == "locked"
    names = Names(lang)
    assert names.key("overall") in row.inner_text()
    assert names.overall("locked") in row.inner_text()
    tap(page, "fresh")
    page.wait_for_selector("#overall tr[data-state=ok]")
    assert names.overall("ok") in row.inner_text()

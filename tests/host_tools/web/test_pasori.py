"""A PaSoRi on the page: each card in its own truth, each state in words."""

import json

import pytest

import web_pasori
from film import of_card
from oracle import CARDS as TRUTH
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.show.names import Names
from pinlamp_tools.web import build
from places import TESTS
from web_pasori import ask, begun, plug, until
from webpage import LOADED, READY, colours, needs_chromium, serious, tap

pytestmark = needs_chromium

KINDS = ("rcs300", "rcs380")
SOME = ["bank_app_lockout", "face_auth", "phone_ios", "two_cards", "swapped", "transit"]
OTHERS = [card.name for card in CARDS if card.name not in SOME]
# It activates a card by itself and says nothing of a second one, so nothing is said of either.
CANNOT_TELL = {("rcs300", "two_cards")}
TEXTS = json.loads((build._HERE / "site" / "texts.json").read_text("utf-8"))
OVER = "e.type === 'result' || (e.type === 'card' && !/my_number|phone/.test(e.kind))"
SEEN = """async () => {
  const seen = [...document.querySelectorAll(".lamp")].map(() => new Set());
  await new Promise((resolve) => setTimeout(resolve, 150));
  const end = performance.now() + 2150;
  while (performance.now() < end) {
    document.querySelectorAll(".lamp").forEach((lamp, i) => seen[i].add(lamp.dataset.drive));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return seen.map((one) => [...one]); }"""
SYSTEMS = {
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130",
    "linux": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130",
    "mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130",
    "android": "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile",
    "chromeos": "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/130",
}


def _says(page, name, lang="ja"):
    page.wait_for_function(
        "(said) => document.getElementById('usb-state').textContent === said",
        arg=TEXTS[lang][name] if name else "",
    )


def _lifted(page):
    ask(page, "lift")
    until(page, "e.type === 'removed'")


def _read(page, name):
    """Lay a card down; return its events from the last `card` on, once it has been read."""
    for _ in range(3):
        ask(page, "tap", name)
        told = until(page, OVER)
        if told[-1].get("complete", True):
            break
        _lifted(page)  # on a busy machine a card may be slow: it is laid down again
    begins = max(i for i, event in enumerate(told) if event["type"] == "card")
    return told[begins:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [SOME, pytest.param(OTHERS, marks=pytest.mark.long)])
def test_every_card_ends_in_its_own_truth(opened, kind, names):
    page = begun(opened, kind)
    for name in names:
        if (kind, name) in CANNOT_TELL:
            continue
        told = _read(page, name)
        wanted = of_card(TRUTH[name], 12, licence=False)
        assert told[0]["kind"] == TRUTH[name]["kind"], name
        if wanted.keys is not None:
            found = {key.pop("id"): key for key in told[-1]["keys"]}
            assert found == wanted.keys, name
        lit = [colours(seen) for seen in page.evaluate(SEEN)]
        assert lit == [{colour} - {"off"} for colour, _, _ in wanted.looks], name
        _lifted(page)
    assert ask(page, "presented") == 0
    assert page.evaluate("() => desk.wrong") == []


def test_two_cards_that_nobody_can_tell_are_never_green(opened):
    page = begun(opened, "rcs300")
    ask(page, "tap", "two_cards")
    page.wait_for_timeout(2_000)
    assert not {"green"} & {one for seen in page.evaluate(SEEN) for one in colours(seen)}
    assert page.evaluate("() => told.filter((e) => e.complete).length") == 0
    assert ask(page, "presented") == 0


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-US", "en")])
def test_a_card_from_the_button_to_the_slip(opened, locale, lang):
    page = begun(opened, "rcs300", locale)
    names = Names(lang)
    assert page.inner_text("#headline") == names.device("ready")
    assert page.inner_text("#usb") == TEXTS[lang]["disconnect"]
    _read(page, "bank_app_lockout")
    assert names.overall("locked") in page.inner_text("#headline")
    assert page.inner_text("#source") == TEXTS[lang]["from_usb"]
    assert page.is_enabled("#print-slip") and page.is_visible("#again")
    assert serious(page) == []
    assert page.locator("#slip .warning").count() == 0
    numbers = page.locator("#slip .lamp-number, #lamps .lamp, #keys .number").all_inner_texts()
    assert not any(numbers)  # it has no lamps of its own, and no label
    page.click("#again")
    _lifted(page)
    _read(page, "fresh")
    page.wait_for_selector("#compared:not(:empty)")
    assert page.inner_text("#compared") == names.again("unlocked")
    ask(page, "lift", 12)  # lifted too early
    _lifted(page)
    ask(page, "tap", "sign_locked")
    ask(page, "lift", 20)
    until(page, "e.type === 'result' && !e.complete")
    assert names.device("again") in page.inner_text("#headline")
    assert page.is_hidden("#again")


def test_while_it_is_used_everything_else_waits(opened):
    page = begun(opened, "rcs380")
    for place in ("#layout", "#lift", "#pull", "#press", "[data-card=fresh]", "#connect"):
        assert page.is_disabled(place), place
    page.click("#usb")  # now it says "disconnect"
    _says(page, "")
    assert page.evaluate("() => desk.device.opened") is False
    assert page.evaluate("() => document.body.dataset.source") == "try"
    tap(page, "fresh")
    page.click("#usb")  # the permission is remembered: no choice is offered again
    page.wait_for_function(web_pasori.CONNECTED)
    assert page.evaluate("() => desk.asked") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_unplugged_and_back_it_goes_on_by_itself(opened, kind):
    page = begun(opened, kind)
    _read(page, "sign_locked")
    page.evaluate("() => desk.unplug()")
    _says(page, "usb_unplugged")
    assert page.locator("#keys tr[data-state=locked]").count() == 0
    plug(page, kind)
    page.wait_for_function(web_pasori.CONNECTED)
    told = _read(page, "auth_locked")
    assert [key["id"] for key in told[-1]["keys"] if key["state"] == "locked"] == ["auth"]


def test_after_it_is_unplugged_no_virtual_card_takes_the_place_of_the_real_one(opened):
    page = opened(
        "ja-JP", script=web_pasori.SHIM + web_pasori.HEAR, ready=LOADED, prepare=web_pasori.serve
    )
    tap(page, "fresh")
    plug(page, "rcs380")
    page.click("#usb")
    page.wait_for_function(web_pasori.CONNECTED)
    _read(page, "sign_locked")
    page.evaluate("() => desk.unplug()")
    _says(page, "usb_unplugged")
    page.wait_for_function(READY)
    page.wait_for_timeout(2_500)
    assert page.locator("body.told").count() == 0
    assert "green" not in {one for seen in page.evaluate(SEEN) for one in colours(seen)}


def test_unplugged_while_it_begins(opened):
    page = opened("ja-JP", script=web_pasori.SHIM, ready=LOADED, prepare=web_pasori.serve)
    plug(page, "rcs300")
    page.evaluate("() => { desk.unplugAt = 3; }")
    page.click("#usb")
    _says(page, "usb_unplugged")
    assert page.is_enabled("#usb") and page.is_hidden("#usb-help")


def test_after_one_permission_it_is_found_when_the_page_opens(opened):
    script = web_pasori.SHIM + web_pasori.HEAR + "desk.plug('rcs300', true);"
    page = opened("ja-JP", script=script, ready=LOADED, prepare=web_pasori.serve)
    page.wait_for_function(web_pasori.CONNECTED)
    assert page.evaluate("() => desk.asked") == 0
    assert _read(page, "fresh")[-1]["complete"]


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-US", "en")])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_reader_that_does_not_open_and_what_to_do_about_it(opened, locale, lang, system):
    page = _without(opened, locale, system)
    assert page.is_visible("#usb-help") is (system == "windows")  # the first advice there
    page.click("#usb")
    _says(page, "usb_nothing", lang)  # nothing is plugged in
    plug(page, "rcs380")
    for refused in ("policy", "open", "claim"):
        page.evaluate("(refused) => { desk.refuse = refused; }", refused)
        page.click("#usb")
        _says(page, "usb_not_opened", lang)
    title, *lines = TEXTS[lang]["usb_help"][system]
    told = page.inner_text("#usb-help")
    assert title in told and all(line.removeprefix("$ ") in told for line in lines)
    if system == "windows":
        assert serious(page) == []
    page.set_viewport_size({"width": 320, "height": 600})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    page.evaluate("() => { desk.refuse = null; }")
    page.click("#usb")
    page.wait_for_function(web_pasori.CONNECTED)
    assert page.is_hidden("#usb-help") and page.evaluate("() => desk.asked") == 5


@pytest.mark.parametrize("width", [390, 1100])
def test_after_a_virtual_card_what_stands_in_the_way_of_a_reader_is_still_said(opened, width):
    page = _without(opened, "ja-JP", "mac", width=width)
    tap(page, "fresh")
    page.wait_for_selector("body.told")
    page.click("#usb")
    _says(page, "usb_nothing")
    assert page.is_visible("#usb-state")
    plug(page, "rcs380")
    page.evaluate("() => { desk.refuse = 'open'; }")
    page.click("#usb")
    _says(page, "usb_not_opened")
    assert page.is_visible("#usb-state") and page.is_visible("#usb-help p")
    assert page.evaluate("() => document.getElementById('usb-state').offsetWidth") > 200


def _agent(system):
    return (
        f"Object.defineProperty(navigator, 'userAgent', {{ value: '{SYSTEMS[system]}' }});"
        "Object.defineProperty(navigator, 'userAgentData', { value: undefined });"
    )


def _without(opened, locale, system, **options):
    script = web_pasori.SHIM + _agent(system)
    page = opened(locale, script=script, ready=LOADED, prepare=web_pasori.serve, **options)
    page.wait_for_selector("#usb:enabled")
    return page


@pytest.mark.parametrize(("secure", "said"), [("true", "usb_none"), ("false", "not_secure")])
def test_a_browser_without_webusb(opened, secure, said):
    script = f"Object.defineProperty(window, 'isSecureContext', {{ value: {secure} }});"
    page = opened("ja-JP", script=script + "delete Navigator.prototype.usb;", ready=LOADED)
    _says(page, said)
    assert page.is_disabled("#usb") and page.is_hidden("#usb-help")


def test_on_windows_the_way_without_webusb_is_told_without_it_too(opened):
    script = _agent("windows")
    page = opened("ja-JP", script=script + "delete Navigator.prototype.usb;", ready=LOADED)
    _says(page, "usb_none")
    assert page.is_visible("#usb-help")


# A serial port whose driver takes until `ready()` to open it.
SLOW = """{ const { open } = Port.prototype; const gates = [];
window.ready = () => gates.shift()();
Port.prototype.open = async function (options) {
  await new Promise((resolve) => gates.push(resolve)); return open.call(this, options); }; }"""
LINK = "() => document.getElementById('link').textContent"


def _opening(opened):
    """Return the page while a serial port that was chosen opens slowly."""
    serial = (TESTS / "web_serial.js").read_text("utf-8")
    script = web_pasori.SHIM + web_pasori.HEAR + serial + SLOW
    page = opened(script=script, ready=LOADED, prepare=web_pasori.serve)
    page.click("#connect")
    page.wait_for_function("() => ports.length === 1")
    return page


def test_plugged_in_while_a_serial_port_opens_it_waits(opened):
    page = _opening(opened)
    plug(page, "rcs300", may_use=True)
    page.wait_for_timeout(1500)
    assert page.evaluate("() => document.body.dataset.source") == "try"
    assert page.is_disabled("#usb")
    page.evaluate("() => ready()")
    page.wait_for_function("() => document.body.dataset.source === 'watch'")
    page.evaluate("() => ports[0].unplug()")
    page.wait_for_function("() => document.body.dataset.source === 'try'")
    page.click("#usb")
    page.wait_for_function(web_pasori.CONNECTED)
    page.evaluate("() => desk.unplug()")
    _says(page, "usb_unplugged", "en")
    assert page.evaluate("() => document.body.dataset.source") == "try"
    assert page.evaluate("() => desk.wrong") == []


def test_chosen_while_it_begins_a_serial_port_comes_first(opened):
    serial = (TESTS / "web_serial.js").read_text("utf-8")
    script = web_pasori.SHIM + web_pasori.HEAR + serial + SLOW
    page = opened(script=script, ready=LOADED, prepare=web_pasori.serve)
    page.evaluate(
        """() => { const press = () => document.getElementById("connect").click();
        desk.plug("rcs380", true).then(press); }"""
    )
    page.wait_for_function("() => ports.length === 1")
    _says(page, "", "en")  # it has let go
    page.evaluate("() => ready()")
    page.wait_for_function("() => document.body.dataset.source === 'watch'")
    ask(page, "tap", "bank_app_lockout")
    page.wait_for_timeout(1500)
    assert page.evaluate("() => document.body.dataset.source") == "watch"
    assert not page.evaluate("() => told.some((event) => event.type === 'card')")
    assert page.evaluate(LINK) == TEXTS["en"]["connected"]


def test_of_two_serial_ports_that_open_slowly_the_first_to_open_stays(opened):
    page = _opening(opened)
    page.click("#connect")
    page.wait_for_function("() => ports.length === 2")
    page.evaluate("() => ready()")
    page.wait_for_function("() => document.body.dataset.source === 'watch'")
    page.evaluate("() => ready()")
    page.wait_for_function("() => ports[1].readable === null")
    assert page.evaluate(LINK) == TEXTS["en"]["connected"]
    page.evaluate("() => ports[0].tell({ type: 'card', kind: 'my_number_card' })")
    until(page, "e.type === 'card'")

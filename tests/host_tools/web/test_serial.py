"""The page and a real device over Web Serial: a fake port that says what a device said."""

import json

import pytest

from mynacard import default_keys
from pinlamp_tools.recording.trace import events, load
from pinlamp_tools.show.names import Names
from webpage import READY, ROOT, WALL, colours, needs_chromium, tap

pytestmark = needs_chromium

LOADED = "() => document.body.classList.contains('ready')"  # its own device may still start
_SITE = ROOT / "host_tools" / "pinlamp_tools" / "web" / "site"
TEXTS = json.loads((_SITE / "texts.json").read_text("utf-8"))
SERIAL = (ROOT / "tests" / "web_serial.js").read_text("utf-8")


def _session(name="bank_app_lockout"):
    """What a device said, as bytes of its console: the recorded trace of a card, as events."""
    trace = load(ROOT / "tests" / "traces" / f"{name}.jsonl")
    ready = {"v": 1, "type": "ready", "board": "esp32_devkitc", "version": "0.1.0"}
    return "".join(json.dumps(event) + "\r\n" for event in (ready, *events(trace)))


GARBAGE = [
    "Traceback (most recent call last):\r\n",
    [0xFF, 0xFE, 0x00, 0x80, 0x0A],
    '{"v":1,"type":"key","id":"sign","state":"great","left":5,"max":5}\n',
    '[1]\nnull\n{"v":1}\n{"v":1,"type":"__proto__"}\n{"v":1,"type":"valueOf"}\n',
    '{"v":1,"type":"fault","code":["constructor"]}\n{"v":2,"type":"removed"}\n',
    '{"v":1,"type":"result","complete":true,"keys":5}\n',
    "[" * 15_000 + "\n",
]


@pytest.fixture
def watched(opened):
    """Open the page with a fake port and connect; `lines` are said at once."""

    def connect(*lines, locale="en-US"):
        script = WALL + SERIAL + f"window.lines = {json.dumps(lines)};"
        page = opened(locale, script=script, ready=LOADED)
        page.click("#connect")
        page.wait_for_function("() => /Connected|つながって/.test(document.body.innerText)")
        return page

    return connect


def _say(page, *events):
    page.evaluate("(events) => ports.at(-1).tell(...events)", list(events))


def _lit(page, lamp):
    """Return what the lamp (from 1) shows within two seconds: colours, and how often it lit up."""
    seen = page.evaluate(
        """async (i) => { const seen = [];
        await new Promise((r) => setTimeout(r, 200));  // what was drawn before is over
        const end = performance.now() + 2050;
        const lamp = document.querySelectorAll('.lamp')[i - 1];
        while (performance.now() < end) { seen.push(lamp.dataset.drive);
        await new Promise((r) => setTimeout(r, 15)); } return seen; }""",
        lamp,
    )
    on = [drive not in (None, "0,0,0") for drive in seen]
    return colours(set(seen)), sum(b and not a for a, b in zip(on, on[1:], strict=False))


def test_a_real_device_over_web_serial_with_garbage_between(watched):
    said = _session()
    half = len(said) // 2
    page = watched(*GARBAGE, said[:half], said[half:], "{" * 40_000, "\n")
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    assert "from the connected device" in page.inner_text("#source")
    assert "Locked" in page.inner_text("#advice")
    assert "Check" in page.inner_text("#headline") or "check" in page.inner_text("#headline")
    assert _lit(page, 5)[0] == {"red"} and _lit(page, 1)[0] == {"green"}
    # What is known goes on through an overrun, and garbage after it.
    page.evaluate("() => { ports.at(-1).stumble(); }")
    page.evaluate("(lines) => ports.at(-1).feed(...lines)", [*GARBAGE, _session("auth_locked")])
    page.wait_for_selector("#keys tr[data-key=auth][data-state=locked]")
    assert page.locator("#keys tr[data-state=locked]").count() == 1
    page.evaluate("() => ports.at(-1).unplug()")
    page.wait_for_function("() => /is gone/.test(document.getElementById('link').textContent)")
    assert page.locator("#keys tr[data-state=locked]").count() == 0
    # The page's own device is there again.
    page.wait_for_function(READY)
    tap(page, "sign_locked")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")


def _result(**states):
    keys = [
        {"id": key.id, "state": states.get(key.id, "ok"), "left": None, "max": key.max}
        for key in default_keys()
    ]
    return {"v": 1, "type": "result", "complete": True, "ms": 400, "keys": keys}


def test_what_lies_around_a_gap_is_never_joined(watched):
    # The end of a locked key's state and the beginning of the next are lost: valid JSON is left.
    said = json.dumps(_result(visual_b="locked"))
    begin = said.index('"locked"') + 1
    rest = said[said.index('"ok"', begin) + 1 :]
    assert len(json.loads(said[:begin] + rest)["keys"]) == len(default_keys()) - 1
    page = watched('{"v":1,"type":"card","kind":"my_number_card"}\r\n' + said[:begin])
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=waiting]")
    page.evaluate("() => { ports.at(-1).stumble(); }")
    following = rest + '\r\n\n{"v":1,"type":"removed"}\n'
    page.evaluate("(text) => ports.at(-1).feed(text)", following)
    page.wait_for_selector("#keys tr[data-key=visual_b]:not([data-state=waiting])")
    assert page.locator("#keys tr[data-state=ok]").count() == 0


@pytest.mark.parametrize(
    "pause",
    [
        "const until = performance.now() + 3500; while (performance.now() < until);",
        "window.slept = 60_000;",
    ],
)
def test_what_waited_while_the_page_stood_still_is_not_shown_as_live(watched, pause):
    """As in the print dialog of the slip: meanwhile the next person's card came and went."""
    page = watched(_session())
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    page.evaluate(
        "(said) => { ports.at(-1).feed(said); %s ports.at(-1).feed(said); }" % pause,
        _session("fresh"),
    )
    page.wait_for_function("() => !document.body.classList.contains('told')")
    page.wait_for_timeout(1000)
    assert page.locator("#keys tr[data-state=ok], #keys tr[data-state=locked]").count() == 0
    _say(page, {"type": "card", "kind": "my_number_card"}, _result(auth="locked"))
    page.wait_for_selector("#keys tr[data-key=auth][data-state=locked]")


def test_answers_go_with_their_reading(watched):
    page = watched()
    card = {"v": 1, "type": "card", "kind": "my_number_card"}
    _say(page, card, _result(sign="locked"))
    page.wait_for_selector("#plan:not([hidden])")
    page.evaluate("() => { document.getElementById('plan').open = true; }")
    for name, value in (("other", "yes"), ("changed", "no"), ("valid", "yes")):
        page.check(f"#questions input[name={name}][value={value}]")
    page.wait_for_selector("#way > *")
    # The next person's card, whose `card` line is lost; at the second, all but the result.
    for between in ([{"type": "removed"}, {"type": "ready"}], []):
        _say(page, *between, _result(auth="locked"))
        page.wait_for_selector("#keys tr[data-key=auth][data-state=locked]")
        assert page.locator("#questions input:checked").count() == 0
        page.check("#questions input[name=changed][value=yes]")


def test_while_a_device_is_connected_the_page_s_own_is_out_of_reach(watched):
    page = watched(_session())
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    for place in ("#layout", "#lift", "#pull", "#press", "[data-card=fresh]"):
        assert page.is_disabled(place), place
    page.click("#connect")  # now it says "Disconnect"
    page.wait_for_function(READY)
    assert page.is_enabled("#layout") and page.inner_text("#connect") == "Choose the device"
    assert page.evaluate("() => ports[0].readable") is None
    page.click("#connect")
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")


def test_a_device_that_is_running_already_and_lines_that_were_lost(watched):
    page = watched()
    assert page.inner_text("#headline") == Names("en").cable("listening", "is")
    keys = [{"id": "sign", "state": "locked", "left": 0, "max": 5}]
    keys.append({"id": "visual_b", "state": "ok", "left": 10, "max": 10})
    keys.append({"id": "auth", "state": "ok", "left": 3, "max": 3})
    _say(page, {"type": "result", "complete": True, "ms": 4, "keys": keys})
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")
    assert "Locked" in page.inner_text("#advice") and page.is_enabled("#print-slip")
    # A newer device: more fields, a key and a fault that are not known here.
    keys = [{"id": "sign", "state": "ok", "left": 5, "max": 5, "since": 3}]
    keys.append({"id": "puk", "state": "locked", "left": 0, "max": 10})
    _say(page, {"type": "card", "kind": "my_number_card", "battery": 80})
    _say(page, {"type": "result", "complete": True, "ms": 4, "keys": keys})
    page.wait_for_selector("#keys tr[data-key=sign][data-state=ok]")
    assert "unknown" in page.inner_text("#headline") and _lit(page, 12)[0] == {"violet"}
    _say(page, {"type": "fault", "code": "constructor"})
    page.wait_for_function("() => /reports a fault/.test(document.body.innerText)")


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-US", "en")])
def test_a_line_that_cannot_be_shown_takes_the_card_before_away(watched, locale, lang):
    said = TEXTS[lang]["not_shown"]
    page = watched(_session("fresh"), locale=locale)
    page.wait_for_selector("#keys tr[data-key=sign][data-state=ok]")
    _say(page, {"type": "removed"})  # from here on a timer would take it away
    page.evaluate(
        """() => { const parse = JSON.parse; JSON.parse = (text) => {
        if (!text.includes("headline")) return parse(text);
        JSON.parse = parse; throw new Error("as a defect of the page would"); }; }"""
    )
    _say(page, {"type": "card", "kind": "my_number_card"})
    page.wait_for_function(
        "(said) => document.getElementById('headline').textContent === said", arg=said
    )
    assert page.locator("#keys tr[data-state=ok]").count() == 0
    assert page.locator("#advice .advice").count() == 0 and page.is_disabled("#print-slip")
    page.click("#language")
    assert page.inner_text("#headline") in {one["not_shown"] for one in TEXTS.values()} - {said}
    # The next line that it can show is shown.
    page.evaluate("(lines) => ports.at(-1).feed(...lines)", [_session("auth_locked")])
    page.wait_for_selector("#keys tr[data-key=auth][data-state=locked]")
    assert page.inner_text("#headline") not in {one["not_shown"] for one in TEXTS.values()}


@pytest.mark.parametrize("before", [[], [{"type": "card", "kind": "juki_card"}]])
@pytest.mark.parametrize("keys", [[], ["sign"], ["quantum_pin"]])
def test_a_result_of_no_known_card_is_not_the_card_before(watched, before, keys):
    page = watched(_session("fresh"))
    page.wait_for_selector("#keys tr[data-key=sign][data-state=ok]")
    told = [{"id": key, "state": "locked", "left": 0, "max": 5} for key in keys]
    _say(page, {"type": "removed"}, *before)
    _say(page, {"type": "result", "complete": True, "ms": 1, "keys": told})
    again = Names("en").device("again")
    page.wait_for_function(
        "(said) => document.getElementById('headline').textContent === said", arg=again
    )
    assert page.locator("#keys tr[data-state=ok]").count() == 0


@pytest.mark.parametrize(
    ("event", "flashes", "said"),
    [
        ({"type": "fault", "code": "reader_lost"}, 4, "PN532"),
        ({"type": "fault", "code": "settings", "field": "brightness"}, 5, "brightness"),
        ({"type": "fault", "code": "safe_mode"}, 6, "Safe mode"),
        ({"type": "card", "kind": "several"}, 2, "Several cards"),
        ({"type": "card", "kind": "other_f"}, 3, "another kind of card"),
    ],
)
def test_the_lamps_of_a_real_device_say_what_its_own_say(watched, event, flashes, said):
    page = watched()
    _say(page, event)
    page.wait_for_function("(said) => document.body.innerText.includes(said)", arg=said)
    colours, lit = _lit(page, 12)
    assert colours == {"violet"} and abs(lit - flashes) <= 1
    assert _lit(page, 1) == (set(), 0)
    if event.get("code") == "settings":  # said for a moment, as on the device
        page.wait_for_function(READY)


def test_a_phone_waits_for_two_keys_and_ready_clears_everything(watched):
    page = watched()
    _say(page, {"type": "card", "kind": "phone_ios"})
    page.wait_for_function("() => document.querySelector('.lamp').dataset.drive !== '0,0,0'")
    assert _lit(page, 2)[0] == {"white"} and _lit(page, 3)[0] == set()
    _say(page, {"type": "ready", "board": "x", "version": "0.1.0"})
    page.wait_for_function(READY)
    assert _lit(page, 1)[0] == set() and page.is_disabled("#print-slip")


def _lamps(page):
    return page.locator("#lamps .lamp").all_inner_texts()


def test_the_lamps_and_their_numbers_are_the_device_s_own(watched):
    page = watched()
    assert _lamps(page) == [""] * 12  # of a device that has not told how many it has
    _say(page, {"type": "ready", "board": "x", "version": "0.1.0", "lamps": 8})
    page.wait_for_function("() => document.querySelectorAll('#lamps .lamp').length === 8")
    assert _lamps(page) == list("12345678")
    locked = {"id": "text_a", "state": "locked", "left": 0, "max": 10}
    result = _result()
    keys = [locked if one["id"] == "text_a" else one for one in result["keys"]]
    _say(page, {"type": "card", "kind": "my_number_card"}, {**result, "keys": keys})
    row = page.locator("#keys tr[data-key=text_a][data-state=locked]")
    assert row.locator(".number").inner_text() == "7" and _lit(page, 7)[0] == {"red"}
    assert page.locator("#overall .number").inner_text() == "8"
    row.hover()
    assert page.locator("#lamps .lamp.pointed").all_inner_texts() == ["7"]


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-US", "en")])
def test_a_counter_s_device_says_that_it_keeps_results_to_itself(watched, locale, lang):
    page = watched(locale=locale)
    _say(page, {"type": "ready", "board": "x", "version": "0.1.0", "results": False})
    names = Names(lang)
    page.wait_for_function(
        "(said) => document.getElementById('headline').textContent.includes(said)",
        arg=names.cable("keeping", "is"),
    )
    assert names.cable("keeping", "do") in page.inner_text("#headline")
    for invites in ("Hold a card", "かざして"):
        assert invites not in page.inner_text("#headline") + page.inner_text("#link")


def test_a_device_that_starts_anew_and_then_says_nothing(watched):
    page = watched(_session())
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    # It was opened long ago, which says nothing of a device that starts now: the page waits anew.
    page.clock.install()
    page.evaluate("() => ports.at(-1).feed('ets Jul 29 2019 12:21:46\\r\\n')")
    said = "(said) => document.getElementById('headline').textContent.includes(said)"
    page.wait_for_function(said, arg=Names("en").cable("listening", "is"))
    assert page.locator("#keys tr[data-state=locked]").count() == 0
    assert not page.inner_text("#advice").strip()
    page.clock.fast_forward(6100)
    page.wait_for_function(said, arg=Names("en").cable("silent", "is"))


def test_a_device_that_cannot_be_opened_and_a_stream_that_is_stuck(opened):
    page = opened("en-US", script=SERIAL + "window.refuse = true;", ready=LOADED)
    page.click("#connect")
    page.wait_for_function("() => /could not be opened/.test(document.body.innerText)")
    page.evaluate("() => { window.refuse = false; window.nothing = true; }")
    page.click("#connect")  # nothing is chosen: nothing happens
    page.evaluate("() => { window.nothing = false; }")
    page.click("#connect")
    page.wait_for_function("() => /Connected/.test(document.body.innerText)")
    page.evaluate("() => ports.at(-1).stuck()")
    page.wait_for_function("() => /is gone/.test(document.getElementById('link').textContent)")


def test_a_port_is_closed_though_the_device_takes_nothing(opened):
    page = opened("en-US", script=SERIAL + "window.deaf = true;", ready=LOADED)
    page.clock.install()
    page.click("#connect")
    page.wait_for_function("() => /Connected/.test(document.body.innerText)")
    page.clock.fast_forward(6100)  # the page has asked for a prompt
    page.wait_for_function("() => ports.at(-1).writable.locked")
    page.click("#connect")
    page.wait_for_function("() => ports.at(-1).readable === null")


@pytest.mark.parametrize("end", ["document.getElementById('connect').click()", "port.unplug()"])
def test_a_port_whose_driver_never_closes_it_keeps_no_result(watched, end):
    page = watched(_session())
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    page.evaluate(
        "() => { const port = ports.at(-1); port.close = () => new Promise(() => {}); %s; }" % end
    )
    page.wait_for_function("() => document.body.dataset.source === 'try'")
    assert page.locator("#keys tr[data-state=locked]").count() == 0


@pytest.mark.parametrize(
    ("secure", "said"), [("true", "ChromeかEdge"), ("false", "https:// か localhost")]
)
def test_a_browser_that_cannot_talk_to_a_device(opened, secure, said):
    script = f"Object.defineProperty(window, 'isSecureContext', {{ value: {secure} }});"
    page = opened("ja-JP", script=script + "delete Navigator.prototype.serial;", ready=LOADED)
    assert said in page.inner_text("#link") and page.is_disabled("#connect")

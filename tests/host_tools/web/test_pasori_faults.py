"""A PaSoRi on the page that fails, and what is left of a card in the page's memory."""

import pytest

import web_pasori
from oracle import CARDS as TRUTH
from plants import APPLICATION_DATA, PUPI
from web_pasori import ask, begun, plug, until
from webpage import LOADED, WALL, needs_chromium

pytestmark = needs_chromium

KINDS = ("rcs300", "rcs380")
CARD = "bank_app_lockout"
NO_ANSWER = "unknown"
# One of each sort in every run; all of them with the long tests.
SOME = ("short_reads", "stale_answer", "wtx", "card_gone", "no_empty_in", "error_frame")
WHICH = (0, 9, 18)  # commands to the reader, once the kind of the card was told
AT_BYTE = {"card_gone": 5, "unplugged": 1}
GONE = """() => told.some((e) => e.type === "removed")
  || /^カードをかざして/.test(document.getElementById("headline").textContent)"""
TOKEN = b"UNHEARD-OF-7"
MARKS = [PUPI, APPLICATION_DATA, TOKEN]
# Remembers the memory of the MicroPython that the page itself has.
MEMORY = """
window.memories = [];
for (const name of ["instantiate", "instantiateStreaming"]) {
  const real = WebAssembly[name];
  WebAssembly[name] = async (...given) => {
    const made = await real.apply(WebAssembly, given);
    const { exports } = made.instance ?? made;
    memories.push(...Object.values(exports).filter((one) => one instanceof WebAssembly.Memory));
    return made;
  };
}
window.found = (mark) => memories.some(({ buffer }) => {
  const all = new Uint8Array(buffer);
  for (let at = all.indexOf(mark[0]); at >= 0; at = all.indexOf(mark[0], at + 1)) {
    if (mark.every((byte, i) => all[at + i] === byte)) return true;
  }
  return false;
});
// Nothing is collected from now on: what was dropped, and not overwritten, stays where it lay.
window.keepGarbage = () => {
  const code = "import gc, pinlamp.app as app\\ngc.disable()\\n"
    + "app.gc = type('gc', (), {'collect': lambda: 0})";
  const size = Module.lengthBytesUTF8(code);
  const [text, out] = [Module._malloc(size + 1), Module._malloc(12)];
  Module.stringToUTF8(code, text, size + 1);
  Module.ccall("mp_js_do_exec", "number", ["pointer", "number", "pointer"], [text, size, out]);
};
"""


def _over(page, ready=False):
    """Wait until the tap is over; return every key that was told in it."""
    told = until(page, "e.type === 'result'" + (" || e.type === 'ready'" if ready else ""), 60_000)
    return [key for e in told for key in ([e] if e["type"] == "key" else e.get("keys", []))], told


def _true(keys):
    """Assert that each key is as the card has it, or not known."""
    truth = TRUTH[CARD]["keys"]
    for key in keys:
        assert key["state"] in (NO_ANSWER, truth[key["id"]]["state"]), key
        if key["state"] != NO_ANSWER:
            assert key["left"] == truth[key["id"]]["left"], key


def _gone(page):
    """Lift the card; wait until the page knows."""
    ask(page, "lift")
    page.wait_for_function(GONE, timeout=60_000)
    page.evaluate("() => told.splice(0)")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("some", [True, pytest.param(False, marks=pytest.mark.long)])
def test_no_fault_lights_a_wrong_lamp(opened, kind, some):
    page = begun(opened, kind)
    struck = 0
    for name in ask(page, "faults", kind):
        if name == "unplugged" or (name in SOME) is not some:
            continue  # the browser's own unplugging is below
        for which in WHICH[:1] if some else WHICH:
            ask(page, "tap", CARD)
            # Not before: a card that goes while it is being found leaves no trace to wait for.
            until(page, "e.type === 'card'", 60_000)
            ask(page, "arm", name, which, AT_BYTE.get(name))
            keys, _ = _over(page, ready=True)
            _true(keys)
            struck += ask(page, "disarm")
            _gone(page)
    assert struck >= 4
    assert ask(page, "presented") == 0 and page.evaluate("() => desk.wrong") == []
    ask(page, "tap", CARD)  # and it still reads
    keys, told = _over(page)
    _true(keys)
    assert told[-1]["complete"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stride", [41, pytest.param(5, marks=pytest.mark.long)])
def test_unplugged_at_a_transfer_nothing_wrong_is_shown(opened, kind, stride):
    page = begun(opened, kind)
    _true(_over_after_tap(page))
    transfers = page.evaluate("() => desk.transfers")
    _gone(page)
    for at in range(7, min(transfers, 160), stride):
        page.evaluate("() => desk.unplug()")
        page.wait_for_function("() => document.body.dataset.source === 'try'")
        plug(page, kind)
        page.wait_for_function(web_pasori.CONNECTED)
        page.evaluate("(at) => { desk.unplugAt = desk.transfers + at; }", at)
        ask(page, "tap", CARD)
        page.wait_for_function("() => !desk.device.there", timeout=60_000)
        page.wait_for_function(
            "() => /外れました/.test(document.getElementById('usb-state').textContent)"
        )
        _true([key for e in page.evaluate("() => told.splice(0)") for key in e.get("keys", [])])
        ask(page, "lift")
        page.evaluate("(kind) => { desk.unplugAt = null; return desk.plug(kind); }", kind)
        page.wait_for_function(web_pasori.CONNECTED)
    assert ask(page, "presented") == 0 and page.evaluate("() => desk.wrong") == []


def _over_after_tap(page):
    ask(page, "tap", CARD)
    return _over(page)[0]


@pytest.mark.parametrize(
    ("fault", "said"), [("owned_session", "ほかのプログラムが"), ("zombie", "応答しません")]
)
def test_a_reader_that_does_not_begin(opened, fault, said):
    page = opened(
        "ja-JP", script=web_pasori.SHIM, ready=web_pasori.LOADED, prepare=web_pasori.serve
    )
    plug(page, "rcs300")
    ask(page, "arm", fault, 0, None, 1_000)
    page.click("#usb")
    page.wait_for_function(
        "(said) => document.getElementById('usb-state').textContent.includes(said)", arg=said
    )
    assert page.is_visible("#usb-help") is (fault == "owned_session")
    assert page.evaluate("() => document.body.dataset.source") == "try"
    ask(page, "disarm")
    page.click("#usb")
    page.wait_for_function(web_pasori.CONNECTED)


def test_a_reader_that_falls_silent_is_named_and_found_again(opened):
    page = begun(opened, "rcs380")
    ask(page, "arm", "zombie", 0, None, 1_000)
    until(page, "e.type === 'fault' && e.code === 'reader_lost'", 60_000)
    assert "RC-S380" in page.inner_text("#headline")
    ask(page, "disarm")
    until(page, "e.type === 'ready'", 60_000)
    ask(page, "tap", CARD)
    _true(_over(page)[0])


CLOCK = "window.set = 0; const real = Date.now; Date.now = () => real() + window.set;"


@pytest.mark.parametrize("set_by_ms", [-3_600_000, 10 * 24 * 3_600_000])
def test_a_clock_that_is_set_back_or_on_keeps_no_card(opened, set_by_ms):
    page = begun(opened, "rcs380", more=CLOCK)
    ask(page, "tap", "fresh")
    assert _over(page)[1][-1]["complete"]
    page.evaluate("(ms) => { window.set = ms; }", set_by_ms)
    ask(page, "lift")
    until(page, "e.type === 'removed'")
    ask(page, "tap", CARD)
    _true(_over(page)[0])
    assert page.locator("#keys tr[data-state=locked]").count() == 1


HUNG = {
    "takes nothing": "desk.device.transferOut = () => new Promise(() => {});",
    "only ACKs": """desk.device.transferIn = async () => {
        await new Promise((done) => setTimeout(done, 50));
        const ack = Uint8Array.of(0, 0, 255, 0, 255, 0);
        return { status: "ok", data: new DataView(ack.buffer) }; };""",
}


@pytest.mark.parametrize("hung", HUNG)
@pytest.mark.parametrize("press", [False, True])
def test_a_reader_that_hangs_shows_no_card_for_long(opened, press, hung):
    """WebUSB waits for ever, so the page does not: no lifted card's green stays."""
    page = begun(opened, "rcs380")
    assert _over_after_tap(page)
    page.evaluate(f"() => {{ {HUNG[hung]} }}")
    ask(page, "lift")
    if press:
        page.click("#usb")
        page.wait_for_function("() => document.body.dataset.source === 'try'", timeout=20_000)
    # A reader that answers nothing of use is lost, and tried again.
    page.wait_for_function(
        "() => document.body.dataset.source === 'try' || told.some((e) => e.type === 'fault')",
        timeout=40_000,
    )
    assert not page.inner_text("#advice").strip() and page.is_disabled("#print-slip")
    assert press or "応答しません" in page.inner_text("body")


def _left(page):
    """Return which marks are in the memory of the page's MicroPython."""
    assert page.evaluate("(canary) => found(canary)", list(b"PaSoRi as the page"))
    return page.evaluate("() => marks.filter(found)")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_card_stays_in_the_page_s_memory(opened, kind):
    page = begun(opened, kind, more=MEMORY)
    page.evaluate(
        "(given) => { keepGarbage(); window.marks = given; }", [list(mark) for mark in MARKS]
    )
    pupi, application_data, token = (mark.hex() for mark in MARKS)
    over = "e.type === 'result' || e.kind === 'newer'"
    for says in ("", token):  # its own token, or one that is not in the table
        ask(page, "marked", pupi, application_data, says)
        told = until(page, over)
        assert told[-1].get("complete", True)
        _gone(page)
        assert _left(page) == [], says
    for frames in (3, 9, 21, 30):  # pulled
        ask(page, "marked", pupi, application_data, token if frames < 21 else "")
        ask(page, "lift", frames)
        page.wait_for_timeout(3_000)
        _gone(page)
        assert _left(page) == [], frames
    for fault in ("truncation", "stale_answer", "reception"):
        ask(page, "arm", fault, 20, 12, 3)
        ask(page, "marked", pupi, application_data, "")
        until(page, over, 60_000)
        ask(page, "disarm")
        _gone(page)
        assert _left(page) == [], fault
    page.click("#usb")
    page.wait_for_function("() => document.body.dataset.source === 'try'")
    assert _left(page) == []


def test_what_was_on_its_way_when_the_reader_was_let_go_is_overwritten(opened):
    page = opened("en-US", ready=LOADED)
    left = page.evaluate(
        """async () => {
        const { Pipe } = await import("./usb.js");
        const bulk = (endpointNumber, direction) =>
          ({ endpointNumber, type: "bulk", direction, packetSize: 64 });
        const endpoints = [bulk(1, "in"), bulk(2, "out")];
        const own = { interfaceNumber: 0, alternate: { interfaceClass: 0xff, endpoints } };
        const bytes = Uint8Array.of(0xd5, 0x4b, 0x50, 1, 2, 3, 4);
        let arrive, fail;
        const pipe = await Pipe.open({
          configuration: { interfaces: [own] },
          async open() {}, async claimInterface() {},
          transferIn: () => new Promise((done, failed) => { arrive = done; fail = failed; }),
          async releaseInterface() {
            arrive({ status: "ok", data: new DataView(bytes.buffer) });
            await new Promise((done) => { setTimeout(done, 50); });
          },
          async close() { fail(new Error("closed")); },
        });
        await pipe.close();
        return [...bytes]; }"""
    )
    assert left == [0] * 7


def test_no_result_outlives_a_sleep_of_the_computer(opened):
    page = begun(opened, "rcs300", more=WALL)
    ask(page, "tap", "fresh")
    until(page, "e.type === 'result'")
    ask(page, "lift")
    until(page, "e.type === 'removed'")
    assert page.is_enabled("#print-slip")
    page.evaluate("() => { window.slept = 8 * 3600e3; }")
    page.wait_for_function("() => document.getElementById('print-slip').disabled", timeout=20_000)
    assert page.locator("#keys tr[data-state=ok]").count() == 0

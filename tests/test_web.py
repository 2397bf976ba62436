"""The page in a real Chromium: every card, both languages, keyboard only, no network, no mouse."""

import asyncio
import json
import os
import shutil
import subprocess
import tarfile
import threading
from pathlib import Path

import pytest

from desk import ASKED, Desk
from pinlamp_tools.emulator.cards import CARDS
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.web import build, serve
from test_pinlamp_lamps import WORST_FIRST, colour_name
from test_whole_path import LAMPS, LOOKS

ROOT = Path(__file__).parent.parent
TRUTH = json.loads((ROOT / "tests" / "truth.json").read_text("utf-8"))
CACHE = ROOT / ".cache"
AXE = "axe-core-4.10.3"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
READY = "() => /かざして|Hold a card/.test(document.getElementById('headline').textContent)"

pytestmark = pytest.mark.skipif(
    not (os.environ.get("CI") or (CHROMIUM and shutil.which("npm"))),
    reason="Chromium or npm is not installed: apt install chromium npm",
)

# Taps one card after the other; gives for each the events, the lamps' colours, the titles.
TAP_ALL = """async (cards) => {
  const told = [];
  let heard = () => {};
  window.addEventListener("pinlamp", (event) => { told.push(event.detail); heard(); });
  const until = async (good) => {
    for (;;) {
      if (told.some(good)) return;
      await new Promise((resolve) => { heard = resolve; });
    }
  };
  const asked = ["my_number_card", "phone_android", "phone_ios"];
  const over = (e) => e.type === "result" || (e.type === "card" && !asked.includes(e.kind));
  const found = {};
  for (const name of cards) {
    told.length = 0;
    document.querySelector(`[data-card="${name}"]`).click();
    await until(over);
    const events = told.slice();
    const seen = [...document.querySelectorAll(".lamp")].map(() => new Set());
    await new Promise((resolve) => setTimeout(resolve, 150));
    const end = performance.now() + 2150;
    while (performance.now() < end) {
      document.querySelectorAll(".lamp").forEach((lamp, i) => seen[i].add(lamp.dataset.drive));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const titles = [...document.querySelectorAll("#advice h3")].map((one) => one.textContent);
    found[name] = { events, titles, seen: seen.map((one) => [...one]) };
    document.getElementById("lift").click();
    await until((e) => e.type === "removed");
  }
  return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("web")
    build.build(out, CACHE, ROOT / "docs")
    return out


@pytest.fixture(scope="module")
def address(folder):
    serving = serve.server(folder)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}/"
    serving.shutdown()


@pytest.fixture
def opened(browser, address):
    """Open the page; its errors and its requests to others fail the test."""
    contexts, wrong = [], []

    def open_page(locale="en-US", width=1100, script=None, **options):
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        context.on(
            "request",
            lambda request: request.url.startswith(address) or wrong.append(request.url),
        )
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.wait_for_function(READY)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _colours(drives):
    """Return the names of the colours that a lamp had, other than dark."""
    names = [colour_name(tuple(map(int, drive.split(",")))) for drive in drives if drive]
    return {name.removeprefix("dim ") for name in names} - {"off"}


def _tap(page, name):
    page.click(f"[data-card={name}]")
    page.wait_for_selector("#advice .advice")


def _last_tap(events):
    """Return what counts of a card's events, without times.

    A `card` event clears all before it: one card swaps itself, and on a busy machine any tap may
    begin again.
    """
    told = []
    for event in events:
        if event["type"] == "card":
            told = []
        if event["type"] in ("card", "key", "result"):
            told.append({**event, "ms": None} if "ms" in event else event)
    return told


def _with_firmware():
    """What the same cards do to the firmware in MicroPython on this machine."""

    async def all_():
        desk = Desk(layout=12, licence=True)
        await desk.bench.start()
        try:
            await desk.event("ready")
            found = {}
            for card, *_ in CARDS:
                found[card] = []
                desk.bench.tap(card)
                while True:
                    event = await desk.event("card", "key", "result")
                    found[card].append(event)
                    kind = found[card][0]["kind"]
                    if event["type"] == "result" or kind not in ASKED:
                        break
                await desk.lift()
            return found
        finally:
            await desk.bench.stop()

    return asyncio.run(all_())


def test_every_card_does_here_what_it_does_to_the_device(browser, opened, micropython):
    names = [name for name, *_ in CARDS]
    pages = [opened("ja-JP") for _ in range(3)]
    for number, page in enumerate(pages):
        page.evaluate(f"(cards) => {{ window.found = ({TAP_ALL})(cards); }}", names[number::3])
    with_firmware = {}
    # Playwright's loop is in this thread: the other one is for the device on this machine.
    thread = threading.Thread(target=lambda: with_firmware.update(_with_firmware()))
    thread.start()
    found = {}
    for page in pages:
        found |= page.evaluate("() => window.found")
        assert page.inner_text("#presented").endswith(": 0")
    thread.join()
    for name in names:
        truth = TRUTH[name]
        events = _last_tap(found[name]["events"])
        assert events == _last_tap(with_firmware[name]), name
        states = {key: one["state"] for key, one in truth["keys"].items()}
        if states and truth["kind"] == "my_number_card":
            states.setdefault("licence", "absent")
        lit = [_colours(seen) for seen in found[name]["seen"]]
        if states:
            keys = LAMPS[12].split()
            colours = [{LOOKS[states.get(key, "absent")][0]} - {"off"} for key in keys]
            worst = min(states.values(), key=WORST_FIRST.index)
            assert lit == [*colours, {LOOKS[worst][0]} - {"off"}], name
        else:
            assert lit == [*[set()] * 11, {"violet"}], name
        findings = [{"id": key["id"], "state": key["state"]} for key in events[-1].get("keys", [])]
        told = advise(guidance("ja"), truth["kind"], findings, True)
        assert found[name]["titles"] == [one["title"] for one in told], name


def test_a_card_that_is_pulled_half_way(opened):
    page = opened()
    page.focus("[data-card=sign_locked]")
    page.click("#pull")
    page.wait_for_selector("#advice h3.unknown")
    assert "Not read" in page.inner_text("#headline")
    assert page.locator("#keys tr[data-state=unknown]").count() > 0
    _tap(page, "fresh")
    page.wait_for_function("() => /Nothing is locked/.test(document.body.textContent)")


def test_a_card_is_dragged_onto_the_reader(opened):
    page = opened()
    page.drag_and_drop("[data-card=sign_locked]", "#reader")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")
    page.click("details summary")
    assert "→ 00 20 00 80\n← 63 C0" in page.inner_text("#exchange")


def test_by_keyboard_alone(opened):
    page = opened("ja-JP")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.card") == "auth_locked":
            break
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("#advice .advice")
    assert "ロックされているもの" in page.inner_text("#headline")
    page.focus("#said")
    page.keyboard.type("特にロックされてないですね")
    page.keyboard.press("Enter")
    assert "照合番号B" in page.inner_text("#topics")


def test_both_languages_and_no_word_missing(opened):
    texts = json.loads((Path(build.__file__).parent / "site" / "texts.json").read_text("utf-8"))
    assert texts["ja"].keys() == texts["en"].keys()
    page = opened("ja-JP")
    assert page.get_attribute("html", "lang") == "ja"
    _tap(page, "bank_app_lockout")
    assert "照合番号Bのロック解除" in page.inner_text("#slip")
    page.click("#language")
    assert page.get_attribute("html", "lang") == "en"
    assert "Locked" in page.inner_text("#advice") and "Try it" in page.inner_text("#try h2")
    empty = page.evaluate(
        "() => [...document.querySelectorAll('[data-t]')].filter((e) => !e.textContent).length"
    )
    assert empty == 0
    assert opened("fr-FR").get_attribute("html", "lang") == "en"


@pytest.mark.parametrize("count", [8, 5, 1])
def test_other_layouts(opened, count):
    page = opened()
    page.select_option("#layout", str(count))
    page.wait_for_function(READY)
    _tap(page, "sign_locked")
    assert page.locator(".lamp").count() == count
    drives = page.evaluate(
        """async () => { const seen = new Set(); const end = performance.now() + 2100;
        while (performance.now() < end) { seen.add(document.querySelector('.lamp').dataset.drive);
        await new Promise((r) => setTimeout(r, 30)); } return [...seen]; }"""
    )
    assert "red" in _colours(drives)


def test_the_slip_alone_is_printed(opened):
    page = opened("ja-JP")
    _tap(page, "jpki_both_locked")
    page.emulate_media(media="print")
    assert page.is_visible("#slip") and "両方ともロック" in page.inner_text("#slip")
    for other in ("header", "#try", "#result", "#explain", "#print-slip", "footer"):
        assert not page.is_visible(other), other
    page.emulate_media(media="screen")
    assert page.evaluate("async () => (await fetch(document.getElementById('sheet').href)).ok")


def test_without_a_network_once_it_was_loaded(opened):
    page = opened()
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_function(READY)
    _tap(page, "worn")
    assert "Last try" in page.inner_text("#keys")


SERIAL = """
const lines = %s;
const encoder = new TextEncoder();
class Port {
  async open(options) { if (options.baudRate !== 115200) throw new Error("speed"); this.#fill(); }
  #fill() {
    const left = lines.splice(0, lines.length);
    this.readable = new ReadableStream({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) {
          return new Promise((end) => { window.unplug = () => { controller.close(); end(); }; });
        }
        controller.enqueue(typeof next === "string" ? encoder.encode(next) : new Uint8Array(next));
      },
    });
  }
  async close() { this.readable = null; }
}
Object.defineProperty(navigator, "serial", { value: { requestPort: async () => new Port() } });
"""


def _session():
    """The console of a device as it was recorded, with garbage between."""
    keys = [{"id": key, **found} for key, found in TRUTH["bank_app_lockout"]["keys"].items()]
    events = [
        {"type": "ready", "board": "esp32_devkitc", "version": "0.1.0"},
        {"type": "card", "kind": "my_number_card"},
        *({"type": "key", **key} for key in keys),
        {"type": "result", "complete": True, "ms": 400, "keys": keys},
    ]
    text = "".join(json.dumps({"v": 1, **event}) + "\r\n" for event in events)
    half = len(text) // 2
    return [
        "Traceback (most recent call last):\r\n",
        [0xFF, 0xFE, 0x00, 0x80, 0x0A],
        '{"v":1,"type":"key","id":"sign","state":"great","left":5,"max":5}\n',
        '{"v":1,"type":"card","kind":"dragon"}\n[1]\nnull\n{"v":1}\n',
        '{"v":1,"type":"result","complete":true,"keys":[{"id":"<img src=x>"}]}\n',
        text[:half],
        text[half:],
        "{" * 40_000,
        "\n",
    ]


def test_a_real_device_over_web_serial_with_garbage_between(opened):
    page = opened("en-US", script=SERIAL % json.dumps(_session()))
    page.click("#connect")
    page.wait_for_selector("#keys tr[data-key=visual_b][data-state=locked]")
    assert "from the connected device" in page.inner_text("#source")
    assert "Locked" in page.inner_text("#advice")
    assert "Connected" in page.inner_text("#link")
    # The fifth lamp is red now and then, the first never: as on the device.
    page.wait_for_function(
        "() => document.querySelectorAll('.lamp')[4].dataset.drive === '63,4,0'"
    )
    assert _colours([page.locator(".lamp").first.get_attribute("data-drive")]) == {"green"}
    page.evaluate("() => window.unplug()")
    page.wait_for_function("() => /is gone/.test(document.getElementById('link').textContent)")
    assert page.locator("#keys tr[data-state=locked]").count() == 0


def test_a_browser_that_cannot_talk_to_a_device(opened):
    page = opened("ja-JP", script="delete Navigator.prototype.serial;")
    assert "ChromeかEdge" in page.inner_text("#link") and page.is_disabled("#connect")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_checker_has_nothing_serious(opened, scheme):
    package = CACHE / AXE
    if not package.is_dir():
        CACHE.mkdir(exist_ok=True)
        command = ["npm", "pack", "--silent", AXE.replace("core-", "core@")]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True)
        with tarfile.open(CACHE / f"{AXE}.tgz") as archive:
            archive.extractall(package, filter="data")
    page = opened("ja-JP", color_scheme=scheme, reduced_motion="reduce")
    _tap(page, "worn")
    page.fill("#said", "ICチップがロック")
    page.press("#said", "Enter")
    page.evaluate((package / "package" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize(("width", "zoom"), [(360, 1), (1100, 2)])
def test_nothing_sticks_out_on_a_phone_or_at_200_percent(opened, width, zoom):
    page = opened("ja-JP", width=width // zoom)
    _tap(page, "bank_app_lockout")
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_its_weight(folder):
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 2_000_000

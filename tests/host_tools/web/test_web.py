"""The page in a real Chromium: every card, both languages, keyboard only, no network, no mouse."""

import asyncio
import json
import re
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from desk import ASKED, TRIES, Desk
from film import LOOKS
from oracle import CARDS as TRUTH
from oracle import lamps, worst
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.web import build, serve
from webpage import CACHE, READY, ROOT, colours, needs_chromium, tap

pytestmark = needs_chromium

# A whole survey, cards that are not asked, one that changes: these in every run.
SOME = ["bank_app_lockout", "worn", "face_auth", "phone_ios", "two_cards", "swapped"]
OTHERS = [card.name for card in CARDS if card.name not in SOME]
# Laid down in the middle of a look, its Type A card may be found first.
BOTH = "wallet"
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
  const found = {};
  const lift = async () => {
    document.getElementById("lift").click();
    await until((e) => e.type === "removed");
  };
  for (const name of cards) {
    const other = (e) => e.type === "card" && !asked.includes(e.kind) && name !== "{both}";
    const over = (e) => e.type === "result" || other(e);
    let events;
    for (let tries = 0; tries < 3; tries++) {
      told.length = 0;
      document.querySelector(`[data-card="${name}"]`).click();
      await until(over);
      events = told.slice();
      // On a busy machine the device may say "again, please": then it is laid down again.
      if (events.at(-1).complete !== false) break;
      await lift();
    }
    const seen = [...document.querySelectorAll(".lamp")].map(() => new Set());
    await new Promise((resolve) => setTimeout(resolve, 150));
    const end = performance.now() + 2150;
    while (performance.now() < end) {
      document.querySelectorAll(".lamp").forEach((lamp, i) => seen[i].add(lamp.dataset.drive));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const titles = [...document.querySelectorAll("#advice h3")].map((one) => one.textContent);
    found[name] = { events, titles, seen: seen.map((one) => [...one]) };
    await lift();
  }
  return found;
}""".replace("{both}", BOTH)


def _last_tap(said):
    """Return what counts of a card's events, without times and its number.

    A `card` event clears all before it: one card swaps itself, and on a busy machine any tap may
    begin again.
    """
    told = []
    for event in said:
        if event["type"] == "card":
            told = []
        if event["type"] in ("card", "key", "result"):
            told.append({n: value for n, value in event.items() if n not in ("ms", "tap")})
    return told


def _with_firmware(names):
    """What the same cards do to the firmware in MicroPython on this machine."""

    async def all_():
        desk = Desk(layout=12, licence=True)
        await desk.simulator.start()
        try:
            await desk.event("ready")
            found = {}
            for card in names:
                for _ in range(TRIES):
                    found[card] = []
                    desk.simulator.tap(card)
                    while True:
                        event = await desk.event("card", "key", "result")
                        found[card].append(event)
                        other = event.get("kind", ASKED[0]) not in ASKED and card != BOTH
                        if event["type"] == "result" or other:
                            break
                    await desk.lift()
                    if event.get("complete", True):
                        break
            return found
        finally:
            await desk.simulator.stop()

    return asyncio.run(all_())


@pytest.mark.parametrize("names", [SOME, pytest.param(OTHERS, marks=pytest.mark.long)])
def test_every_card_does_here_what_it_does_to_the_device(browser, opened, micropython, names):
    pages = [opened("ja-JP") for _ in range(3)]
    for number, page in enumerate(pages):
        page.evaluate(f"(cards) => {{ window.found = ({TAP_ALL})(cards); }}", names[number::3])
    with_firmware = {}
    # Playwright's loop is in this thread: the other one is for the device on this machine.
    thread = threading.Thread(target=lambda: with_firmware.update(_with_firmware(names)))
    thread.start()
    found = {}
    for page in pages:
        found |= page.evaluate("() => window.found")
        assert page.inner_text("#presented").endswith(": 0")
    thread.join()
    for name in names:
        truth = TRUTH[name]
        here = _last_tap(found[name]["events"])
        assert here == _last_tap(with_firmware[name]), name
        states = {key: one["state"] for key, one in truth["keys"].items()}
        if states and truth["kind"] == "my_number_card":
            states.setdefault("licence", "absent")
        lit = [colours(seen) for seen in found[name]["seen"]]
        if states:
            shown = [[states.get(key, "absent") for key in keys] for keys in lamps(12)]
            shown.append(list(states.values()))
            assert lit == [{LOOKS[worst(lamp)][0]} - {"off"} for lamp in shown], name
        else:
            assert lit == [*[set()] * 11, {"violet"}], name
        told = advise(guidance("ja"), truth["kind"], here[-1].get("keys", []), True)
        assert found[name]["titles"] == [one["title"] for one in told], name


def test_a_card_that_is_pulled_half_way(opened):
    page = opened()
    page.focus("[data-card=sign_locked]")
    page.click("#pull")
    page.wait_for_selector("#advice h3.unknown")
    assert "Not read" in page.inner_text("#headline")
    assert page.locator("#keys tr[data-state=unknown]").count() > 0
    tap(page, "fresh")
    page.wait_for_function("() => /Nothing is locked/.test(document.body.textContent)")


def test_a_card_is_dragged_onto_the_reader(opened):
    page = opened()
    page.drag_and_drop("[data-card=sign_locked]", "#reader")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")
    page.click("#try details summary")
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
    tap(page, "bank_app_lockout")
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
    tap(page, "sign_locked")
    assert page.locator(".lamp").count() == count
    drives = page.evaluate(
        """async () => { const seen = new Set(); const end = performance.now() + 2100;
        while (performance.now() < end) { seen.add(document.querySelector('.lamp').dataset.drive);
        await new Promise((r) => setTimeout(r, 30)); } return [...seen]; }"""
    )
    assert "red" in colours(drives)


def test_no_script_but_its_own_runs_and_no_other_server_is_asked(opened):
    page = opened()
    done = page.evaluate(
        """async () => {
        const refused = [];
        addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.foreign = 1";
        document.body.append(script);
        await fetch("http://192.0.2.1/").catch(() => {});
        await new Promise((resolve) => setTimeout(resolve));
        return [window.foreign ?? null, refused]; }"""
    )
    assert done == [None, ["script-src-elem", "connect-src"]]


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example:8000", ""])
def test_a_foreign_name_that_leads_here_gets_nothing(web_address, host):
    asked = urllib.request.Request(web_address, headers={"Host": host})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    assert refused.value.code == 421


def test_a_worker_has_the_policy_of_the_page(web_address):
    with urllib.request.urlopen(web_address) as page:
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page.read().decode())
        assert page.headers["Content-Security-Policy"] is None  # its own, which it has everywhere
    with urllib.request.urlopen(web_address + "worker.js") as worker:
        assert worker.headers["Content-Security-Policy"] == policy


@pytest.mark.parametrize(
    "path", ["%00", "worker.js%00", "%ED%A0%80", "../pyproject.toml", "%2e%2e/README.md"]
)
def test_a_path_without_sense_is_answered(web_address, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(web_address + path, timeout=10)
    assert refused.value.code == 404


def test_a_micropython_that_was_tampered_with_is_refused(tmp_path):
    name = next(CACHE.glob("micropython-*.tgz")).name
    (tmp_path / name).write_bytes((CACHE / name).read_bytes() + b"x")
    with pytest.raises(build.BuildError, match="as it was published"):
        build.build(tmp_path / "out", tmp_path, ROOT / "docs")
    assert not (tmp_path / "out").exists()


def test_a_card_that_is_laid_while_it_loads_and_lies_there_over_a_restart(opened):
    # MicroPython comes late: the card and the lamps that were chosen meanwhile count.
    page = opened("ja-JP")
    page.reload(wait_until="commit")
    page.wait_for_selector("[data-card=sign_locked]")
    page.click("[data-card=sign_locked]")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")
    page.select_option("#layout", "8")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=none]", state="attached")
    page.wait_for_selector("#keys tr[data-key=sign][data-state=locked]")
    assert page.locator(".lamp").count() == 8
    numbers = page.locator("#keys .number").all_inner_texts()
    assert numbers == ["1", "2", "3", "4", "5", "6", "3", "7", "7", "7", ""]
    page.hover("#keys tr[data-key=common]")
    assert page.locator(".lamp.pointed").inner_text() == "3"


def test_one_lamp_steps_through_the_keys_by_the_button(opened):
    page = opened()
    page.select_option("#layout", "1")
    page.wait_for_function(READY)
    tap(page, "bank_app_lockout")
    page.click("#press")
    # Five short white winks, its place, then five seconds of its own state.
    page.wait_for_function("() => document.querySelector('.lamp').dataset.drive === '63,63,63'")
    page.wait_for_function("() => document.querySelector('.lamp').dataset.drive === '63,4,0'")


@pytest.mark.parametrize(
    ("languages", "lang"),
    [(["en-US", "ja"], "en"), (["fr", "ja"], "ja"), (["ja-JP", "en"], "ja"), (["fr"], "en")],
)
def test_the_first_language_that_it_has(opened, languages, lang):
    script = "Object.defineProperty(navigator, 'languages', { value: %s });" % languages
    assert opened(script=script).get_attribute("html", "lang") == lang


def test_from_a_sub_folder_with_a_flashing_page_in_it(browser, tmp_path):
    out = tmp_path / "foo" / "bar"
    (out / "install").mkdir(parents=True)
    (out / "install" / "index.html").write_text("flash here")
    for name in ("index.html", "sw.js"):
        (out / name).write_text("of somebody else's page")
        with pytest.raises(build.BuildError, match="another page"):
            build.build(out, CACHE, ROOT / "docs")
        assert (out / name).read_text() == "of somebody else's page"
        (out / name).unlink()
    (out / "README").write_text("")
    build.build(out, CACHE, ROOT / "docs")
    worker = (out / "sw.js").read_text("utf-8")
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_bytes(bytes(3_000_000))  # more than the page may have
    (out / "CNAME").symlink_to(tmp_path / "there-is-none")
    (out / "app.js").write_text("an older one")
    build.build(out, CACHE, ROOT / "docs")
    assert (out / "sw.js").read_text("utf-8") == worker
    assert "CNAME" not in worker and "README" not in worker
    assert (out / ".git" / "HEAD").stat().st_size == 3_000_000 and (out / "CNAME").is_symlink()
    assert "an older one" not in (out / "app.js").read_text("utf-8")
    serving = serve.server(tmp_path)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{serving.server_port}/foo/bar/?lang=constructor")
        page.wait_for_function(READY)
        page.click("#install-text a")
        assert page.inner_text("body") == "flash here"
    finally:
        page.close()
        serving.shutdown()


def test_without_javascript_it_says_what_is_missing(browser, web_address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(web_address)
    assert "JavaScript" in page.inner_text("body") and "ウェブサーバー" in page.inner_text("body")
    page.close()


def test_its_weight(web_folder):
    assert sum(path.stat().st_size for path in web_folder.rglob("*") if path.is_file()) < 2_000_000

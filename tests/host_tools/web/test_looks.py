"""The page as it is seen: accessibility, sizes, colours and motion that are not wanted, print."""

import subprocess

import pytest

from mynacard.keys import KEYS
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show.rows import numbers
from webpage import LOADED, ROOT, needs_chromium, serious, tap

pytestmark = needs_chromium


@pytest.mark.parametrize(
    ("scheme", "lang", "card"),
    [("light", "ja-JP", "worn"), ("dark", "ja-JP", "face_auth"), ("dark", "en-US", "transit")],
)
def test_an_accessibility_checker_has_nothing_serious(opened, scheme, lang, card):
    page = opened(lang, color_scheme=scheme, reduced_motion="reduce")
    tap(page, card)
    page.fill("#said", "ICチップがロック")
    page.press("#said", "Enter")
    assert serious(page) == []


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (390, 1), (1100, 2), (800, 1)])
def test_nothing_sticks_out_on_a_phone_or_at_200_percent(opened, width, zoom):
    page = opened("ja-JP", width=width // zoom)
    tap(page, "bank_app_lockout")
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_the_slip_alone_is_printed(opened):
    page = opened("ja-JP")
    tap(page, "jpki_both_locked")
    page.emulate_media(media="print")
    assert page.is_visible("#slip") and "両方ともロック" in page.inner_text("#slip")
    for other in ("header", "#try", "#result", "#explain", "#print-slip", "footer"):
        assert not page.is_visible(other), other
    page.emulate_media(media="screen")
    assert page.evaluate("async () => (await fetch(document.getElementById('sheet').href)).ok")


@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
@pytest.mark.parametrize(
    "name", ["bank_app_lockout", "child_three_locked", "face_auth", "worn", "phone_ios"]
)
def test_the_slip_is_one_sheet_of_black_on_white(opened, tmp_path, name, locale):
    page = opened(locale, color_scheme="dark")
    tap(page, name)
    page.emulate_media(media="print")
    ground = (
        "() => getComputedStyle(document.getElementById('slip').parentElement).backgroundColor"
    )
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    ink = "() => getComputedStyle(document.querySelector('#slip h4')).color"
    assert page.evaluate(ink) == "rgb(0, 0, 0)"
    assert "2026-11-22" in page.inner_text("#slip")
    for number in page.locator("#slip .number").all():
        lines = number.evaluate("(one) => one.getClientRects().length")
        assert lines == 1, number.inner_text()
    assert "0120-95-0178" in page.locator("#slip .number").all_inner_texts()
    paper = tmp_path / "slip.pdf"
    page.pdf(path=paper, print_background=True, prefer_css_page_size=True)
    said = subprocess.run(["pdfinfo", paper], capture_output=True, text=True).stdout
    assert "Pages:           1" in said and "A5" in said, said


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_slip_of_any_number_of_locks_is_one_sheet(opened, tmp_path, lang):
    page = opened({"ja": "ja-JP", "en": "en-US"}[lang])
    tap(page, "fresh")
    for locked in range(1, len(KEYS) + 1):
        findings = [
            {"id": key.id, "state": "locked" if n < locked else "ok"} for n, key in enumerate(KEYS)
        ]
        assert _pages(page, tmp_path, lang, findings) == 1, locked


FACE = {"sign": "not_issued"} | dict.fromkeys(("auth", "juki", "text_pin", "common"), "by_design")
# What takes most room beside the locks: reasons, and what was not found. "!": its file is unread.
DOUBTED = (
    {"sign": "locked!", "auth": "locked", "text_a": "last"},
    {"sign": "locked!", "visual_a": "locked", "text_pin": "used"},
    {"sign": "locked!", "auth": "locked!", "text_a": "absent", "visual_a": "used"},
    {"sign": "locked!", "visual_b": "locked", "juki": "locked", "common": "absent"},
    {"sign": "not_issued", "auth": "locked", "juki": "locked", "visual_birth": "unknown"},
    {**FACE, "text_b": "unknown", "text_a": "absent", "visual_b": "absent", "visual_a": "used"},
    {**FACE, "text_a": "locked", "visual_b": "locked", "visual_a": "absent", "licence": "not_set"},
    {**FACE, "visual_b": "locked", "text_a": "absent", "visual_a": "last", "text_b": "locked"},
)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_slip_with_doubts_is_one_sheet(opened, tmp_path, lang):
    page = opened({"ja": "ja-JP", "en": "en-US"}[lang])
    tap(page, "fresh")
    for states in DOUBTED:
        told = {key.id: states.get(key.id, "ok") for key in KEYS}
        findings = [
            {"id": id, "state": one.rstrip("!"), "note": "unread" if "!" in one else None}
            for id, one in told.items()
        ]
        assert _pages(page, tmp_path, lang, findings) == 1, states


def _pages(page, tmp_path, lang, findings):
    """Return how many sheets the slip of these findings takes on paper."""
    parts = slip(guidance(lang), "my_number_card", findings, True, "2026-11-26", numbers(12))
    page.evaluate(
        "async (parts) => { const view = await import('./view.js');"
        " view.showSlip(document.getElementById('slip'), parts, 'For practice'); }",
        parts,
    )
    paper = tmp_path / "slip.pdf"
    page.pdf(path=paper, print_background=True, prefer_css_page_size=True)
    said = subprocess.run(["pdfinfo", paper], capture_output=True, text=True).stdout
    return int(said.partition("Pages:")[2].split()[0])


def test_whoever_wants_no_motion_sees_no_blinking(opened):
    page = opened("en-US", reduced_motion="reduce")
    tap(page, "sign_locked")
    page.wait_for_timeout(2200)  # a whole cycle was seen
    lights = page.evaluate(
        """async () => { const seen = new Set(); const end = performance.now() + 2100;
        while (performance.now() < end) {
          seen.add(document.querySelector('.lamp').style.getPropertyValue('--c'));
          await new Promise((r) => setTimeout(r, 30)); } return [...seen]; }"""
    )
    assert len(lights) == 1
    assert "gradient" in page.evaluate(
        "() => getComputedStyle(document.querySelector('[data-key=sign] .mark')).backgroundImage"
    )


def test_whoever_wants_no_motion_sees_no_lamp_of_the_card_before(opened):
    script = (ROOT / "tests" / "web_serial.js").read_text("utf-8") + "window.lines = [];"
    page = opened("en-US", script=script, ready=LOADED, reduced_motion="reduce")
    page.click("#connect")
    page.wait_for_function("() => document.body.classList.contains('watching')")
    for state in ("ok", "unknown"):
        keys = [{"id": "sign", "state": state, "left": None, "max": 5}]
        result = {"type": "result", "complete": True, "ms": 5, "keys": keys}
        page.evaluate(
            "(events) => ports.at(-1).tell(...events)",
            [{"type": "card", "kind": "my_number_card"}, {"type": "key", **keys[0]}, result],
        )
        page.wait_for_selector(f"#keys [data-key=sign][data-state={state}]")
        page.wait_for_timeout(200)  # a few frames
        colour = page.evaluate(
            "() => document.querySelector('.lamp').style.getPropertyValue('--c')"
        )
        red, green, blue = map(int, colour.split(","))
        assert (green > max(red, blue)) == (state == "ok"), colour


def test_lamps_and_patterns_stay_in_forced_colours(opened):
    page = opened("en-US", forced_colors="active")
    tap(page, "sign_locked")
    for one in (".lamp", "[data-key=sign] .mark", "[data-key=auth] .mark"):
        style = f"() => getComputedStyle(document.querySelector('{one}'))"
        image = page.evaluate(style + ".backgroundImage")
        colour = page.evaluate(style + ".backgroundColor")
        assert "gradient" in image or colour == "rgb(3, 175, 122)", (one, image, colour)

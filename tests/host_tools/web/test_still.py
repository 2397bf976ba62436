"""A page that stood still: what it shows was so before that, and must not look live."""

import pytest

from web_pasori import ask, begun, until
from webpage import LOADED, needs_chromium

pytestmark = needs_chromium

# `away`: nobody looks at the page. `stand()`: as in the slip's print dialog, no script of it runs.
HIDE = """window.away = false;
Object.defineProperty(document, "visibilityState", { get: () => (away ? "hidden" : "visible") });
window.stand = () => { const end = performance.now() + 3500; while (performance.now() < end); };"""
TOLD = "() => document.body.classList.contains('told')"
NOT_TOLD = "() => !document.body.classList.contains('told')"
# Two turns of the page's, in which it notices whether it is hidden.
TURNS = "new Promise((done) => { setTimeout(done, 200); })"
KINDS = ("rcs300", "rcs380")


def _shown(page, key, state):
    page.wait_for_selector(f"#keys tr[data-key={key}][data-state={state}]")


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_that_was_taken_meanwhile_is_forgotten_at_once(opened, kind):
    page = begun(opened, kind, more=HIDE)
    ask(page, "tap", "fresh")
    until(page, "e.type === 'result'")
    page.evaluate("() => { desk.ask('lift'); stand(); }")
    page.wait_for_function(NOT_TOLD, timeout=20_000)  # its result would stay for a minute
    told = until(page, "e.type === 'ready'")  # the reader has begun anew
    assert page.locator("#keys tr[data-state=ok]").count() == 0
    assert page.is_disabled("#print-slip")
    assert not [event for event in told if event["type"] in ("card", "result")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_that_still_lies_there_is_read_once_more(opened, kind):
    page = begun(opened, kind, more=HIDE)
    ask(page, "tap", "sign_locked")
    until(page, "e.type === 'result'")
    page.evaluate("() => stand()")
    told = until(page, "e.type === 'result' && e.complete")
    assert {"ready", "card"} <= {event["type"] for event in told}
    _shown(page, "sign", "locked")
    assert ask(page, "presented") == 0
    assert page.evaluate("() => desk.wrong") == []
    page.click("#usb")  # and it still lets go
    page.wait_for_function("() => document.body.dataset.source === 'try'")
    assert page.evaluate("() => desk.device.opened") is False


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_reading_that_it_cut_short_nothing_is_left(opened, kind):
    page = begun(opened, kind, more=HIDE)
    page.evaluate(
        """() => addEventListener("pinlamp", function first({ detail: { type } }) {
        if (type !== "key") return;
        removeEventListener("pinlamp", first);
        desk.ask("tap", "auth_locked");
        stand(); })"""
    )
    ask(page, "tap", "sign_locked")
    told = until(page, "e.type === 'result' && e.complete")
    locked = [key["id"] for key in told[-1]["keys"] if key["state"] == "locked"]
    assert locked == ["auth"]
    _shown(page, "auth", "locked")
    assert page.locator("#keys tr[data-key=sign][data-state=locked]").count() == 0


def test_what_is_late_in_a_hidden_page_counts_once_somebody_looks(opened):
    page = begun(opened, "rcs300", more=HIDE)
    ask(page, "tap", "fresh")
    until(page, "e.type === 'result'")
    page.evaluate("async () => { away = true; await %s; desk.ask('lift'); stand(); }" % TURNS)
    told = until(page, "e.type === 'removed'")
    assert page.evaluate(TOLD) and "ready" not in {event["type"] for event in told}
    page.evaluate("() => { away = false; }")
    until(page, "e.type === 'ready'")
    page.wait_for_function(NOT_TOLD, timeout=20_000)


# Each turn: after how many ms, whether the page is visible, whether the computer slept so long.
TURNED = """async ([byTimers, turns]) => {
  const { Still } = await import("./still.js");
  const own = { now: performance.now, Date };
  let [at, wall] = [0, 0];
  performance.now = () => at;
  Date = class extends own.Date { getTime() { return wall; } };
  try {
    const still = new Still(byTimers);
    return turns.map(([ms, visible, slept]) => {
      if (!slept) at += ms;
      wall += ms;
      away = !visible;
      return still.stood();
    });
  } finally {
    performance.now = own.now;
    ({ Date } = own);
    away = false;
  } }"""
SEEN, HIDDEN, SLEPT = True, False, True


def test_the_rule_is_one_for_cable_and_pasori(opened):
    page = opened(script=HIDE, ready=LOADED)
    for turns, cable, pasori in (
        ([(40, SEEN), (2900, SEEN), (40, SEEN)], [], []),  # a busy machine
        ([(40, SEEN), (3100, SEEN), (40, SEEN)], [1], [1]),  # its own print dialog
        ([(1000, HIDDEN), (1000, HIDDEN), (40, SEEN)], [], []),  # another tab
        ([(3100, HIDDEN), (40, HIDDEN), (40, SEEN)], [0], [0]),  # a dialog, and then another tab
        ([(40, HIDDEN), (3100, SEEN), (40, SEEN)], [1], [1]),  # a telephone's other app
        # After five minutes in another tab: a cable's lines still come, a PaSoRi's card is late.
        ([(40, HIDDEN), (60_000, HIDDEN), (40, HIDDEN), (40, SEEN), (40, SEEN)], [], [3]),
        ([(40, HIDDEN), (70_000, HIDDEN), (40, HIDDEN), (40, SEEN)], [1], [1]),  # it was stopped
        ([(40, HIDDEN), (3600_000, HIDDEN, SLEPT), (40, SEEN)], [1], [1]),
        ([(40, SEEN), (-3600_000, SEEN, SLEPT), (40, SEEN)], [1], [1]),  # its clock was set back
        ([(40, SEEN), (2900, SEEN, SLEPT), (40, SEEN)], [], []),
    ):
        for by_timers, stood in ((False, cable), (True, pasori)):
            told = page.evaluate(TURNED, [by_timers, turns])
            assert [i for i, one in enumerate(told) if one] == stood, (turns, by_timers)

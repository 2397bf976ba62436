"""What the page's second MicroPython tells the page, here in the one of this machine."""

import json
import os
import subprocess

import pytest

from pinlamp_tools import paths
from pinlamp_tools.recording.trace import events, load
from pinlamp_tools.show.names import Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import headline, key_rows
from places import ROOT

PROGRAM = """
import json
from pinlamp_tools.web import advisor
for name, given in json.load(open("calls.json")):
    answer = getattr(advisor, name)(*given)
    print(json.dumps(answer))
"""
DAY = "2026-11-26"
READY = {"v": 1, "type": "ready"}
CARD = {"v": 1, "type": "card", "kind": "my_number_card"}


@pytest.fixture
def ask(micropython, tmp_path):
    """A function: calls of the advisor, (name, *arguments) each -> their answers."""

    def asked(*calls):
        given = [(name, arguments) for name, *arguments in calls]
        (tmp_path / "calls.json").write_text(json.dumps(given), "utf-8")
        folders = [
            ROOT / "host_tools",
            *(paths.package_dir(n).parent for n in paths.DEVICE_PACKAGES),
        ]
        done = subprocess.run(
            [str(micropython), "-X", "heapsize=4M", "-c", PROGRAM],
            env={**os.environ, "MICROPYPATH": ":".join([".frozen", *map(str, folders)])},
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return asked


def of_trace(name):
    return list(events(load(ROOT / "tests" / "traces" / f"{name}.jsonl")))


def lines(told):
    return [("take", json.dumps({"v": 1, **event})) for event in told]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("layout", [12, 5, 0])
def test_rows_and_headline_are_those_of_the_terminal(ask, lang, layout):
    told = of_trace("worn")
    *_, last = ask(*lines(told), ("shown", lang, layout, DAY))
    shown = json.loads(last)
    reading = Reading()
    for event in told:
        reading.take(event)
    rows = [row._asdict() for row in key_rows(reading, layout or None, Names(lang))]
    assert shown["keys"] == rows
    assert shown["headline"][0] == headline(reading, Names(lang))[0]
    assert (shown["phase"], shown["state"], shown["of_card"]) == ("read", reading.overall, True)


def test_a_device_on_a_cable_has_its_own_lamps_and_numbers(ask):
    ready = {"type": "ready", "board": "b", "version": "1", "lamps": 8}
    told = lines([ready, *of_trace("worn")])
    *_, pixels, last = ask(*told, ("pixels",), ("shown", "en", 0, DAY))
    shown = json.loads(last)
    assert (shown["lamps"], shown["layout"], len(pixels)) == (8, 8, 48)
    places = {row["key"]: row["place"] for row in shown["keys"]}
    assert (places["common"], places["visual_a"], shown["all"]["place"]) == (3, 7, 8)


def test_the_headline_names_the_keys_that_it_is_about_and_none_where_all_is_well(ask):
    answers = ask(
        *lines(of_trace("bank_app_lockout")),
        ("shown", "en", 12, DAY),
        ("forget",),
        *lines(of_trace("fresh")),
        ("shown", "en", 12, DAY),
    )
    locked, fresh = (json.loads(one) for one in answers if one and "headline" in one)
    assert locked["headline"] == ["Something is locked", "check number B (card face)"]
    assert len(fresh["headline"]) == 1


def test_the_headline_names_what_is_lacking(ask):
    *_, end = of_trace("fresh")
    keys = [
        {**one, "state": "absent", "left": None} if one["id"] == "visual_b" else one
        for one in end["keys"]
    ]
    told = lines([CARD, {**end, "keys": keys}])
    *_, last = ask(*told, ("shown", "en", 12, DAY))
    shown = json.loads(last)
    said = Names("en").overall("lacking")
    assert shown["headline"] == [said, "check number B (card face)"]
    assert shown["all"]["words"] == said and shown["state"] == "ok"
    (advice,) = shown["advice"]
    assert (advice["names"], advice["state"]) == ("check number B (card face)", "absent")
    assert "Nothing is locked" not in last


def test_the_page_sends_nobody_to_a_shop_for_a_certificate_that_was_not_read(ask):
    *_, end = of_trace("certificates_unread")
    assert {one["id"]: one.get("note") for one in end["keys"]}["sign"] == "unread"
    *_, last = ask(*lines([CARD, end]), ("shown", "en", 12, DAY))
    shown = json.loads(last)
    fields = [one["field"] for advice in shown["advice"] for one in advice["paragraphs"]]
    assert "fault" in fields and "kiosk" not in fields
    headings = [heading for part in shown["slip"] for heading, _ in part["rows"]]
    assert "Reason" in headings and "App, shops" not in headings and "24 hours" not in last


def test_advice_comes_with_its_labels_and_words_for_the_counter_are_japanese(ask):
    *_, last = ask(*lines(of_trace("bank_app_lockout")), ("shown", "en", 12, DAY))
    shown = json.loads(last)
    first = shown["advice"][0]
    assert (first["title"], first["state"], first["list"]) == ("Locked", "locked", [])
    assert first["names"] == "check number B (card face)"
    labels = [one["label"] for one in first["paragraphs"]]
    assert labels[0] == "Now" and labels[-2:] == ["Source", "checked"]
    assert [one["small"] for one in first["paragraphs"]][-3:] == [False, True, True]
    assert [one["label"] for one in first["paragraphs"] if one["lang"] == "ja"] == ["Say"]
    assert all(one["lines"] for one in first["paragraphs"])
    assert [part["part"] for part in shown["slip"]] == ["clerk", "holder"]


@pytest.mark.parametrize(
    ("told", "of_card"),
    [
        ([], False),
        ([READY], False),
        ([CARD], True),
        ([CARD, READY], False),
        ([{"type": "removed"}], False),
        ([CARD, {"type": "fault", "code": "crash"}], False),
        ([{"type": "card", "kind": "several"}], True),
    ],
)
def test_nothing_is_said_of_a_card_before_one_is_heard_of(ask, told, of_card):
    *_, last = ask(*lines(told), ("shown", "en", 12, DAY))
    shown = json.loads(last)
    assert shown["of_card"] is of_card
    over = any(event.get("kind") == "several" for event in told)
    assert bool(shown["slip"]) == bool(shown["advice"]) == over


def test_how_long_words_stay_and_that_fading_forgets_them(ask):
    told = [*of_trace("sign_locked"), {"type": "removed"}]
    settings = {"type": "fault", "code": "settings", "field": "layout"}
    *takes, before, _, after, notice, garbage = ask(
        *lines(told),
        ("shown", "en", 12, DAY),
        ("fade",),
        ("shown", "en", 12, DAY),
        *lines([settings]),
        ("take", "[1]"),
    )
    stay = [json.loads(one)["stays_ms"] for one in takes]
    assert stay == [None] * (len(told) - 1) + [60_000]
    assert json.loads(before)["state"] == "locked"
    after = json.loads(after)
    assert (after["phase"], after["state"], after["slip"]) == ("ready", None, None)
    assert after["advice"] == []
    assert json.loads(notice)["stays_ms"] == 4000 and garbage == "null"


def test_what_was_said_at_a_counter(ask):
    found, unknown = map(
        json.loads, ask(("topics", "ja", "ICチップがロック"), ("topics", "en", "天気"))
    )
    assert [field for field, _ in found[0]["paragraphs"]] == ["numbers", "means", "tell", "go"]
    assert found[0]["title"] and "照合番号B" in found[0]["paragraphs"][0][1]
    assert len(unknown["lines"]) == 2 and all(unknown["lines"])
    assert found[0]["title"] not in unknown["titles"] and len(set(unknown["titles"])) > 30


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_states_of_a_cable_are_those_of_watch(ask, lang):
    keeping = {"v": 1, "type": "alive", "results": False}
    calls = [
        ("nothing", 6000),
        ("take", ">>> "),
        ("take", "waiting for download"),
        ("take", json.dumps(keeping)),
        ("take", json.dumps({**keeping, "results": True})),
    ]
    answers = ask(*[one for call in calls for one in (call, ("shown", lang, 0, DAY))])
    shown = [json.loads(answer)["headline"] for answer in answers[1::2]]
    names = Names(lang)
    for told, state in zip(shown, ("silent", "repl", "loader", "keeping")):
        assert told == [names.cable(state, "is"), names.cable(state, "do")]
    assert answers[0] is True and shown[4] == [names.device("ready")]


RESTARTS = [
    ["ets Jul 29 2019 12:21:46", "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"],
    ["ESP-ROM:esp32s3-20210327"],
    ["MPY: soft reboot"],
    ["waiting for download"],
    ["MicroPython v1.28.0 on 2026-04-01; Generic ESP32 module with ESP32"],
    [">>> "],
    [json.dumps({"v": 1, "type": "demo"})],
    [json.dumps({"v": 1, "type": "check", "check": "memory", "ok": True, "free": 1})],
]


@pytest.mark.parametrize("said", RESTARTS, ids=lambda said: said[-1][:20])
def test_nothing_stays_of_a_card_whose_device_has_started_anew(ask, said):
    """It lay there at the reset: `removed` never comes, and in demo or REPL no `ready` either."""
    shown = ("shown", "en", 0, DAY)
    anew = [("take", line) for line in said]
    answers = ask(*lines([READY, *of_trace("fresh")]), shown, *anew, shown, ("pixels",))
    before, told = json.loads(answers[-3 - len(said)]), json.loads(answers[-2])
    lit = answers[-1]
    assert before["state"] == "ok" and before["slip"]
    assert told["state"] is None and not told["of_card"] and told["slip"] is None
    assert not told["advice"] and set(lit) == {"0"}


def test_the_next_reading_is_compared_only_after_the_press(ask):
    ready = {"type": "ready", "board": "browser", "version": "0.1.0", "results": True}
    locked, fresh = of_trace("bank_app_lockout"), of_trace("fresh")
    show = ("shown", "ja", 12, DAY)
    answers = ask(
        *lines([ready, *locked]),
        show,
        ("again",),
        show,
        *lines([{"type": "removed"}, *fresh]),
        show,
    )
    told = [json.loads(one)["again"] for one in answers if one and "headline" in one]
    assert [one["ask"] for one in told] == [True, True, False]
    assert [one["said"] for one in told] == [
        "",
        "同じカードをもう一度かざしてください(2分以内)",
        "同じカードであれば、解除されています",
    ]
    assert told[0]["button"] == "同じカードを読み直す"
    answers = ask(*lines([{**ready, "counter": True}, *locked]), ("again",), show)
    assert json.loads(answers[-1])["again"]["ask"] is False
    assert json.loads(answers[-1])["again"]["said"] == ""


def test_before_you_go_the_page_asks_what_matters_and_then_says_where(ask):
    told = lines(of_trace("sign_locked"))
    *_, shown, first, half, whole, unsure = map(
        json.loads,
        ask(
            *told,
            ("shown", "ja", 12, DAY),
            ("questions", "ja", "{}"),
            ("questions", "ja", '{"other":true,"changed":false}'),
            ("questions", "ja", '{"other":true,"changed":false,"valid":true}'),
            ("questions", "ja", '{"other":null,"changed":false,"valid":true}'),
        ),
    )
    assert shown["plan"] is True
    assert [name for name, _ in first["ask"]] == ["other", "changed", "valid"]
    assert first["rows"] == half["rows"] == []
    assert "キオスク端末で再設定できます" in whole["rows"][0][1]
    assert "窓口へ行ってください" in unsure["rows"][0][1]


@pytest.mark.parametrize(("day", "late"), [("2027-05-22", False), ("2027-05-23", True)])
def test_after_six_months_the_page_says_so(ask, day, late):
    *_, last = ask(*lines(of_trace("bank_app_lockout")), ("shown", "ja", 12, day))
    shown = json.loads(last)
    fields = [one["field"] for one in shown["advice"][0]["paragraphs"]]
    assert (fields[0] == "old") is late and ("6か月以上" in str(shown["slip"])) is late

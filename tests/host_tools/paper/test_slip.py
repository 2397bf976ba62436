"""The slip as an A5 page: it always fits, and says what the slip says; `pinlamp slip`."""

import json
import os

import pytest

from mynacard.keys import KEYS
from oracle import CARDS
from pinlamp_tools.guidance.place import load
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.paper import slip as page
from pinlamp_tools.paper.drawing import Text
from pinlamp_tools.show.names import LANGUAGES
from pinlamp_tools.show.rows import numbers
from places import ROOT, TESTS

LANGS = pytest.mark.parametrize("lang", LANGUAGES)
FONT = "fonts-ipaexfont-gothic"
IDS = [key.id for key in KEYS]
PLACE = load(ROOT / "docs" / "municipality.example.json")


def _parts(lang, findings, place=None, day="2026-11-26"):
    return slip(guidance(lang), "my_number_card", findings, True, day, numbers(12), place)


def _texts(drawing):
    return [thing for thing in drawing.things if isinstance(thing, Text)]


@LANGS
@pytest.mark.parametrize("place", [None, PLACE])
@pytest.mark.parametrize("locked", range(len(IDS) + 1))
def test_any_number_of_locks_fits_on_one_page(lang, place, locked):
    findings = [{"id": k, "state": "locked" if n < locked else "ok"} for n, k in enumerate(IDS)]
    drawing = page.draw(_parts(lang, findings, place, "2027-11-26"))  # with all that is old
    assert (drawing.width, drawing.height) == (148, 210)
    for text in _texts(drawing):
        assert 8 <= text.x < 145 and 8 < text.y < 204, text
    smallest = min(text.points for text in _texts(drawing))
    assert smallest >= (7.0 if locked <= 4 else 5.7)


# In the order of KEYS: so much of everything that the page has least room left.
FULL = (
    "locked ok absent used absent ok locked absent ok unknown used",
    "ok locked! locked locked unknown locked locked absent last last locked!",
    "locked! last locked locked locked last unknown ok absent locked locked!",
    "locked! locked! absent unknown absent unknown locked absent absent used locked!",
    "absent locked! locked locked locked locked locked locked locked locked locked!",
)


@LANGS
@pytest.mark.parametrize("states", FULL)
def test_doubts_and_what_was_not_found_fit_on_it_as_well(lang, states):
    findings = [
        {"id": key, "state": one.rstrip("!"), "note": "unread" if one.endswith("!") else None}
        for key, one in zip(IDS, states.split(), strict=True)
    ]
    data = guidance(lang)
    parts = _parts(lang, findings, PLACE, "2027-11-26")
    drawing = page.draw(parts)
    assert min(text.points for text in _texts(drawing)) >= 5.3
    rows = dict(parts[0]["rows"])
    assert (data["clerk"]["unread"] in rows) == ("!" in states)
    assert (data["clerk"]["lacking"] in rows) == ("absent" in states)


@LANGS
@pytest.mark.parametrize("name", sorted(CARDS))
def test_it_says_what_the_slip_says(lang, name):
    truth = CARDS[name]
    findings = [{"id": key, **found} for key, found in truth["keys"].items()]
    parts = slip(guidance(lang), truth["kind"], findings, True, "2026-11-26")
    said = "".join("".join(text.text for text in _texts(page.draw(parts))).split())
    for part in parts:
        assert "".join(part["title"].split()) in said
        for item in part["items"]:
            assert "".join(item["name"].split()) in said
        for _, lines in part["rows"]:
            for line in lines:
                assert "".join(line.split()) in said


def test_the_locked_number_is_large():
    drawing = page.draw(_parts("ja", [{"id": "visual_b", "state": "locked"}]))
    large = max(_texts(drawing), key=lambda text: text.points)
    assert large.points >= 14 and large.text.startswith("照合番号B")


def test_the_command_makes_a_pdf_and_writes_over_none(pinlamp, one_line, tmp_path):
    out = tmp_path / "slip.pdf"
    done = pinlamp("slip", "visual_b", "-o", out, "--lang", "ja")
    if FONT in done.stderr and not os.environ.get("CI"):
        pytest.skip(f"no Japanese font: apt install {FONT}")
    assert done.returncode == 0, done.stderr
    assert b"/MediaBox [0 0 419.53 595.28]" in out.read_bytes()  # A5
    assert "is there already" in one_line(pinlamp("slip", "visual_b", "-o", out), 2)


def test_the_command_takes_the_events_of_a_reading(pinlamp, tmp_path):
    trace = TESTS / "traces" / "bank_app_lockout.jsonl"
    events = tmp_path / "events.jsonl"
    events.write_text(pinlamp("replay", trace, "--json").stdout, "utf-8")
    said = pinlamp("slip", "--events", events, "--lang", "ja").stdout
    assert said == pinlamp("replay", trace, "--print", "--lang", "ja").stdout
    assert "照合番号B(券面事項確認AP)" in said and "〔ランプ" not in said


READY = '{"v":1,"type":"ready","board":"x","version":"0.1.0"%s}\n'
READY_ANEW = {"type": "ready", "board": "x", "version": "0.1.0"}
ALIVE = '{"v":1,"type":"alive"%s}\n'


@pytest.mark.parametrize(
    ("before", "after", "lamp"),
    [
        (READY % "", ALIVE % "", ""),
        (READY % ',"lamps":8', ALIVE % "", "〔ランプ7〕"),
        (READY % "", ALIVE % ',"lamps":12', "〔ランプ9〕"),
        (READY % ',"lamps":7', "", ""),  # there is no such label
        (READY % ',"lamps":12', READY % "", "〔ランプ9〕"),
        (READY % ',"lamps":8', READY % ',"lamps":12' + ALIVE % ',"lamps":12', "〔ランプ7〕"),
        (READY % "", READY % ',"lamps":12', ""),  # another device
        (READY % ',"lamps":8' + READY % "", "", ""),
    ],
)
def test_a_lamp_is_named_as_the_device_s_own_label_has_it(pinlamp, tmp_path, before, after, lamp):
    keys = [
        {"id": key.id, "state": "locked" if key.id == "text_a" else "ok", "left": 0, "max": None}
        for key in KEYS
        if key.id != "licence"
    ]
    card = '{"v":1,"type":"card","kind":"my_number_card"}\n'
    result = json.dumps({"v": 1, "type": "result", "complete": True, "ms": 9, "keys": keys})
    path = tmp_path / "events.jsonl"
    path.write_text(before + card + result + "\n" + after, "utf-8")
    said = pinlamp("slip", "--events", path, "--lang", "ja").stdout
    name = "■ 照合番号A(券面事項入力補助AP)"
    assert [line for line in said.splitlines() if line.startswith(name)] == [name + lamp]


@pytest.mark.parametrize("lifted", [True, False])
def test_a_card_of_which_nothing_was_heard_has_no_slip_of_the_one_before(
    pinlamp, one_line, tmp_path, lifted
):
    keys = [{"id": key.id, "state": "ok", "left": 1, "max": None} for key in KEYS[:10]]
    told = [
        {"type": "card", "kind": "my_number_card", "tap": 1},
        {"type": "result", "complete": True, "ms": 9, "keys": keys, "tap": 1},
        {"type": "alive", "tap": 1},
        *([{"type": "removed"}] if lifted else []),
        {"type": "alive", "tap": 2},
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps({"v": 1, **event}) + "\n" for event in told))
    assert "no events" in one_line(pinlamp("slip", "--events", path), 2)
    path.write_text(
        "".join(json.dumps({"v": 1, **e}) + "\n" for e in [*told, READY_ANEW, told[-1]])
    )
    assert "no events" in one_line(pinlamp("slip", "--events", path), 2)
    later = [*told[:-1], READY_ANEW, {"type": "alive", "taps": 2}]
    path.write_text("".join(json.dumps({"v": 1, **event}) + "\n" for event in later))
    assert "no events" in one_line(pinlamp("slip", "--events", path), 2)
    told[-1:] = [{"type": "alive", "taps": 1}, READY_ANEW, {"type": "alive", "taps": 0}]
    path.write_text("".join(json.dumps({"v": 1, **event}) + "\n" for event in told))
    assert pinlamp("slip", "--events", path).returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        ["slip", "common"],
        ["guide", "my_number_card", "common", "locked", "--print"],
        ["replay", TESTS / "traces" / "juki_disagrees.jsonl", "--print"],
    ],
)
def test_no_lamp_is_named_where_nobody_knows_the_label(pinlamp, command):
    said = pinlamp(*command, "--lang", "en").stdout
    assert "■" in said and "ランプ" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what is locked"),
        (["visual_c"], "did you mean visual_"),
        (["sign", "--events", "x"], "say what is locked"),
        (["--events", "/no/such/file"], "No such file"),
        (["sign", "-o", "slip.png"], ".svg or .pdf"),
    ],
)
def test_wrong_use_is_one_line(pinlamp, one_line, arguments, said):
    assert said in one_line(pinlamp("slip", *arguments, "--lang", "en"), 2)


def test_a_phone_s_reading_with_a_card_s_key_is_unclear(pinlamp, tmp_path):
    keys = [{"id": id, "state": "ok", "left": 3, "max": 3} for id in ("sign", "auth", "common")]
    told = (
        {"type": "card", "kind": "phone_ios"},
        {"type": "result", "complete": True, "ms": 5, "keys": keys},
    )
    path = tmp_path / "events"
    path.write_text("".join(json.dumps({"v": 1, **event}) + "\n" for event in told))
    done = pinlamp("slip", "--events", path, "--lang", "en")
    assert done.returncode == 0 and "othing is locked" not in done.stdout


def test_a_file_without_a_reading_is_refused(pinlamp, one_line, tmp_path):
    for content in ("", "hello\n", json.dumps({"v": 1, "type": "removed"}) + "\n"):
        path = tmp_path / "events"
        path.write_text(content)
        assert "no events" in one_line(pinlamp("slip", "--events", path, "--lang", "en"), 2)

"""Numbers: ① to ④ are the official PINs' alone and never without a name; lamps have plain digits.

Looked at: every text that a user reads, and each place that numbers a lamp.
"""

import io
import re

import pytest

from oracle import KEYS
from picture import picture
from pinlamp.layout import LAYOUTS, OVERALL, PLACES, lamps
from pinlamp_tools.boards.board import Board
from pinlamp_tools.guidance import render
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.paper import label, parts, sheet
from pinlamp_tools.show import table
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import key_rows, numbers
from pinlamp_tools.simulator.screen import Screen
from pinlamp_tools.watch.screen import Watch
from places import ROOT
from scripted import BOARD, ScriptedConsole, ScriptedSimulator

LANGS = pytest.mark.parametrize("lang", LANGUAGES)
EACH = pytest.mark.parametrize("layout", LAYOUTS)
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"
# How the name of each PIN begins; the common PIN is number 3 on the form too.
PINS = {
    "①": "署名用|[Ss]igning",
    "②": "利用者証明用|[Uu]serauthent",
    "③": "住民基本台帳用|[Rr]esidentregister|個人番号カード|(MyNumber)?Card",
    "④": "券面事項入力補助用|[Tt]extinputsupport",
}
TOOLS = ROOT / "host_tools" / "pinlamp_tools"
TEXTS = [path for path in TOOLS.rglob("*.json") if path.name != "names.json"]
TEXTS += [path for end in ("html", "js") for path in (TOOLS / "web" / "site").glob(f"*.{end}")]
TEXTS += [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.svg")]


# What the counter's clerk is asked in these very words, which name the PIN before.
ASKED = re.compile("「券面情報入力用」\\(④とみられます\\).{,60}?④も確認してもらってください。")


def _nameless(text):
    text = re.sub(r"\s+", "", text)  # a line may break within a name
    text = ASKED.sub("", text)
    return [
        text[max(0, found.start() - 20) : found.end() + 20]
        for found in re.finditer(f"[{CIRCLED}]", text)
        if not re.match(rf"({PINS.get(found[0], '(?!)')})", text[found.end() :])
    ]


def test_a_circled_number_never_stands_without_the_name_of_its_pin():
    assert {"ja.json", "explain.json", "counter.json", "README.ja.md", "counter.ja.svg"} <= {
        path.name for path in TEXTS
    }
    found = {}
    for path in TEXTS:
        text = path.read_text("utf-8")
        if path.suffix == ".svg":
            text = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", text))
        if _nameless(text):
            found[path.relative_to(ROOT).as_posix()] = _nameless(text)
    assert found == {}
    assert _nameless("②を見ます") and _nameless("① to ④") and _nameless("⑤署名用")


@LANGS
def test_names_put_the_official_number_before_the_name(lang):
    words = Names(lang)
    marks = {key: words.mark(key) for key in (*PLACES, OVERALL) if words.mark(key)}
    assert list(marks) == ["sign", "auth", "juki", "text_pin", "common"]
    for key, mark in marks.items():
        for name in (words.key(key), words.key(key, True), words.label(key)):
            assert not _nameless(mark + name)


def _right(layout):
    """Return {key: number} from the truth, or by the winks of an only lamp."""
    if layout == 1:
        return {key: number for number, key in enumerate(PLACES, 1)}
    truth = {row["id"]: row["lamps"].get(str(layout)) for row in KEYS}
    return {key: number for key, number in truth.items() if number}


def _read(**states):
    reading = Reading()
    reading.take({"type": "card", "kind": "my_number_card"})
    keys = [
        {"id": key, "state": states.get(key, "ok"), "left": None, "max": None} for key in PLACES
    ]
    reading.take({"type": "result", "complete": True, "ms": 1, "keys": keys})
    return reading


@EACH
def test_numbers_are_those_of_the_lamps(layout):
    told = {key: at for key, at in numbers(layout).items() if key != OVERALL}
    assert told == _right(layout)


@EACH
@LANGS
def test_the_label_has_them(layout, lang):
    board = Board.named("pico_w").with_strip("ring-12").in_layout(layout)
    words, told = Names(lang), {line.number: line.name for line in label.lines(board, lang)}
    assert list(told) == [str(n) for n in range(1, (layout if layout > 1 else 11) + 1)]
    for key, number in _right(layout).items():
        assert words.label(key) in told[str(number)]
    svg = label.draw(board, lang, parts.named("ring-12")).svg()
    texts = [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg) if text.isdecimal()]
    # In the line of each lamp, and beside each lamp of more than one.
    assert sorted(texts) == sorted(list(told) * (2 if layout > 1 else 1))


@EACH
@LANGS
def test_the_table_has_them(layout, lang, monkeypatch):
    file = io.StringIO()
    table.show(_read(), layout, Names(lang), file)
    lines = file.getvalue().splitlines()
    for keys in [(key,) for key in PLACES] if layout == 1 else lamps(layout):
        if len(keys) == 1:
            (line,) = [line for line in lines if Names(lang).key(keys[0]) in line]
            number = layout if keys == (OVERALL,) else _right(layout)[keys[0]]
            assert line.split()[0] == str(number)


def _screen_numbers(app, names):
    """Return {key: number before its name} of the screen."""
    found = {}
    for key in (*PLACES, OVERALL):
        for line in picture(app):
            place = line.find(names.key(key))
            if place >= 0 and key not in found:
                found[key] = re.sub(r"\D", "", line[:place])
    return found


def _on_screen(layout):
    """Return what a screen should show: a lamp of several keys has its number at the first."""
    right = {key: str(number) for key, number in _right(layout).items()}
    if layout > 1:
        for keys in lamps(layout):
            right.update(dict.fromkeys(keys[1:], ""))
        right.update({OVERALL: str(layout)} if layout != 5 else {})
    return {**{OVERALL: ""}, **right}


@EACH
@LANGS
async def test_the_screen_has_them(layout, lang, event_of):
    simulator = ScriptedSimulator(event_of)
    app = Screen(simulator, BOARD, lamps(layout), None, lang)
    async with app.run_test(size=(100, 40)) as pilot:
        simulator.ready()
        await pilot.pause()
        assert _screen_numbers(app, Names(lang)) == _on_screen(layout)
    app = Screen(simulator, BOARD, lamps(layout), None, lang)
    async with app.run_test(size=(80, 24)) as pilot:  # where lamps have a line each
        simulator.ready()
        await pilot.pause()
        assert _screen_numbers(app, Names(lang)) == _on_screen(layout)


@LANGS
async def test_watch_has_them(lang):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        ready = {"type": "ready", "board": "esp32_devkitc", "version": "0.1.0"}
        await console.tell({**ready, "lamps": 12})
        await pilot.pause()
        assert _screen_numbers(app, Names(lang)) == _on_screen(12)


@pytest.mark.parametrize("layout", [12, 8, 5])
def test_the_page_gets_them(layout):
    rows = key_rows(_read(), layout, Names("ja"))
    assert {row.key: row.place for row in rows if row.place} == _right(layout)
    view = (TOOLS / "web" / "site" / "view.js").read_text("utf-8")
    assert 'class: "number", text: place ?? ""' in view and "count > 1 ? i + 1" in view
    advisor = (TOOLS / "web" / "advisor.py").read_text("utf-8")
    assert "numbers(count)" in advisor


@EACH
@LANGS
@pytest.mark.parametrize("found", ["locked", "unknown", "last"])
def test_the_slip_has_them(layout, lang, found):
    data = guidance(lang)
    findings = [{"id": key, "state": found} for key in PLACES]
    told = slip(data, "my_number_card", findings, True, "2026-11-26", numbers(layout))
    items = {item["name"]: item["lamp"] for item in told[0]["items"]}
    names = {key: data["clerk"]["keys"][key]["name"] for key in PLACES}
    assert list(items) == (list(names.values()) if found == "locked" else [])
    for key in PLACES if items else ():
        number = _right(layout).get(key)
        lamp = data["clerk"]["lamp"].replace("{number}", str(number)) if number else ""
        assert items[names[key]] == lamp
    assert not _nameless(str(told))


@LANGS
@pytest.mark.parametrize("layout", [*LAYOUTS, None])
def test_table_and_printed_slip_have_those_of_the_device_alone(layout, lang, capsys):
    reading, names, lamp = _read(text_a="locked"), Names(lang), guidance(lang)["clerk"]["lamp"]
    if layout:
        reading.news({"type": "alive", "lamps": layout})
    render.outcome(reading, lang, as_slip=True, as_json=False)
    told = re.findall(lamp.replace("{number}", r"(\d+)"), capsys.readouterr().out)
    assert told == ([str(_right(layout)["text_a"])] if layout else [])
    render.outcome(reading, lang, as_slip=False, as_json=False)
    lines = capsys.readouterr().out.splitlines()[: len(PLACES) + 1]
    begin = [re.sub(r"\D.*", "", line.strip()) for line in lines]
    assert any(begin) == bool(layout)
    if not layout:  # all else stands there as with a lamp for each
        for line, key in zip(lines, (*PLACES, OVERALL), strict=True):
            assert line.startswith((names.mark(key) + " " + names.key(key)).strip())


@LANGS
def test_the_sheet_for_the_counter_has_them(lang):
    for row in sheet.key_rows("counter", lang):
        told = re.search(r"[〔\[](?:ランプ|lamp )([^〕\]]+)[〕\]]$", row["cells"][0])[1]
        digits = [list(map(int, re.findall(r"\d+", part))) for part in re.split("。|;", told)]
        ring = [_right(12)[key] for key in row["keys"]]
        stick = sorted({_right(8)[key] for key in row["keys"] if key in _right(8)})
        assert digits[0] == ring
        assert stick == ring if len(digits) == 1 else digits[1][-len(stick) or 2 :] == stick

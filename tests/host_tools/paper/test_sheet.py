"""The A4 sheets: what stands on them, and that it can be read and has room."""

import itertools
import os
import re
import shutil
import subprocess

import pytest

from lamps import colour_name
from mynacard import gate, state
from mynacard.keys import KEYS
from oracle import LOOKS
from pinlamp import look
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.paper import sheet, swatch
from pinlamp_tools.paper.drawing import Drawing, Text
from pinlamp_tools.paper.text_width import width
from pinlamp_tools.show.names import LANGUAGES
from pinlamp_tools.show.wrap import wrap
from places import ROOT

BOTH = [(kind, lang) for kind in sheet.KINDS for lang in LANGUAGES]


def _texts(kind, lang):
    return [thing for thing in sheet.draw(kind, lang).things if isinstance(thing, Text)]


@pytest.mark.parametrize(("kind", "lang"), BOTH)
def test_a_sheet_is_one_a4_page_that_can_be_read_and_nothing_leaves_it(kind, lang):
    drawing = sheet.draw(kind, lang)
    assert (drawing.width, drawing.height) == (210, 297)
    for text in _texts(kind, lang):
        assert text.points >= 7
        assert 10 <= text.x and text.x + width(text.text) * text.points * 25.4 / 72 <= 200.1
        assert 10 <= text.y <= 287


def test_texts_too_long_for_a_page_are_refused(monkeypatch):
    texts = sheet.TEXTS["counter"]["ja"]
    monkeypatch.setitem(texts, "lead", texts["lead"] * 99)
    with pytest.raises(sheet.DrawingError):
        sheet.draw("counter", "ja")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_counter_s_sheet_has_every_key_and_every_state(lang):
    texts = sheet.TEXTS["counter"][lang]
    rows = sheet.key_rows("counter", lang)
    assert {key for row in rows for key in row["keys"]} == {key.id for key in KEYS}
    assert all(len(row["cells"]) == 4 and all(row["cells"]) for row in rows)
    states = [each for row in texts["colours"]["rows"] for each in row["states"]]
    assert sorted(states) == sorted(look.STATES)
    for part in ("keys", "colours"):
        for row in texts[part]["rows"]:
            assert all(row["cells"]) or row["states"] == [state.ABSENT]
    (device,) = texts["device"]["rows"]
    assert device["lamps"] == [f"device_{n}" for n in range(1, len(look.DEVICE))] + ["crash"]
    assert [cell[0] for cell in device["cells"][:-1]] == list("123456") and all(device["cells"])
    for row in texts["colours"]["rows"]:  # lamps that share a row look alike
        assert len({look.STATES[each] for each in row["states"]}) == 1


def test_both_languages_have_the_same_rows():
    for texts in sheet.TEXTS.values():
        ja, en = (texts[lang] for lang in LANGUAGES)
        assert ja.keys() == en.keys() and len(ja["notes"]) == len(en["notes"])
        for part in ("keys", "device", "colours", "facts", "who", "seal"):
            for one, other in zip(*(x.get(part, {}).get("rows", []) for x in (ja, en))):
                assert {**one, "cells": len(one["cells"])} == {
                    **other,
                    "cells": len(other["cells"]),
                }


def test_no_text_promises_that_a_key_works():
    flat = "".join(text.text for text in _texts("counter", "ja"))
    assert "使えるという保証ではありません" in flat
    assert "No promise that it works" in " ".join(text.text for text in _texts("counter", "en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_security_sheet_has_just_what_the_gate_lets_pass(lang):
    allowed = set()
    for select, inner in gate._RULES.items():
        allowed |= {select, *inner, *inner.values()}
    allowed.discard(None)
    told = [bytes.fromhex(command) for command, _ in sheet.commands(lang)]
    assert set(told) == allowed
    passing = gate.Gate()  # and in an order that it lets pass
    for command in told:
        passing.check(command)
        passing.answered(b"\x90\x00")
    printed = [text.text for text in _texts("security", lang)]
    assert [bytes.fromhex(t) for t in printed if re.fullmatch(r"00( [0-9A-F]{2}){3,}", t)] == told


def _table(lang, head):
    """Return the rows of a table on the page, found by the beginning of its first row."""
    page = ROOT / "docs" / ("security.md" if lang == "en" else f"security.{lang}.md")
    lines = iter(page.read_text("utf-8").splitlines())
    first = next(line for line in lines if line.startswith(head))
    rows = itertools.takewhile(lambda line: line.startswith("|"), (first, *lines))
    cells = [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]
    return [cells[0], *cells[2:]]


@pytest.mark.parametrize(
    ("lang", "part", "head"),
    [
        ("ja", "who", "| だれが"),
        ("ja", "seal", "| 区分"),
        ("en", "who", "| who"),
        ("en", "seal", "| word"),
    ],
)
def test_the_port_s_sheet_says_what_the_page_says(lang, part, head):
    told = sheet.TEXTS["port"][lang][part]
    assert [told["head"], *(row["cells"] for row in told["rows"])] == _table(lang, head)
    assert len(told["rows"]) >= 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_board_stands_under_its_own_word(lang):
    told = {}
    for word, boards, _ in (row["cells"] for row in sheet.TEXTS["port"][lang]["seal"]["rows"]):
        told.update(dict.fromkeys(re.split(", |、", boards), word))
    assert told == {Board.named(name).title: Board.named(name).seal for name in names()}


def _drawn(state):
    """Return what a lamp's picture shows of its 2000 ms: [(from ms, to ms)], colours, height."""
    paper = Drawing(40, 10)
    swatch.swatch(paper, 10, 2, state, width=20, height=4)
    ground, *lit, frame = paper.things
    assert ground.at == frame.at == (10, 2, 20, 4) and frame.fill is None
    assert all(thing.at[1] + thing.at[3] == 6 for thing in lit)  # what is low stands below
    times = [
        (round(100 * (x - 10)), round(100 * (x - 10 + w)))
        for x, _, w, _ in (thing.at for thing in lit)
    ]
    return times, {thing.fill for thing in lit}, {thing.at[3] for thing in lit}


@pytest.mark.parametrize("name", sorted(look.STATES))
def test_a_lamp_on_paper_is_lit_as_long_and_in_the_colour_of_the_device_s(name):
    colour, on = LOOKS[name]
    times, (drawn,), (height,) = _drawn(name)
    assert times == on
    assert height == (2 if colour.startswith("dim ") else 4)
    led = look.STATES[name][0]
    if colour == "off":
        assert drawn == (255, 255, 255)
    else:  # LED drive is linear light, paper is sRGB: IEC 61966-2-1
        srgb = [round(255 * (1.055 * (c / 255) ** (1 / 2.4) - 0.055)) if c else 0 for c in led]
        assert all(abs(a - b) <= 4 for a, b in zip(srgb, drawn)), srgb
        assert colour_name(led) == colour.removeprefix("dim ")


@pytest.mark.parametrize("count", range(1, len(look.DEVICE)))
def test_the_device_s_own_flashes_on_paper_can_be_counted(count):
    times, drawn, heights = _drawn(f"device_{count}")
    assert len(times) == count and all(end - start == 167 for start, end in times)
    assert (drawn, heights) == _drawn("unknown")[1:]


def test_after_a_crash_a_lamp_on_paper_is_dim_violet():
    assert _drawn("crash") == ([(0, 2000)], _drawn("unknown")[1], {2})


def test_lines_keep_words_whole_and_begin_with_no_stop():
    text = "カードの追記欄に「顔認証」とあるか見る。e-Taxなどの電子署名(英数字6〜16文字)、"
    for most in range(4, 40):
        lines = wrap(text, most, width)
        assert "".join(lines) == text
        assert all(width(line) <= most for line in lines) or most < 6
        assert not any(line.startswith(("。", "、", "」", ")", "〜")) for line in lines)
        assert not any(line.endswith(("「", "(")) for line in lines)
        assert sum("e-Tax" in line for line in lines) == 1
    assert wrap("one two three", 4.5, width) == ["one two", "three"]


@pytest.mark.parametrize(("kind", "lang"), BOTH)
def test_the_pdf_says_the_same_with_its_letters_inside(kind, lang, tmp_path):
    if shutil.which("pdftotext") is None and not os.environ.get("CI"):
        pytest.skip("pdftotext is not installed: apt install poppler-utils")
    file = tmp_path / "sheet.pdf"
    sheet.draw(kind, lang).write(file)
    first = file.read_bytes()
    sheet.draw(kind, lang).write(file)
    assert file.read_bytes() == first
    said = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True)
    flat = re.sub(r"\s", "", said.stdout)
    for text in _texts(kind, lang):
        assert re.sub(r"\s", "", text.text) in flat

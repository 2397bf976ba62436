"""What a file says goes onto paper and into the page with its strange characters as escapes."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinlamp_tools.boards.board import Board
from pinlamp_tools.paper import label, sheet, wiring
from pinlamp_tools.paper.drawing import Drawing, Text
from pinlamp_tools.show.strange import visible
from places import ROOT

SITE = ROOT / "host_tools" / "pinlamp_tools" / "web" / "site"
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
ATTACKS = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[H",
    "\x9b2J",
    "\x9d0;pwned\x9c",
    "gpj.\u202egate",
    "a\u2066b\u200bc\ufeff",
    "a\u2028b\u2029c\x85d",
    "\u3164\ufe0f\U000e0041",
    "e" + "\u0301" * 5 + "か\u3099\u20dd\U0001d165\U0001d1aa\u0301x\u0301\u0302",
)
STRANGE = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "L"]), min_size=1, max_size=12),
)
# What view.js asks of a browser before it makes an element.
BROWSER = """
import fs from "node:fs";
globalThis.matchMedia = () => ({});
globalThis.Node = class {};
globalThis.document = { createElement: () => Object.assign(new Node(), {
  said: [],
  setAttribute(name, value) { this.said.push(value); },
  append(...children) { this.said.push(...children); },
}) };
const { element } = await import("./view.js");
const texts = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(texts.map((text) => {
  const made = element("p", { text, "aria-label": text }, text);
  return [made.textContent, ...made.said];
})));
"""


def _hidden(text):
    return [c for c in text if unicodedata.category(c) in HIDDEN and c != "\n"]


def _place(text):
    place = json.loads((ROOT / "docs" / "municipality.example.json").read_text("utf-8"))
    return {**place, "name": text}


@settings(max_examples=60, deadline=None)
@given(text=STRANGE)
def test_no_drawing_has_a_stranger_s_characters_as_they_are(text):
    board = replace(Board.named("esp32_devkitc"), title=text, printed={text: 32})
    for drawing in (
        label.draw(board, "ja"),
        sheet.draw("counter", "ja", _place(text)),
        _said(text),
    ):
        assert not _hidden(drawing.svg())
        assert not any(_hidden(one.text) for one in drawing.things if isinstance(one, Text))
    assert not _hidden(json.dumps(wiring.harness(board), ensure_ascii=False).replace("\\n", ""))


@pytest.mark.parametrize(
    "name",
    ['x</td><td href="javascript:alert(1)">P', '<img src="card.png"/>', "<b>A&B<C", 'x" URL="y'],
)
def test_a_pin_s_name_is_text_in_the_wiring_picture_and_nothing_else(tmp_path, name):
    if shutil.which("dot") is None and not os.environ.get("CI"):
        pytest.skip("Graphviz is not installed: apt install graphviz")
    board = Board.named("esp32_devkitc")
    pin = board.strip_pin(board.strip, board.link)
    printed = {known: number for known, number in board.printed.items() if number != pin}
    board = replace(board, title=name, printed={**printed, name: pin})
    wiring.draw(board, tmp_path / "board.svg")
    tags = {
        element.tag.rpartition("}")[2]
        for element in ElementTree.parse(tmp_path / "board.svg").iter()
    }
    assert not tags & {"a", "image", "script"}
    words = "".join(ElementTree.parse(tmp_path / "board.svg").getroot().itertext())
    assert f"{name} / GPIO{pin}" in words.replace("\xa0", " ")


def _said(text):
    drawing = Drawing(100, 20)
    drawing.text(5, 5, text, 8)
    return drawing


# The font has no sign for one that encloses a letter, so it is not in the PDF's text either.
@pytest.mark.parametrize("text", [text for text in ATTACKS if "\u20dd" not in text])
def test_a_pdf_shows_them_as_escapes(tmp_path, text):
    if shutil.which("pdftotext") is None and not os.environ.get("CI"):
        pytest.skip("pdftotext is not installed: apt install poppler-utils")
    _said(text).write(tmp_path / "said.pdf")
    command = ["pdftotext", tmp_path / "said.pdf", "-"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip("\n\f") == visible(text)


def test_the_page_makes_the_same_escapes_and_keeps_the_ends_of_its_own_lines(tmp_path):
    node = shutil.which("node")
    if node is None and not os.environ.get("CI"):
        pytest.skip("node is not installed: apt install nodejs")
    for name in ("view.js", "strange.js"):
        shutil.copy(SITE / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.js").write_text(BROWSER)
    # Every character by itself: JSON has lone surrogates as escapes.
    texts = [chr(code) for code in range(sys.maxunicode + 1)]
    (tmp_path / "texts.json").write_text(json.dumps([*texts, *ATTACKS]))
    done = subprocess.run(
        [node, "run.js", "texts.json"], cwd=tmp_path, capture_output=True, check=True
    )
    found = json.loads(done.stdout)
    for text, shown in zip([*texts, *ATTACKS], found, strict=True):
        wanted = text if text == "\n" else visible(text)
        assert shown == [wanted] * 3, hex(ord(text[0]))

"""A colour has one name in all that a user reads: amber beside an orange-red lock is a trap."""

import re

import pytest

from mynacard import state
from pinlamp import look
from pinlamp_tools.paper import label, sheet
from places import ROOT

TOOLS = ROOT / "host_tools" / "pinlamp_tools"
WORDS = {
    look.GREEN: {"en": "green", "ja": "緑"},
    look.AMBER: {"en": "amber", "ja": "黄"},
    look.RED: {"en": "red", "ja": "赤"},
    look.BLUE: {"en": "blue", "ja": "青"},
    look.VIOLET: {"en": "violet", "ja": "紫"},
    look.OFF: {"en": "dark", "ja": "消灯"},
}
OTHERS = re.compile(
    r"オレンジ|橙|だいだい|琥珀|アンバー|イエロー|朱色|(?<!ブ)レッド|グリーン|ブルー|青緑|青みの緑|水色|紺"
    r"|パープル|バイオレット|すみれ色|ピンク|\borange|\byellow|\bvermilion|\bscarlet|\bcrimson"
    r"|\bbluish|\bblue-green|\bteal\b|\bturquoise|\bpurple|\blilac|\bmagenta|\bpink\b",
    re.IGNORECASE,
)
# A wire has a colour as well: lines on a Grove cable, on a pin, and WireViz's two letters.
_OF_WIRES = re.compile(
    r'^.*(?:Grove|GPIO\d|\| (?:3V3|GND|5V|VBUS)\b).*$|^\s*"[A-Z]{2}": ".*$', re.MULTILINE
)
READ = [
    path
    for pattern in ("*.md", "docs/**/*.md", "docs/**/*.svg", ".github/**/*.*", "lib/*/README.md")
    for path in ROOT.glob(pattern)
    if path.parent.name != "wiring"  # whose wires have colours too
]
READ += [path for end in ("json", "html") for path in TOOLS.rglob(f"*.{end}")]


def _read(path):
    """Return what a user reads of a file: without the attributes of a picture."""
    return re.sub(r"<[^>]+>", "", path.read_text("utf-8"))


def test_no_text_calls_a_colour_by_another_name():
    assert {"README.ja.md", "names.json", "texts.json", "doctor.json", "counter.json"} <= {
        path.name for path in READ
    }
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in READ
        for word in OTHERS.findall(_OF_WIRES.sub("", _read(path)))
    ]
    assert found == []


def _rows(lang):
    """Yield (states, the beginning of a text that says how they look) of all places with one."""
    for row in sheet.TEXTS["counter"][lang]["colours"]["rows"]:
        yield row["states"], row["cells"][0]
    yield from zip(label.COLOURS, label.TEXTS[lang]["colours"], strict=True)
    page = (ROOT / "docs" / ("use.ja.md" if lang == "ja" else "use.md")).read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", page, re.M)[1:9]
    order = ["ok", "used", "last", "locked", "by_design", "not_set", "unknown", "absent"]
    yield from zip([[one] for one in order], rows, strict=True)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_lamp_is_called_by_the_colour_that_it_has(lang):
    for states, text in _rows(lang):
        for one in states:
            colour, _, _ = look.STATES[one]
            assert text.lower().startswith(WORDS[colour][lang]), (one, text)


def test_the_readmes_name_the_colours_in_that_order():
    for lang, name in (("en", "README.md"), ("ja", "README.ja.md")):
        found = re.findall(r"\*\*(\w+)\*\*[:,の]", (ROOT / name).read_text("utf-8"))
        order = [state.OK, state.USED, state.LOCKED, state.NOT_SET, state.UNKNOWN]
        assert [word.lower() for word in found] == [
            WORDS[look.STATES[one][0]][lang] for one in order
        ]

"""A municipality's own lines: the example is right, and a mistake is named in one line."""

import json
import re
import unicodedata

import pytest

from pinlamp_tools.guidance.place import load
from pinlamp_tools.show.strange import visible
from places import ROOT

EXAMPLE = ROOT / "docs" / "municipality.example.json"
LINES = json.loads(EXAMPLE.read_text("utf-8"))


@pytest.fixture
def written(tmp_path):
    """A function: the content of a file -> its path."""

    def write(content):
        path = tmp_path / "place.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def test_the_example_is_right():
    assert load(EXAMPLE) == LINES and load(None) is None


def test_only_what_everybody_has_is_wanted(written):
    least = {name: LINES[name] for name in ("name", "checked", "documents", "telephone")}
    assert load(written(least)) == least


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({**LINES, "telephone": "call us"}, "telephone"),
        ({**LINES, "checked": "today"}, "checked"),
        ({**LINES, "hours": "x" * 161}, "hours"),
        ({**LINES, "mayor": "x"}, "mayor"),
        ({**LINES, "name": ""}, "name"),
        ({"name": "x"}, "required"),
        ([], "object"),
        ("{", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ({**LINES, "telephone": LINES["telephone"] + "\n"}, "telephone"),
        ({**LINES, "checked": LINES["checked"] + "\n"}, "checked"),
    ],
)
def test_a_mistake_is_named(written, pinlamp, one_line, content, said):
    done = pinlamp("slip", "visual_b", "--place", written(content))
    assert said in one_line(done, 2)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_slip_and_sheet_say_its_lines(pinlamp, tmp_path, lang):
    done = pinlamp("slip", "visual_b", "--place", EXAMPLE, "--lang", lang)
    said = "".join(done.stdout.split())
    for name in ("name", "documents", "hours", "branches", "post_offices", "telephone"):
        assert "".join(LINES[name].split()) in said
    page = tmp_path / "sheet.svg"
    assert pinlamp("sheet", "--place", EXAMPLE, "-o", page, "--lang", lang).returncode == 0
    text = "".join(re.sub("<[^>]*>", "", page.read_text("utf-8")).split())
    for name in ("name", "documents", "telephone"):
        assert "".join(LINES[name].split()) in text
    assert "oftenwithoutaphotograph" not in text and "顔写真なしでよいところ" not in text


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "\x1b[2J", "a\x9b31m", "\u202egnp.exe", "a\nb"])
def test_what_a_terminal_would_obey_is_seen_as_what_it_is(written, pinlamp, text):
    path = written({**LINES, "name": text, "hours": text, "documents": text, "branches": text})
    assert load(path)["name"] == visible(text) != text
    for lang in ("ja", "en"):
        said = pinlamp("slip", "visual_b", "--place", path, "--lang", lang).stdout
        assert visible(text) in said.replace("\n", "") and text not in said
        assert not [c for c in said if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]

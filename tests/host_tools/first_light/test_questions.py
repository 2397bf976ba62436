"""Each fact that is graded [I] or [?] in the documents is asked in a session, or has a reason."""

import json
import re

import pytest

from pinlamp_tools.boards import board as boards
from pinlamp_tools.first_light.found import questions
from places import ROOT

TABLE = json.loads(
    (ROOT / "host_tools/pinlamp_tools/first_light/questions.json").read_text("utf-8")
)
ROWS = [*TABLE["questions"], *TABLE["left"]]
# A sentence that only explains the grades has all of them.
OPEN = re.compile(r"\[[I?]\]|inferred \[I\]|\| \?$|tries [I?]\b|nferred\*:")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.get("id", row.get("why")))
def test_the_words_of_a_question_are_those_of_its_source(row):
    if "says" in row and "part" not in row:
        assert row["says"] in (ROOT / row["source"]).read_text("utf-8")
    if "part" in row:
        assert any(row["part"] in boards.read(name)["sources"] for name in boards.names())


@pytest.mark.parametrize("page", ["pn532", "protocol", "install"])
def test_no_open_fact_of_a_page_is_forgotten(page):
    name = f"docs/{page}.md"
    says = [row["says"] for row in ROWS if row["source"] == name and "says" in row]
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if OPEN.search(line) and "Grades:" not in line:
            assert any(words in line for words in says), f"{name}: {line}\nquestions.json has none"


def test_no_inferred_part_of_a_board_is_forgotten():
    parts = {row["part"] for row in ROWS if "part" in row}
    for name in boards.names():
        for part, source in boards.read(name)["sources"].items():
            assert part in parts, (name, part, source)


def test_ids_are_there_once():
    assert len(questions()) == len(TABLE["questions"])

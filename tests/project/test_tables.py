"""docs/protocol.md lists the keys as the program's table has them; `make tables` puts that right.

Not in `make check`: a new key is six files, and this page is made from them.
"""

import re
import subprocess
import sys

import pytest

import tables
from mynacard import keys
from oracle import EXCHANGES
from places import ROOT, TESTS


def test_the_protocol_s_table_of_keys_is_that_of_the_program():
    source = (ROOT / "lib" / "mynacard" / "mynacard" / "keys.py").read_text("utf-8")
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8").split("## ")[1]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", page, re.M)
    assert [row[0] for row in rows] == [key.id for key in keys.KEYS]
    aid = ""
    for key, (_, applet, ef, full, grade) in zip(keys.KEYS, rows, strict=True):
        aid = aid if applet == "the same" else re.search(r"`([0-9A-F]+)`", applet)[1]
        assert (aid, ef) == (key.aid.hex().upper(), f"{key.ef:04X}")
        least = "not known" if key.floor is None else f"at least {key.floor}"
        assert full == (least if key.max is None else str(key.max))
        # The grade beside the key in the program's own table.
        (comment,) = re.findall(rf'^ +(?:Key\()?"{key.id}".*# (.+)', source, re.M)
        grades = [word.split()[0] for word in re.findall(r"\[([^]]+)\]", comment)]
        assert re.findall(r"(?<![\w`])[WSI?](?![\w])", grade)[: len(grades)] == grades
    for file in keys.FILES:
        assert re.search(rf"`(00 A4 02 0C 02 )?{file.ef:04X}`", page)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| `001B` | 5 |", "| `001A` | 5 |"),
        ("| `001B` | 5 |", "| `001B` | 3 |"),
        ("| `0012` | 10 |", "| `0013` | 10 |"),
        (f"{EXCHANGES} exchanges for", f"{EXCHANGES - 1} exchanges for"),
    ],
)
def test_what_differs_is_put_right(right, wrong):
    page = tables.PAGE.read_text("utf-8")
    assert page.count(right) == 1 and tables.page(page) == page
    assert tables.page(page.replace(right, wrong)) == page


def test_another_aid_is_noticed():
    wrong = tables.PAGE.read_text("utf-8").replace("D3921000310001010402", "D3921000310001010403")
    assert tables.page(wrong) != wrong


def test_the_page_is_checked_by_its_line():
    command = [sys.executable, TESTS / "tables.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")

"""A twelfth key takes six files; without any one of them a test names the file and the line.

The key is invented: `nobody_s_key`, beside `common` in its applet, on the lamps of `common`.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from outside import MADE
from places import ROOT

KEY = "nobody_s_key"
LIKE = "common"
FOLDERS = ("lib/mynacard", "lib/pn532", "firmware", "host_tools")
TABLE = "lib/mynacard/mynacard/keys.py"
LAMPS = "firmware/pinlamp/layout.py"
NAMES = "host_tools/pinlamp_tools/show/names.json"
GUIDANCE = "host_tools/pinlamp_tools/guidance/{}.json"
TRUTH = "tests/truth/keys.json"
CATALOGUE = "host_tools/pinlamp_tools/emulator/card/catalogue.py"
CARDS = "tests/truth/cards.json"
_CARD_ROW = '    Card("spare", "a spare one", "予備"),\n'
_CARD_TRUTH = '    "spare": {"kind": "my_number_card"},\n'


def _row(path, like, new):
    """Put a row of Python behind another one."""
    text = path.read_text("utf-8")
    assert text.count(like) == 1
    path.write_text(text.replace(like, like + new), "utf-8")


def _json(change):
    """Return a function that changes what a JSON file holds."""

    def write(path):
        data = json.loads(path.read_text("utf-8"))
        change(data)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=2), "utf-8")

    return write


def _table(path):
    like = '    Key("common", aid=COMMON, ef=0x001C, max=3, by_design=True),  # [W]\n'
    _row(path, like, f'    Key("{KEY}", aid=COMMON, ef=0x001D, max=5),  # invented\n')


def _lamps(path):
    _row(path, '    ("visual_birth", 10, 7, 5),\n', f'    ("{KEY}", 7, 3, 3),\n')


@_json
def _names(data):
    for lang, name in (("ja", "予備の番号(数字4桁)"), ("en", "A spare number (4 digits)")):
        short = name.split("(")[0]
        words = {"mark": "", "name": name, "short": short, "label": name}
        data[lang]["keys"][KEY] = words


@_json
def _guidance(data):
    data["names"][KEY] = data["names"][LIKE] + " B"
    data["short"][KEY] = data["short"][LIKE] + " B"
    keys = data["kinds"]["my_number_card"]["keys"]
    # Short, as the sheet for the counter is one page.
    keys[KEY] = {**keys[LIKE], "fails": "?", "who": data["names"][LIKE][:6], "say": "?"}


@_json
def _truth(data):
    rows = data["keys"]
    (like,) = [row for row in rows if row["id"] == LIKE]
    new = {**like, "id": KEY, "ef": "001D", "tries": 5, "max": 5}
    del new["by_design"]
    rows.insert([row["id"] for row in rows].index("visual_birth") + 1, new)


PATCH = {
    TABLE: _table,
    LAMPS: _lamps,
    NAMES: _names,
    GUIDANCE.format("ja"): _guidance,
    GUIDANCE.format("en"): _guidance,
    TRUTH: _truth,
}


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository, without what is made in it."""
    folder = tmp_path / "copy"
    shutil.copytree(ROOT, folder, ignore=lambda _, names: MADE.intersection(names))
    return folder


def _patch(copy, without=None):
    for path, change in PATCH.items():
        if path != without:
            change(copy / path)


def _run(copy, *words):
    """Run Python on the copy; return (exit status, what it printed)."""
    path = os.pathsep.join(str(copy / folder) for folder in FOLDERS)
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def _pytest(copy, *files):
    return _run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files)


def test_six_files_are_enough(copy):
    _patch(copy)
    assert len(PATCH) == 6
    status, said = _pytest(copy, "tests/project/test_keys.py", "tests/firmware/test_layout.py")
    assert status == 0, said


def test_the_pages_are_made_from_the_table(copy):
    _patch(copy)
    status, said = _run(copy, "tests/tables.py", "--check")
    assert status == 1 and re.match(r"docs/protocol\.md:\d+ .*make tables", said), said
    assert _run(copy, "tests/tables.py") == _run(copy, "tests/tables.py", "--check") == (0, "")
    page = (copy / "docs" / "protocol.md").read_text("utf-8")
    assert f"| `{KEY}` | the same | `001D` | 5 | ? |" in page
    assert "31 exchanges for the eleven keys" in page


@pytest.mark.parametrize("without", PATCH)
def test_what_is_left_out_is_named(copy, without):
    _patch(copy, without)
    status, said = _pytest(copy, "tests/project/test_keys.py")
    assert status == 1
    told = [line for line in said.splitlines() if f"{without}:" in line and KEY in line]
    assert told, said
    _, number, message = told[0].split(":", 2)
    line = (ROOT / without).read_text("utf-8").splitlines()[int(number) - 1]
    assert line.rstrip().endswith(("(", "{", "["))  # below it the row belongs
    assert "add its row" in message


@pytest.mark.parametrize("without", [CATALOGUE, CARDS])
def test_a_virtual_card_is_two_files(copy, without):
    path = copy / (CARDS if without == CATALOGUE else CATALOGUE)
    if path.name == "cards.json":
        _row(path, '    "fresh": {"kind": "my_number_card"},\n', _CARD_TRUTH)
    else:
        _row(path, "CARDS = (\n", _CARD_ROW)
    status, said = _pytest(copy, "tests/project/test_keys.py")
    assert status == 1 and re.search(rf"{re.escape(without)}:\d+: .*spare.*: add its row", said)


@pytest.mark.usefixtures("micropython")
def test_a_device_that_would_hide_a_key_says_which(copy):
    _patch(copy, LAMPS)
    status, said = _run(copy, "-m", "pinlamp_tools", "run", "--once")
    assert (status, said) == (
        1,
        f"pinlamp: firmware/pinlamp/layout.py: no lamp for the key {KEY} in layout 12:"
        " add it to LAMPS\n",
    )


@pytest.mark.long
def test_all_that_make_check_tests_holds_with_a_new_key(copy):
    _patch(copy)
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", "")
    (fast,) = [line for line in makefile.splitlines() if line.startswith("FAST :=")]
    files = fast.partition(":=")[2].split()
    assert "tests/project/test_keys.py" in files
    status, said = _pytest(copy, "-n", "2", *files)
    assert status == 0, said[-8000:]

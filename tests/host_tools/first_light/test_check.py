"""A file that somebody sends in: what is refused, what is said, and the page that it changes."""

import copy
import json
import re
import subprocess
import sys
from datetime import date

import pytest

from mynacard import KEYS, state
from pinlamp_tools import paths
from pinlamp_tools.boards import board as boards
from pinlamp_tools.first_light import check, verified
from pinlamp_tools.first_light.found import questions
from pinlamp_tools.recording.report import report
from pinlamp_tools.recording.trace import load
from places import ROOT

TODAY = date(2026, 12, 24)
MS = {"count": 1, "min": 1, "median": 1, "max": 1}
KEY = {"word": "63C3", "state": "ok", "left": 3, "table_max": 3}


def _file():
    told = report(load(ROOT / "tests" / "traces" / "fresh.jsonl"), 8)
    return {
        "format": "pinlamp-first-light",
        "version": 1,
        "pinlamp": "0.1.0",
        "date": "2026-12-01",
        "host": "linux",
        "kind": "device",
        "ended": "done",
        "skipped": [],
        "answers": {"board_strips": True, "card_fwi": 8, "sleep_1ms_us": 10_002},
        "board": "m5stack_atom_lite",
        "build": {
            "platform": "esp32",
            "release": [1, 28, 0],
            "machine": "M5Stack ATOM with ESP32-PICO-D4",
            "build": "M5STACK_ATOM",
            "mpy": 6,
            "hz": 240_000_000,
            "free": 100_000,
            "uart_irq": ["IRQ_RX", "IRQ_RXIDLE"],
            "sleep_1ms_us": {"median": 10_002, "max": 10_050},
        },
        "constants": {
            "hz": 240_000_000,
            "exchange_us": 800,
            "wait_us": 90,
            "render_us": 2500,
            "event_us": 300,
        },
        "links": [{"link": "hsu", "irq": False, "rst": True, "ok": True}],
        "cards": [
            {
                "reader": "hsu",
                "holder": "adult",
                "ms": 400,
                "present": True,
                "report": {**told, "provenance": "first light", "reader": "PN532"},
            }
        ],
    }


@pytest.fixture
def file():
    return _file()


def test_a_good_file_is_good(file):
    assert check.problems(file, TODAY) == []


def _at(file, *path):
    for name in path:
        file = file[name]
    return file


@pytest.mark.parametrize(
    ("path", "name", "value", "said"),
    [
        ((), "note", "hello", "note"),
        ((), "date", "2026-12-01\n", "date: "),
        ((), "pinlamp", "0.1.0\n", "pinlamp: "),
        ((), "date", "2031-01-01", "date: 2031-01-01 is not between"),
        ((), "board", "my_desk", "there is no my_desk"),
        ((), "links", [], "a whole session has some"),
        (("build",), "machine", "ESP32 of dana@example.org", "build/machine"),
        (("build",), "machine", "ESP32 A0:B1:C2:D3:E4:F5", "build/machine"),
        (("build",), "build", "ESP32_GENERIC 7C9EBD4A1F20", "looks like a long number"),
        (("build",), "build", "ESP32/home/dana", "looks like a path"),
        (("build",), "machine", "ESP32 a0-b1-c2-d3-e4-f5", "looks like a hardware address"),
        (("build",), "platform", "linux", "was it an emulated device?"),
        (("build",), "hz", 125_000_000, "no clock of one device"),
        (("constants",), "wait_us", 0, "takes no time"),
        (("cards", 0, "report"), "reader", "PN532 0123456789", "looks like a long number"),
        (("cards", 0, "report"), "provenance", "the card of 山田花子", "provenance"),
        (("cards", 0, "report"), "pupi", "01020304", "pupi"),
        (("cards", 0, "report", "keys", "sign"), "state", "山田花子 1975-04-01", "sign/state"),
        (("cards", 0, "report", "keys", "sign"), "table_max", 19750401, "sign/table_max"),
        (("cards", 0, "report", "keys"), "hanako", KEY, "there is no key hanako"),
        (("cards", 0, "report", "keys"), "hanako 1975", KEY, "report/keys"),
        (("cards", 0, "report", "ms"), "\x1b]0;x\x07", MS, "report/ms"),
        (("cards", 0, "report", "applets"), "hanakoyamada19750401", "9000", "report/applets"),
        (("cards", 0, "report", "applets"), "d392f000260100000001", "9000", "report/applets"),
        (("cards", 0), "reader", "pcsc", "no reader of this session"),
        (("answers",), "colour_of_the_sky", True, "no question colour_of_the_sky"),
        (("answers",), "card_fwi", True, "card_fwi cannot be True"),
    ],
)
def test_what_is_wrong_is_named(file, path, name, value, said):
    _at(file, *path)[name] = value
    found = check.problems(file, TODAY)
    assert found and any(said in sentence for sentence in found), found


def _run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pinlamp_tools.first_light.check", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_the_command_says_what_the_page_would_gain(file, tmp_path):
    path = tmp_path / "sent.json"
    path.write_text(json.dumps({**file, "date": date.today().isoformat()}), "utf-8")
    done = _run(path)
    assert done.returncode == 0, done.stderr
    assert "good, whole" in done.stdout and "| `m5stack_atom_lite` | hsu | **seen**" in done.stdout
    for text in ("{", json.dumps({**file, "version": float("nan")})):
        path.write_text(text, "utf-8")
        done = _run(path)
        assert done.returncode == 1 and "no JSON" in done.stderr
    done = _run(tmp_path / "there-is-none.json")
    assert done.returncode == 1 and "No such file" in done.stderr
    done = _run()
    assert done.returncode == 2 and "FILE=" in done.stderr and "Traceback" not in done.stderr


def test_nothing_of_a_file_reaches_the_terminal_as_it_is(file, tmp_path):
    path = tmp_path / "sent.json"
    for text in ("\x1b]0;x\x07", "\u202e", "\x9b2J"):
        path.write_text(json.dumps({**file, "console": {text: {}}, text: 1}), "utf-8")
        done = _run(path)
        assert done.returncode == 1
        assert not [c for c in done.stderr + done.stdout if not c.isprintable() and c != "\n"]


def test_the_report_s_words_are_those_of_the_table():
    parts = json.loads(paths.REPORT.read_text("utf-8"))["properties"]
    found = parts["keys"]["additionalProperties"]["properties"]["state"]["enum"]
    assert tuple(found) == state.WORST_FIRST
    (named, pattern) = parts["keys"]["propertyNames"].values()
    assert "those of the table" in named and all(re.search(pattern, key.id) for key in KEYS)


def test_no_pattern_of_a_schema_takes_a_line_end():
    for schema in ROOT.glob("[!.]*/**/*.schema.json"):
        for pattern in re.findall(r'"pattern": ("[^\n]*?[^\\]")', schema.read_text("utf-8")):
            told = json.loads(pattern)
            assert not told.endswith("$"), (schema, told)


def test_the_page_has_every_cell_seen_or_not(file):
    empty, one = verified.page([]), verified.page([file])
    for name in boards.names():
        for link in boards.read(name)["links"]:
            assert f"| `{name}` | {link} | *" in empty
    seen = "**seen** 2026-12-01"
    rows = [line for line in one.splitlines() if line.startswith("| `m5stack_atom_lite` | hsu")]
    cells = rows[0].split(" | ")[2:]
    assert cells[0] == cells[1] == cells[3] == seen and cells[2] == cells[4] == "*modelled*"
    assert "240000000 | 800 | 90 | 2500 | 300" in one
    assert "10002 µs (`m5stack_atom_lite`, 2026-12-01)" in one
    assert len(re.findall(r"\*open\*", empty)) == len(questions())
    assert len(re.findall(r"\*open\*", one)) == len(questions()) - 3


def test_a_newer_file_gives_its_date_and_a_failed_link_none(file):
    newer = copy.deepcopy(file)
    newer["date"] = "2026-12-05"
    assert "hsu | **seen** 2026-12-05" in verified.page([file, newer])
    newer["links"][0]["ok"] = False
    assert "hsu | **seen** 2026-12-01" in verified.page([file, newer])


def test_a_reader_has_a_row_of_its_own(file):
    file.update(kind="reader", host="win32")
    file["cards"][0]["reader"] = "pcsc"
    file["cards"][0]["report"]["reader"] = "Sony FeliCa Port/PaSoRi 4.0"
    page = verified.page([file])
    assert "| Sony FeliCa Port/PaSoRi 4.0 | win32 | **seen** 2026-12-01 | *emulated* |" in page
    assert "| any PC/SC reader | any | *emulated*" in page


def test_the_files_sent_in_are_good_and_the_page_is_theirs(tmp_path):
    for path in (ROOT / "docs" / "first-light").glob("*.json"):
        assert check.problems(json.loads(path.read_text("utf-8")), date.today()) == [], path
    assert verified.main([str(ROOT / "docs"), "--check"]) == 0
    assert verified.main([str(tmp_path), "--check"]) == 1
    assert verified.main([str(tmp_path)]) == 0
    assert verified.main([str(tmp_path), "--check"]) == 0

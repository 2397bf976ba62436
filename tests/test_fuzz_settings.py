"""Arbitrary JSON as settings: always usable, and every setting that was wrong is named."""

import json
import math
import os
import random
import subprocess
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from arbitrary import LAYOUTS, NAMES, given_settings, scalars, some, values
from fuzzing import cases, count
from pinlamp import layout
from pinlamp.settings import Settings, load
from pinlamp_tools import house

RANGES = {"brightness": (5, 100), "hold_s": (0, 3600), "poll_ms": (20, 1000)}
BOARDS = ((12, 12), (8, 12), (8, 8), (5, 5), (1, 1))

def _whole(value, low, high):
    return type(value) is int and low <= value <= high


def _fits(name, value, count_of_pixels):
    if name == "profile":
        return type(value) is str and value in ("pocket", "counter")
    if name == "layout":
        return type(value) is int and value in LAYOUTS and value <= count_of_pixels
    if name in RANGES:
        return _whole(value, *RANGES[name])
    return name in ("sound", "events", "licence") and type(value) is bool


def _expected(given, board_layout, pixels):
    """What each setting has to be, and the names of those that are wrong."""
    wrong = set() if isinstance(given, dict) else {"settings.json"}
    given = given if isinstance(given, dict) else {}
    right = {name: value for name, value in given.items() if _fits(name, value, pixels)}
    wrong |= set(given) - set(right)
    counter = right.get("profile") == "counter"
    expected = {
        "profile": "pocket",
        "layout": board_layout,
        "brightness": 25,
        "hold_s": 3 if counter else 60,
        "sound": not counter,
        "events": not counter,
        "licence": False,
        "poll_ms": 100,
        **right,
    }
    if expected["licence"] and expected["layout"] not in (12, 1):
        expected["licence"] = False
        wrong.add("licence")
    return expected, wrong


def _check(found, given, board):
    expected, wrong = _expected(given, *board)
    assert {name: getattr(found, name) for name in NAMES} == expected
    assert all(type(getattr(found, name)) is type(expected[name]) for name in NAMES)
    assert len(found.replaced) == len(set(found.replaced))
    # "" cannot be shown, so it has another name in the list.
    assert {name for name in found.replaced if name in wrong} == wrong - {""}
    assert len(found.replaced) == len(wrong)
    assert all(type(name) is str and name for name in found.replaced)
    ids = [key.id for key in found.keys()]
    assert ("licence" in ids) is expected["licence"]
    assert len(ids) >= 10 and not layout.hidden(found.layout, ids)


@cases(1)
@given(given_settings, st.sampled_from(BOARDS))
@example({"": 1}, (12, 12))
@example({"layout": 8, "licence": True}, (12, 12))
@example({"layout": True, "hold_s": True, "sound": 1}, (12, 12))
@example({"hold_s": math.nan, "poll_ms": math.inf, "brightness": True}, (8, 8))
def test_whatever_is_given_every_setting_is_usable(given, board):
    count("settings")
    _check(Settings(given, *board), given, board)


@cases(0.3)
@given(given_settings, st.sampled_from(BOARDS))
def test_the_same_from_a_file(tmp_path_factory, given, board):
    count("settings: file")
    path = tmp_path_factory.getbasetemp() / "settings.json"
    path.write_text(json.dumps(given), "utf-8")
    _check(load(str(path), *board), json.loads(json.dumps(given)), board)


@cases(0.3)
@given(st.one_of(st.binary(max_size=60), some.map(json.dumps).map(str.encode)), st.integers(0, 60))
def test_a_file_of_any_bytes(tmp_path_factory, content, cut):
    count("settings: bytes")
    path = tmp_path_factory.getbasetemp() / "settings.json"
    path.write_bytes(content[: len(content) - cut % (len(content) + 1)])
    found = load(str(path), 12, 12)
    try:
        with open(path, encoding="utf-8") as file:
            given = json.load(file)
    except ValueError:
        given = None
    _check(found, given, (12, 12))


@cases(0.2)
@given(st.dictionaries(st.one_of(scalars.filter(lambda name: name == name), st.text()), values))
def test_names_that_are_no_strings(given):
    count("settings: names")
    found = Settings(given, 12, 12)
    odd = [name for name in given if not isinstance(name, str)]
    assert len(found.replaced) >= len(odd)
    assert all(type(name) is str and name for name in found.replaced)


def _texts(rng, how_many):
    """Files that MicroPython's lenient parser may take or not."""
    known = [f'"{name}"' for name in NAMES]
    tokens = [*known, '"pocket"', '"x"', *"{}[]:,", "1", "12", "-5", "2.5", "1e9", "true", "null"]
    for _ in range(how_many):
        pairs = [
            f"{rng.choice([*known, *tokens])}:{rng.choice(tokens)}"
            for _ in range(rng.randrange(5))
        ]
        text = "{" + ",".join(pairs) + "}"
        at = rng.randrange(len(text))
        yield rng.choice((text, text[:at], text[:at] + rng.choice(tokens) + text[at:]))


LOADER = f"""
import sys
from pinlamp.settings import load
from pinlamp.layout import LAYOUTS
for line in sys.stdin:
    with open(sys.argv[1], "wb") as file:
        file.write(bytes.fromhex(line.strip()))
    found = load(sys.argv[1], 12, 12)
    for name, (low, high) in {RANGES!r}.items():
        assert type(getattr(found, name)) is int and low <= getattr(found, name) <= high, line
    for name in ("sound", "events", "licence"):
        assert type(getattr(found, name)) is bool, line
    assert found.layout in LAYOUTS and found.profile in ("pocket", "counter"), line
    assert all([type(name) is str and name for name in found.replaced]), line
    found.keys()
print("ok")
"""


def test_files_that_micropython_s_own_parser_meets(micropython, tmp_path):
    texts = ['{1:2,"a":3}', '{null:1,"sound":false}', "{[]:1}", '{"":1}', "", "\ud7ff", "[" * 500]
    texts += _texts(random.Random(1), 3000)
    folders = dict.fromkeys(str(house.package_dir(n).parent) for n in house.DEVICE_PACKAGES)
    script = tmp_path / "loader.py"
    script.write_text(LOADER)
    done = subprocess.run(
        [str(micropython), str(script), str(tmp_path / "settings.json")],
        input="\n".join(text.encode().hex() for text in texts),
        env={**os.environ, "MICROPYPATH": ":".join([".frozen", *folders])},
        cwd=Path(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "ok\n", done.stdout + done.stderr

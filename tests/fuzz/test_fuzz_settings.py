"""Arbitrary JSON as settings: always usable, and every setting that was wrong is named."""

import json
import math
import os
import random
import subprocess
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from arbitrary import given_settings, scalars, some, values
from fuzzing import cases, count
from pinlamp.settings import Settings, load
from pinlamp_tools import paths
from settings_oracle import BOARDS, NAMES, RANGES, check


@cases(1)
@given(given_settings, st.sampled_from(BOARDS))
@example({"": 1}, (12, 12))
@example({"layout": 8, "licence": True}, (12, 12))
@example({"layout": True, "hold_s": True, "sound": 1}, (12, 12))
@example({"hold_s": math.nan, "poll_ms": math.inf, "brightness": True}, (8, 8))
def test_whatever_is_given_every_setting_is_usable(given, board):
    count("settings")
    check(Settings(given, *board), given, board)


@cases(0.3)
@given(given_settings, st.sampled_from(BOARDS))
def test_the_same_from_a_file(tmp_path_factory, given, board):
    count("settings: file")
    path = tmp_path_factory.getbasetemp() / "settings.json"
    path.write_text(json.dumps(given), "utf-8")
    check(load(str(path), *board), json.loads(json.dumps(given)), board)


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
    check(found, given, (12, 12))


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
    folders = dict.fromkeys(str(paths.package_dir(n).parent) for n in paths.DEVICE_PACKAGES)
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

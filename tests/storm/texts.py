"""Storms on what is read from wires and files: frames, settings, traces, events, boards."""

from __future__ import annotations

import json
import random
from pathlib import Path

import settings_oracle
import streams
from both import ACK, ERROR, NACK, frame
from pinlamp.settings import Settings
from pinlamp_tools import paths
from pinlamp_tools.boards import rules
from pinlamp_tools.recording import trace
from pinlamp_tools.show.cable import Cable
from pinlamp_tools.show.heard import heard, parse
from pinlamp_tools.show.names import Names
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import headline, key_rows

from .chance import changed, damaged, odd, some_bytes

_TRACES = Path(__file__).resolve().parent.parent / "traces"
_PIECES = (ACK, NACK, ERROR, b"\x00", b"\xff", b"\x00\x00\xff", b"\x00\xff\xff\xff")


def frames(rng: random.Random, count: int) -> str:
    """Feed streams to the decoder: nothing is an answer but what stands there with right sums."""
    size = 0
    for _ in range(count):
        stream = b""
        for _ in range(rng.randint(1, 4)):
            most = 262 if rng.random() < 0.1 else 20
            whole = frame(0xD5, rng.randbytes(rng.randint(1, most)))
            chance = rng.random()
            if chance < 0.6:
                stream += damaged(rng, whole)
            elif chance < 0.8:
                stream += whole
            else:
                stream += rng.choice(_PIECES)
        size += len(stream)
        streams.check(stream)
    return f"{size} bytes"


def settings(rng: random.Random, count: int) -> str:
    """Read settings with anything in them: each is usable, and what was wrong is named."""
    values = ("pocket", "counter", 12, 8, 5, 1, 25, 0, 100, 101, 3600, 20, True, False)
    wrong = 0
    for _ in range(count):
        given = {}
        for name in settings_oracle.NAMES:
            chance = rng.random()
            if chance < 0.4:
                given[name] = rng.choice(values)
            elif chance < 0.6:
                given[name] = odd(rng)
        if rng.random() < 0.1:
            given[rng.choice(("", "x", "Profile"))] = odd(rng)
        board = rng.choice(settings_oracle.BOARDS)
        found = Settings(given, *board)
        wrong += len(found.replaced)
        settings_oracle.check(found, given, board)
    return f"{wrong} replaced"


def traces(rng: random.Random, count: int) -> str:
    """Read recorded traces with damage in them: a TraceError, or one that replays as it says."""
    whole = [path.read_text("utf-8").splitlines() for path in sorted(_TRACES.glob("*.jsonl"))]
    taken = 0
    for _ in range(count):
        lines = list(rng.choice(whole))
        at = rng.randrange(len(lines))
        if rng.random() < 0.5:
            lines[at] = json.dumps(changed(rng, lines[at]))
        else:
            lines[at] = damaged(rng, lines[at].encode()).decode("utf-8", "replace")
        try:
            list(trace.events(trace.parse(lines)))
            taken += 1
        except trace.TraceError:
            pass
    return f"{taken} still traces"


def _lines() -> list[str]:
    """Return the events of all recorded cards, as a device tells them."""
    found = []
    for path in sorted(_TRACES.glob("*.jsonl")):
        found += [json.dumps(event) for event in trace.events(trace.load(path))]
    return found


def events(rng: random.Random, count: int) -> str:
    """Follow a device that tells anything: it is shown, and nothing unheard-of is green."""
    lines = _lines()
    names = Names("ja")
    reading, cable = Reading(), Cable()
    news = 0
    for number in range(count):
        if number % 50 == 0:
            reading, cable = Reading(), Cable()
        line = rng.choice(lines)
        chance = rng.random()
        if chance < 0.5:
            line = json.dumps(changed(rng, line))
        elif chance < 0.75:
            line = damaged(rng, line.encode()).decode("utf-8", "replace")
        event = parse(line)
        event = heard(event) if event is not None else None
        if event is None:
            cable.words(line)
            continue
        cable.event(event)
        told = reading.news(event)
        if told is not None:
            news += 1
            reading.take(told)
        headline(reading, names)
        for row in key_rows(reading, 12, names):
            green = row.state in ("ok", "unlimited")
            assert not green or row.key in reading.keys, f"{row.key} is green by nothing"
    return f"{news} shown"


def boards(rng: random.Random, count: int) -> str:
    """Check board.json files with anything in them: a list of problems, never an error."""
    whole = [path.read_text("utf-8") for path in sorted(paths.BOARDS.glob("*/board.json"))]
    good = 0
    for _ in range(count):
        good += not rules.problems(changed(rng, rng.choice(whole)))
    return f"{good} still boards"


def lines(rng: random.Random, count: int) -> str:
    """Hear lines of any bytes from a cable."""
    cable = Cable()
    for _ in range(count):
        line = some_bytes(rng, 200).decode("utf-8", "replace")
        assert parse(line) is None or line.strip().startswith("{")
        cable.words(line)
    return ""

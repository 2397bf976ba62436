"""Checks a file that somebody sent in: its schema, names in it, and whether it can be true.

    python -m pinlamp_tools.first_light.check FILE

It says what is wrong, or what docs/verified.md would gain. The exit status is 1 for a bad file.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ..boards import board as boards
from ..recording.trace import keys_of
from ..show.strange import tell
from . import verified
from .found import questions, validator

BEGAN = "2026-11-01"  # there was no such session before
_MOST_HZ = 600_000_000
_PLATFORMS = ("esp32", "rp2")

# A number that tells one thing from all others: of a chip, a card, a network, a product.
_IDENTIFIERS = {
    "a hardware address": re.compile(r"(?:[0-9A-F]{2}[:-]){3,}[0-9A-F]{2}", re.I),
    "a long number": re.compile(r"(?=[0-9A-F]*\d)[0-9A-F]{8,}", re.I),
    "a path": re.compile(r"[\\/][^\\/ ]+[\\/]|[A-Z]:[\\/]|/dev/|\bCOM\d", re.I),
    "an address": re.compile(r"@"),
}
# The texts that are not free: their alphabet or their list is the schema's.
_FIXED = {"date", "pinlamp", "token", "certificates", "licence_pin"}


def problems(found: Any, today: date) -> list[str]:
    """Return what is wrong with the content of a file, a sentence each."""
    wrong = [
        f"{'/'.join(map(str, error.absolute_path)) or 'the file'}: {_short(error.message)}"
        for error in validator().iter_errors(found)
    ]
    if wrong:
        return wrong
    return [*_identifiers(found), *_implausible(found, today)]


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _short(message: str) -> str:
    return message if len(message) < 120 else message[:117] + "..."


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (the name of its place, text) of every text in a JSON value."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, name)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield name, key
            yield from _texts(one, key)


def _identifiers(found: dict[str, Any]) -> Iterator[str]:
    for name, text in _texts(found):
        for what, pattern in _IDENTIFIERS.items():
            if name not in _FIXED and pattern.search(text):
                yield f"{name}: {text!r} looks like {what}"


def _implausible(found: dict[str, Any], today: date) -> Iterator[str]:
    if not BEGAN <= found["date"] <= today.isoformat():
        yield f"date: {found['date']} is not between {BEGAN} and today"
    board = found.get("board")
    if board not in (None, "other", *boards.names()):
        yield f"board: there is no {board}"
    table = questions()
    for id, value in found["answers"].items():
        row = table.get(id)
        if row is None:
            yield f"answers: there is no question {id}"
        elif isinstance(value, bool) != (row["answer"] == "yes_no"):
            yield f"answers: {id} cannot be {value}"
    hz = {found[part]["hz"] for part in ("build", "constants") if part in found}
    if len(hz) > 1 or any(one > _MOST_HZ for one in hz):
        yield f"hz: {sorted(hz)} is no clock of one device"
    platform = found.get("build", {}).get("platform", _PLATFORMS[0])
    if platform not in _PLATFORMS:
        yield f"build: {platform} is no board's MicroPython: was it an emulated device?"
    constants = found.get("constants")
    if constants and not all(constants.values()):
        yield "constants: something takes no time at all"
    if found["kind"] == "device" and found["ended"] == "done" and not found.get("links"):
        yield "links: a whole session has some"
    for card in found.get("cards", []):
        told = card["report"]
        known = {key.id for key in keys_of(told["keys"])}
        for id in sorted(set(told["keys"]) - known):
            yield f"cards: there is no key {id}"
        counted = sum(one["count"] for one in told["ms"].values())
        if told["complete"] and not counted:
            yield "cards: one was read without any exchange"
        if (card["reader"] == "pcsc") != (found["kind"] == "reader"):
            yield f"cards: {card['reader']} is no reader of this session"


def main(arguments: list[str]) -> int:
    """Check a file, and say what it would change; return the exit status."""
    if len(arguments) != 1:
        tell("name the file: make first-light-check FILE=first-light.json", err=True)
        return 2
    path = Path(arguments[0])
    try:
        found = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
    except OSError as error:
        wrong = [str(error.strerror)]
    except (ValueError, RecursionError):
        wrong = ["no JSON"]
    else:
        wrong = problems(found, date.today())
    for sentence in wrong:
        tell(f"{path.name}: {sentence}", err=True)
    if wrong:
        return 1
    sent = verified.sent_in(Path("docs"))
    before = verified.page(sent).splitlines()
    after = verified.page([*sent, found]).splitlines()
    gained = [line for line in after if line not in before]
    state = "whole" if found["ended"] == "done" else f"incomplete ({found['ended']})"
    tell(f"{path.name}: good, {state}. docs/verified.md would gain {len(gained)} lines:")
    for line in gained:
        tell(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

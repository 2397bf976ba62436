"""`docs/verified.md`: what was seen with real hardware, made from the files of docs/first-light.

    python -m pinlamp_tools.first_light.verified docs [--check]

With --check it writes nothing; the exit status is 1 if the page would change. Every cell is there,
seen or not: what nobody has seen stays visible.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..benchmark.constants import NAMES
from ..boards import board as boards
from ..boards.board import Board
from .found import questions

FOLDER = "first-light"
PAGE = "verified.md"
KINDS = ("my_number_card", "phone_android", "phone_ios", "juki_card")
_COLUMNS = ("PN532", "lamps", "pulled", *KINDS)
# Stock MicroPython for this board ran on an emulator of its chip, with each of its links: that has
# shown these columns.
EMULATED = "pico_w"
_EMULATED_COLUMNS = ("PN532", "lamps", "my_number_card")
# A PC/SC reader is emulated: a virtual one behind the real service.
_ANY_READER = "any PC/SC reader"
# Boards whose reader is no PN532: the firmware of one with a UART ran with a model of the module.
_ANY_BOARD = "any board with a UART"

_HEAD = """\
# What was seen with real hardware

Made by `make verified` from the files in `docs/first-light`: [first light](first-light.md).
Nothing here is written by hand.

- **seen**: somebody had it on the table and sent in a file; the date is that of the newest.
- *emulated*: stock MicroPython for this board did it on an emulator of its chip, by this link. A
  PC/SC reader is a virtual one behind the real service.
- *modelled*: the firmware ran under MicroPython's Unix port, with this board's pins and a model of
  the reader at the other end.

Cards are virtual wherever nothing was seen.
"""


def sent_in(docs: Path) -> list[dict[str, Any]]:
    """Return the files that were sent in, in the order of their dates."""
    files = sorted((docs / FOLDER).glob("*.json"))
    found = [json.loads(path.read_text("utf-8")) for path in files]
    return sorted(found, key=lambda one: str(one["date"]))


def page(sent: Sequence[dict[str, Any]]) -> str:
    """Return docs/verified.md for these files, in the order of their dates."""
    with_pn532 = [one for one in sent if "reader" not in one]
    parts = (
        _HEAD,
        *_devices(with_pn532),
        *_modules([one for one in sent if "reader" in one]),
        *_readers(sent),
        *_model(sent),
        *_questions(sent),
    )
    return "\n".join(parts) + "\n"


def _table(*columns: str) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _newest(dates: Sequence[str], otherwise: str) -> str:
    return f"**seen** {max(dates)}" if dates else f"*{otherwise}*"


def _devices(sent: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "## Boards, links and cards\n"
    yield from _table("board", "link", "PN532", "lamps", "pulled", *(f"`{k}`" for k in KINDS))
    for name in boards.names():
        shown = _EMULATED_COLUMNS if name == EMULATED else ()
        mine = [one for one in sent if one.get("board") == name]
        for link in Board.named(name).links:
            cells = _cells(mine, link)
            otherwise = ["emulated" if one in shown else "modelled" for one in _COLUMNS]
            yield _row(f"`{name}`", link, *map(_newest, cells, otherwise))
    yield ""


def _cells(mine: Sequence[dict[str, Any]], link: str) -> list[list[str]]:
    """Return the dates for each of _COLUMNS, of the sessions in which the reader answered."""
    own = [one for one in mine if any(_answers(e, link) for e in one.get("links", []))]
    lamps = [one["date"] for one in own if one["answers"].get("board_strips") is True]
    pulled = [one["date"] for one in own if any(p["link"] == link for p in one.get("pulls", []))]
    return [[one["date"] for one in own], lamps, pulled, *(_read(own, link, k) for k in KINDS)]


def _modules(sent: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "## With an RC-S660/S in the PN532's place\n"
    yield "The model is made from published traces and programs.\n"
    yield from _table("board", "RC-S660/S", *_COLUMNS[1:3], *(f"`{k}`" for k in KINDS))
    seen = dict.fromkeys(one.get("board", "other") for one in sent)
    for name in (_ANY_BOARD, *(f"`{board}`" for board in seen)):
        mine = [one for one in sent if f"`{one.get('board', 'other')}`" == name]
        yield _row(name, *(_newest(dates, "modelled") for dates in _cells(mine, "hsu")))
    yield ""


def _answers(entry: dict[str, Any], link: str) -> bool:
    return bool(entry["link"] == link and entry["ok"])


def _read(sent: Sequence[dict[str, Any]], reader: str, kind: str) -> list[str]:
    """Return the dates at which a card of `kind` was read to its end by `reader`."""
    return [
        one["date"]
        for one in sent
        for card in one.get("cards", [])
        if card["reader"] == reader
        and card["report"]["kind"] == kind
        and card["report"]["complete"]
    ]


def _readers(sent: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "## Card readers on a PC\n"
    yield from _table("reader", "system", *(f"`{k}`" for k in KINDS))
    models: dict[tuple[str, str], list[dict[str, Any]]] = {(_ANY_READER, "any"): []}
    for one in sent:
        for card in one.get("cards", []):
            if card["reader"] == "pcsc":
                place = (card["report"]["reader"], one["host"])
                models.setdefault(place, []).append({**one, "cards": [card]})
    for (model, system), mine in models.items():
        cells = [_newest(_read(mine, "pcsc", kind), "emulated") for kind in KINDS]
        yield _row(model, system, *cells)
    yield ""


def _model(sent: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "## What the firmware's own work costs\n"
    yield "In µs, of the processor at `hz`; a board without figures here is only modelled.\n"
    yield from _table("board", "MicroPython", *(f"`{name}`" for name in NAMES), "seen")
    for name in (*boards.names(), "other"):
        mine = [one for one in sent if one.get("board") == name and "constants" in one]
        for one in mine:
            release = ".".join(map(str, one["build"]["release"]))
            figures = [str(one["constants"][each]) for each in NAMES]
            yield _row(f"`{name}`", release, *figures, f"**seen** {one['date']}")
        if not mine and name != "other":
            yield _row(f"`{name}`", "", *("" for _ in NAMES), "*modelled*")
    yield ""


def _questions(sent: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "## Open questions\n"
    yield "Each answer with its board or reader, and its date; the grade is today's.\n"
    yield from _table("question", "grade", "source", "answers")
    for id, row in questions().items():
        told = [
            f"{_value(one['answers'][id], row)} ({_whose(one)}, {one['date']})"
            for one in sent
            if id in one["answers"]
        ]
        yield _row(row["text"], row["grade"], row["source"], "; ".join(told) or "*open*")


def _value(value: bool | int, row: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} µs" if row["answer"] == "us" else str(value)


def _whose(one: dict[str, Any]) -> str:
    if one["kind"] == "device":
        return f"`{one.get('board', 'other')}`"
    models = [card["report"]["reader"] for card in one.get("cards", [])]
    return ", ".join(dict.fromkeys(models)) or "PC/SC"


def main(arguments: list[str]) -> int:
    """Write the page, or check it; return the exit status."""
    docs = Path(arguments[0])
    path, text = docs / PAGE, page(sent_in(docs))
    if "--check" not in arguments:
        path.write_text(text, "utf-8")
        return 0
    if path.exists() and path.read_text("utf-8") == text:
        return 0
    print(f"{path} is not what the files make: `make verified` makes it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

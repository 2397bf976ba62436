"""Builds: a board, a link, a part with lamps and a case that go together, as builds.json has them.

Each has a page in docs/builds, a wiring picture and a label, all made from its row here.

    python -m pinlamp_tools.paper.builds

prints each build's name, and the options by which `deploy`, `image` and `zip` make it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from ..boards.board import Board

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Build:
    """A row of builds.json; builds.schema.json describes its fields."""

    name: str
    board_name: str
    link: str
    strip: str
    minutes: int
    cable: str
    case: bool

    @property
    def options(self) -> tuple[str, ...]:
        """The options of commands that put Pinlamp onto it."""
        chosen = ("--link", self.link, "--strip", self.strip)
        return ("--board", self.board_name, *chosen)

    @property
    def board(self) -> Board:
        """The board as it is built: with the link in use and the part lit."""
        return Board.named(self.board_name).with_link(self.link).with_strip(self.strip)


def read(data: dict[str, Any]) -> tuple[Build, ...]:
    """Return the builds in the content of a builds.json. Raises jsonschema's ValidationError."""
    schema = json.loads((_HERE / "builds.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(data)
    return tuple(
        Build(name, row["board"], **{field: row[field] for field in row if field != "board"})
        for name, row in data.items()
    )


def builds() -> tuple[Build, ...]:
    """Return all builds, in the order of builds.json."""
    return read(json.loads((_HERE / "builds.json").read_text("utf-8")))


if __name__ == "__main__":
    for each in builds():
        print(each.name, *each.options)

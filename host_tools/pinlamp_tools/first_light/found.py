"""The file of a session: what it has shown so far, whole and valid at every moment.

It is written anew after each step, so that a session which breaks off leaves all that it has. What
the schema does not allow never gets into it, whatever a device says.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

from .. import paths

FORMAT = "pinlamp-first-light"
VERSION = 1
HOSTS = ("linux", "darwin", "win32")


@cache
def validator() -> Any:
    """Return the validator of docs/first-light.schema.json."""
    schema = json.loads(paths.FIRST_LIGHT.read_text("utf-8"))
    report = json.loads(paths.REPORT.read_text("utf-8"))
    registry = Registry().with_resource(paths.REPORT.name, Resource.from_contents(report))
    return jsonschema.Draft202012Validator(schema, registry=registry)


@cache
def questions() -> dict[str, dict[str, str]]:
    """Return the open questions that a session can answer, by their ids."""
    table = json.loads(Path(__file__).with_name("questions.json").read_text("utf-8"))
    return {row["id"]: row for row in table["questions"]}


def asked(kind: str, reader: str) -> list[str]:
    """Return the questions that a session of that kind asks a device with that reader."""
    return [
        id
        for id, row in questions().items()
        if row["kind"] in ("both", kind) and row.get("reader", reader) == reader
    ]


class Found:
    """What a session has shown. `data` is the content of its file, valid by the schema."""

    def __init__(self, path: Path, kind: str) -> None:
        """Create the file `path`, which must not be there yet; OSError if that fails.

        `kind`: "device" or "reader".
        """
        self.path = path
        self.data: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "pinlamp": importlib.metadata.version("pinlamp"),
            "date": date.today().isoformat(),
            "host": sys.platform if sys.platform in HOSTS else "other",
            "kind": kind,
            "ended": "going",
            "skipped": [],
            "answers": {},
        }
        file = path.open("xb")
        try:
            with file:
                file.write(self._text())
        except OSError:
            path.unlink()
            raise

    def put(self, name: str, value: Any) -> bool:
        """Take a part of the file; False if the schema does not allow it: then it stays out."""
        try:
            valid = validator().is_valid({**self.data, name: value})
        except RecursionError:  # nested so deeply that the validator cannot tell what is wrong
            return False
        if valid:
            self.data[name] = value
        return bool(valid)

    def add(self, name: str, value: Any) -> bool:
        """Take one more entry of a list; see `put`."""
        return self.put(name, [*self.data.get(name, []), value])

    def note(self, part: str, **values: Any) -> bool:
        """Take values of a part that is an object; see `put`."""
        return self.put(part, {**self.data.get(part, {}), **values})

    def answer(self, question: str, value: bool | int | None) -> None:
        """Take the answer to a question of questions.json; None: it stays open."""
        assert question in questions()
        if value is not None:
            self.note("answers", **{question: value})

    def skip(self, step: str) -> None:
        """Note that a step was left out."""
        self.add("skipped", step)

    @property
    def empty(self) -> bool:
        """Whether the session has found nothing yet."""
        return "build" not in self.data and "cards" not in self.data

    @property
    def complete(self) -> bool:
        """Whether the session came to its end."""
        return bool(self.data["ended"] == "done")

    def save(self) -> None:
        """Write the file anew; OSError if that fails: the file is then as it was before."""
        part = self.path.with_name(self.path.name + ".part")
        try:
            part.unlink(missing_ok=True)  # it may be a link to somebody's file
            part.write_bytes(self._text())
            os.replace(part, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
            raise

    def _text(self) -> bytes:
        return (json.dumps(self.data, indent=1, ensure_ascii=False) + "\n").encode()

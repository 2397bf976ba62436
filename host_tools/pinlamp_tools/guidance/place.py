"""A municipality's own lines: documents, hours, branches, post offices, telephone.

One small JSON file, by place.schema.json; docs/municipality.example.json is one. The slip and the
sheet of that municipality say these instead of what is true of most. To load it is to check it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import jsonschema

from ..show.output import cannot
from ..show.strange import visible

place_option = click.option(
    "--place",
    "place_file",
    type=click.Path(path_type=Path),
    help="A file with your municipality's own lines.",
)


def load(path: Path | None) -> dict[str, Any] | None:
    """Return the lines in a file, None without one; UsageError names the first mistake in it.

    A character that a terminal or a printer would obey is an escape there, see `visible`.
    """
    if path is None:
        return None
    schema = json.loads(Path(__file__).with_name("place.schema.json").read_text("utf-8"))
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise cannot(path, error) from error
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{path}: not a JSON object") from error
    wrong = jsonschema.Draft202012Validator(schema).iter_errors(found)
    first = min(wrong, key=lambda error: list(map(str, error.absolute_path)), default=None)
    if first is not None:
        where = "/".join(map(str, first.absolute_path)) or "file"
        wrong_there = first.message
        raise click.UsageError(f"{path}: {where} is not right: {wrong_there}")
    return {name: visible(line) if isinstance(line, str) else line for name, line in found.items()}

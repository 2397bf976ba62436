"""The guidance's files, parsed: one for each language, with the sources that both share."""

from __future__ import annotations

import datetime
import json
from functools import cache
from pathlib import Path
from typing import Any

from .sources import join

_HERE = Path(__file__).parent


@cache
def guidance(lang: str) -> dict[str, Any]:
    """Return the guidance in `lang`, one of `names.LANGUAGES`."""
    return dict(join(_parsed(f"{lang}.json"), sources(), _parsed("clerk.json"), lang))


@cache
def sources() -> dict[str, Any]:
    """Return the sources by their names, in both languages."""
    return _parsed("sources.json")


@cache
def phrases() -> dict[str, Any]:
    """Return the data of `explain`, in both languages."""
    return _parsed("explain.json")


@cache
def index() -> dict[str, Any]:
    """Return the index of `explain`, made by `make index`."""
    return _parsed("index.json")


def today() -> str:
    """Return this day, as ISO 8601 has it."""
    return datetime.date.today().isoformat()


def _parsed(name: str) -> dict[str, Any]:
    return dict(json.loads((_HERE / name).read_text("utf-8")))

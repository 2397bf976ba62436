"""The guidance's files, parsed: one for each language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def guidance(lang: str) -> dict[str, Any]:
    """Return the guidance in `lang`, one of `names.LANGUAGES`."""
    return dict(json.loads((_HERE / f"{lang}.json").read_text("utf-8")))


@cache
def phrases() -> dict[str, Any]:
    """Return the data of `explain`, in both languages."""
    return dict(json.loads((_HERE / "explain.json").read_text("utf-8")))


@cache
def index() -> dict[str, Any]:
    """Return the index of `explain`, made by `make index`."""
    return dict(json.loads((_HERE / "index.json").read_text("utf-8")))

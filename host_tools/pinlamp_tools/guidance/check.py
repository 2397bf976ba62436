"""Lists what in the guidance is old or has no source: `make guidance-check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .sources import due
from .texts import guidance, phrases, sources, today


def entries(data: dict[str, Any], topics: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names of the sources of each entry, by the entry's place in the data."""
    found = dict(_within(data, ""))
    for topic in topics["topics"]:
        found[f"explain/{topic['id']}"] = topic.get("source", [])
    return found


def _within(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, list):
        for at, one in enumerate(value):
            name = one.get("id", str(at)) if isinstance(one, dict) else str(at)
            yield from _within(one, f"{path}/{name}")
    elif isinstance(value, dict) and path != "/sources":
        # What has a text for the reader of its own is an entry.
        if path and {"now", "fails", "who", "text", "short"} & value.keys() and path != "/fields":
            yield path[1:], value.get("source", []) + value.get("who_source", [])
        elif "source" in value and path != "/fields":
            yield path[1:], value["source"]
        for name, one in value.items():
            if not isinstance(one, str):
                yield from _within(one, f"{path}/{name}")


def problems(day: str) -> list[str]:
    """Return a sentence for each entry without a source and each source that is old on `day`."""
    told = []
    of_source: dict[str, list[str]] = {}
    for name, ids in entries(guidance("ja"), phrases()).items():
        if not ids:
            told.append(f"{name}: no source")
        for one in ids:
            of_source.setdefault(one, []).append(name)
            if one not in sources():
                told.append(f"{name}: {one} is not in sources.json")
    for one, about in sources().items():
        if day > due(about["checked"]):
            where = ", ".join(of_source.get(one, []))
            told.append(f"{one}: last checked on {about['checked']}, for {where}")
    return told


def main(day: str | None = None) -> int:
    """Print what is old on `day` (else today) or has no source; return 1 if there is any."""
    found = problems(day or today())
    for line in found:
        print(line)
    if not found:
        print("Every entry has a source, and none is old.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The line below the simulator's screen that says which keys do what."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from ..show.wrap import pack


def keys_help(entries: str, columns: int) -> Text:
    """Return "key=what|key=what" as lines of at most `columns` cells, the keys bold."""
    text = Text()
    for line in pack(entries.split("|"), columns, cell_len):
        for number, (keys, _, what) in enumerate(entry.partition("=") for entry in line):
            text.append("  " if number else "\n" if text else "")
            text.append(keys, style="bold #ffffff").append(f" {what}")
    return text

"""The strips that shops sell, by their names: how many pixels, how many lamps, which shape.

    ring-12       a ring of 12 pixels
    stick-8       a stick of 8
    matrix-5x5    a grid of 5 columns and 5 rows
    strip-60      the first pixels of a strip with 60 a metre, cut to 12

Any number will do: the name says it all. What distance the pixels have is the paper's matter.
"""

from __future__ import annotations

import re
from typing import Any

LAYOUTS = (12, 8, 5, 1)
_NAME = re.compile(r"(ring|stick|strip)-([1-9]\d{0,2})|matrix-([1-9]\d?)x([1-9]\d?)")
_MOST = 256  # pixels: board.schema.json
FORMS = "ring-N, stick-N, matrix-CxR or strip-N (N a metre)"


def fields(name: str) -> dict[str, Any] | None:
    """Return what board.json says of the part `name`: count, layout, shape, for a grid columns.

    None for a name that is not of these forms, or has more than 256 pixels.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    kind, number, columns, rows = found.groups()
    if kind is None:
        count, shape = int(columns) * int(rows), "grid"
    else:
        # A strip's number is how close its pixels are; it is cut behind the last lamp.
        count = LAYOUTS[0] if kind == "strip" else int(number)
        shape = "ring" if kind == "ring" else "row"
    if count > _MOST:
        return None
    layout = next(layout for layout in LAYOUTS if layout <= count)
    told = {"count": count, "layout": layout, "shape": shape}
    return {**told, "columns": int(columns)} if shape == "grid" else told

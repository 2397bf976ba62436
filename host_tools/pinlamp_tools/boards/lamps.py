"""A board with other lamps than its board.json says: in another layout, or on another strip."""

from __future__ import annotations

from typing import Any


def in_layout(board: dict[str, Any], layout: int) -> dict[str, Any]:
    """Return the board with its first strip in a layout, as the setting `layout` puts it.

    In another than the strip's own the lamps are its first pixels, one by one.
    """
    strip = board["strips"][0]
    if layout != strip["layout"]:
        strip = {key: value for key, value in strip.items() if key != "lamps"}
    return {**board, "strips": [{**strip, "layout": layout}, *board["strips"][1:]]}


def with_lamps(board: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the board with `count` lamps on a strip of its owner's: a ring of 12, else a stick.

    Raises LookupError for a board without such a strip.
    """
    own = [strip for strip in board["strips"] if strip["name"] == "strip"]
    kept = {name: own[0][name] for name in ("name", "pin", "order")}
    shape = "ring" if count == 12 else "row"
    others = [strip for strip in board["strips"] if strip["name"] != "strip"]
    return {
        **board,
        "strips": [{**kept, "count": count, "layout": count, "shape": shape}, *others],
    }

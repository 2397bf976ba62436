"""The rings, sticks, strips and matrices that shops sell: where their lamps are, in mm.

The parts are data: strips.json, each with the source of its measures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..boards import strips
from ..boards.board import ChoiceError, Strip

_DATA: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("strips.json").read_text("utf-8")
)
NAMES = tuple(_DATA)
_PITCH = 7.0  # of an arrangement that no part has; the sheet says which pitch it is drawn for


class PitchError(ChoiceError):
    """Only the part's owner knows how far its lamps are apart. The message says what to do."""


@dataclass(frozen=True)
class Part:
    """A part with lamps. `count` is None for a strip, which is cut where one likes.

    `pitch`: between the centres of neighbours; `led`: a lamp's edge; `outline`: width and height
    of the part's board; all in mm. `title`: by language.
    """

    name: str
    shape: str
    count: int | None
    columns: int | None
    pitch: float
    led: float
    source: str
    known_by: Mapping[str, str]
    outline: tuple[float, float] | None = None

    def fits(self, strip: Strip) -> bool:
        """Tell whether the strip of a board is such a part."""
        return (
            self.shape == strip.shape
            and (strip.count > 1 if self.count is None else strip.count == self.count)
            and self.columns in (None, strip.columns)
        )

    def with_pitch(self, pitch: float) -> Part:
        """Return one like the part with its lamps farther apart or closer."""
        return replace(self, pitch=pitch, known_by={})

    def place(self, pixel: int, count: int) -> tuple[float, float]:
        """Return how far a pixel of `count` is right of and below pixel 0, mm.

        In a ring: of the ring's middle; pixel 0 is at the top, and they go round clockwise.
        """
        if self.shape == "ring":
            radius = self.pitch / 2 / math.sin(math.pi / count)
            angle = 2 * math.pi * pixel / count
            return radius * math.sin(angle), -radius * math.cos(angle)
        columns = self.columns or count
        return pixel % columns * self.pitch, pixel // columns * self.pitch


def named(name: str, pitch: float | None = None) -> Part:
    """Return the part of that name; `pitch`: measured on the part at hand, mm.

    Names are those of strips.json, and others of the forms of `strips`. Raises KeyError for a name
    of no such form, PitchError for a part of which only its owner knows how far its lamps are
    apart.
    """
    if name in _DATA:
        data = dict(_DATA[name])
        if "diameter" in data:  # of the circle through the lamps' centres
            data["pitch"] = data.pop("diameter") * math.sin(math.pi / data["count"])
        if "outline" in data:
            data["outline"] = tuple(data["outline"])
        part = Part(name, **{"count": None, "columns": None, "known_by": {}, **data})
        return part.with_pitch(pitch) if pitch else part
    fields = strips.fields(name)
    if fields is None:
        raise KeyError(name)
    shape, count, columns = fields["shape"], fields["count"], fields.get("columns")
    form, _, number = name.partition("-")
    if form == "strip":
        return Part(name, shape, None, None, pitch or 1000 / int(number), 5, "[I] 1000 mm / N", {})
    if pitch is None:
        raise PitchError(
            f"nobody has told how far apart the lamps of {name} are: measure them, --pitch MM"
        )
    return Part(name, shape, count, columns, pitch, 5, "[?]", {})


def of(strip: Strip, pitch: float | None = None) -> Part:
    """Return the part that a board's strip is, else the likeliest: what its label is drawn for.

    Raises PitchError, see `named`.
    """
    if strip.part:
        return named(strip.part, pitch)
    sized = [part for part in map(named, NAMES) if part.count and part.fits(strip)]
    if sized:
        return named(sized[0].name, pitch)
    if strip.shape == "row" and strip.count > 1:
        return named("strip-60", pitch)
    columns = strip.columns if strip.shape == "grid" else None
    return Part("", strip.shape, strip.count, columns, pitch or _PITCH, 5, "[?]", {})

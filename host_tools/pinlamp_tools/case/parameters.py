"""A case as data: what is where inside it, in mm, each part with the source of its measures.

Places are seen from the card's side, as on paper: x to the right, y down to the user, z away from
the card; zero is the inner corner on the upper left, at the inner side of the face. `at` is the
corner of a part that is nearest to it. `case.schema.json` describes each field; the fields here
have the same names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from ..paper import parts
from ..paper.parts import Part

_HERE = Path(__file__).parent
_BUILDS = _HERE / "builds"

Vector = tuple[float, float, float]
Point = tuple[float, float]


class ParametersError(Exception):
    """The file holds no parameters of a case. `problems` says why, a line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        """`problems` is for the user."""
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Body:
    """A part: a box that it needs. `front`, `behind`: room for what stands on a module's board."""

    size: Vector
    at: Vector
    front: float = 0
    behind: float = 0


@dataclass(frozen=True)
class Lamps:
    """The part with the lamps: `first` is the middle of lamp 1 from the part's corner.

    Of a ring `first` is the middle of the circle, `inner` the hole's diameter.
    """

    part: Part
    body: Body
    first: Point
    inner: float = 0

    def middles(self, pitch: float | None = None) -> list[Point]:
        """Return the middles of all lamps, from the card's side; `pitch`: another distance."""
        part = self.part.with_pitch(pitch) if pitch else self.part
        count = part.count or 0
        found = []
        for pixel in range(count):
            right, down = part.place(pixel, count)
            found.append(
                (
                    self.body.at[0] + self.first[0] + right,
                    self.body.at[1] + self.first[1] + down,
                )
            )
        return found


@dataclass(frozen=True)
class Cable:
    """USB: `side` of the case, `middle` of the plug (along the side, and z), the `plug`'s size.

    `bend`: what the wires inside need behind each part.
    """

    side: str
    middle: Point
    plug: Point
    bend: float


@dataclass(frozen=True)
class Case:
    """The parameters of a case; lengths in mm."""

    name: str
    title: Mapping[str, str]
    inside: Vector
    wall: float
    antenna_side: float
    back: float
    rib: float
    clearance: float
    hole_pitch: float
    hole_diameter: float
    board: Body
    module: Body
    strip: Lamps
    cable: Cable
    card: Point
    button: tuple[Point, float] | None = None

    @property
    def outside(self) -> Vector:
        """The size of the closed case."""
        wide, deep, high = self.inside
        return (
            wide + 2 * self.wall,
            deep + 2 * self.wall,
            high + self.antenna_side + self.back,
        )


def names() -> tuple[str, ...]:
    """Return the names of the builds that have parameters here, sorted."""
    return tuple(sorted(path.stem for path in _BUILDS.glob("*.json")))


def file_of(name: str) -> Path:
    """Return the file of a build, or of a path. Raises KeyError where there is neither."""
    if name in names():
        return _BUILDS / f"{name}.json"
    if not os.path.isfile(name):  # Path's raises for a name that is too long
        raise KeyError(name)
    return Path(name)


def load(path: Path) -> Case:
    """Return the case of a file of parameters. Raises ParametersError, OSError."""
    try:
        data = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ParametersError([f"no JSON: {error}"]) from None
    return of(path.stem, data)


def _no_number(word: str) -> float:
    # Python's json takes NaN and Infinity, which are no JSON (RFC 8259, 6) and no lengths.
    raise ValueError(f"{word} is no number")


def of(name: str, data: Any) -> Case:
    """Return the case of parsed parameters. Raises ParametersError."""
    faults = [
        f"{'.'.join(map(str, error.absolute_path)) or 'file'}: {error.message}"
        for error in _validator().iter_errors(data)
    ]
    if faults:
        raise ParametersError(sorted(faults))
    strip = data["strip"]
    try:
        part = parts.named(strip["part"], strip.get("pitch"))
    except KeyError:
        raise ParametersError([f"strip.part: there is no {strip['part']}"]) from None
    except parts.PitchError:
        raise ParametersError([f"strip.pitch: that of {strip['part']} is not known"]) from None
    if part.count is None:
        raise ParametersError([f"strip.part: {strip['part']} is cut; a stick has an end: stick-N"])
    button = data.get("button")
    return Case(
        name=name,
        **{key: data[key] for key in ("title", "wall", "antenna_side", "back", "rib")},
        clearance=data["clearance"],
        inside=tuple(data["inside"]),
        hole_pitch=data["holes"]["pitch"],
        hole_diameter=data["holes"]["diameter"],
        board=_body(data["board"]),
        module=_body(data["module"]),
        strip=Lamps(part, _body(strip), tuple(strip["first"]), strip.get("inner", 0)),
        cable=Cable(
            data["cable"]["side"],
            tuple(data["cable"]["middle"]),
            tuple(data["cable"]["plug"]),
            data["cable"]["bend"],
        ),
        card=tuple(data["card"]),
        button=(tuple(button["middle"]), button["diameter"]) if button else None,
    )


def _body(data: Mapping[str, Any]) -> Body:
    return Body(
        tuple(data["size"]), tuple(data["at"]), data.get("front", 0), data.get("behind", 0)
    )


@cache
def _validator() -> Any:
    schema = json.loads((_HERE / "case.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)

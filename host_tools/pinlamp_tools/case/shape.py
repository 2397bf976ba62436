"""The shape of a case, and of what is inside it, as solids. Needs manifold3d.

A right-handed system as the parameters have it: x to the right, y down, z away from the card. The
shell lies on its face as a printer wants it.
"""

from __future__ import annotations

from manifold3d import CrossSection, JoinType, Manifold

from .parameters import Body, Case, Point

_RIB_HIGH = 2.5  # how far a frame around a part stands up from the face, mm
_TAB_LONG, _TAB_HIGH = 15.0, 3.0  # of the back's tabs, mm
_ROUND = 64  # segments of a circle
_FIT_TEST = 5.0  # how high the fit test is, mm
_OUT = 30.0  # how far a plug is drawn out of the case, mm


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Manifold:
    """Return the box between two corners; empty if it has no volume."""
    size = tuple(max(0.0, b - a) for a, b in zip(low, high, strict=True))
    return Manifold.cube(size).translate(low)


def _disc(middle: Point, diameter: float, z: float, high: float) -> Manifold:
    made = Manifold.cylinder(high, diameter / 2, circular_segments=_ROUND)
    return made.translate((*middle, z))


def _outline(case: Case) -> CrossSection:
    """Return the outside of the case, seen from the card, with round corners."""
    return CrossSection.square(case.inside[:2]).offset(case.wall, JoinType.Round, 2, _ROUND)


def holes(case: Case) -> list[Point]:
    """Return the middles of the holes for the lamps."""
    return case.strip.middles(case.hole_pitch)


def shell(case: Case) -> Manifold:
    """Return the face with its four walls, holes and frames around the parts."""
    wide, deep, high = case.inside
    made = _outline(case).extrude(high + case.antenna_side).translate((0, 0, -case.antenna_side))
    made -= box((0, 0, 0), (wide, deep, high + 1))
    frames = Manifold()
    for body, inner in (
        (case.board, 0.0),
        (case.module, 0.0),
        (case.strip.body, case.strip.inner),
    ):
        frames += _frame(case, body, ring=case.strip.part.shape == "ring" and bool(inner))
    made += frames ^ box((-1, -1, -0.1), (wide + 1, deep + 1, high))
    below = -case.antenna_side - 1
    for middle in holes(case):
        made -= _disc(middle, case.hole_diameter, below, case.antenna_side + 2)
    if case.button:
        middle, diameter = case.button
        made -= _disc(middle, diameter, below, case.antenna_side + 2)
    return made - _plug(case, case.clearance, opening=True)


def _frame(case: Case, body: Body, ring: bool) -> Manifold:
    """Return the frame around a part, as far as it keeps clear of the part."""
    gap = case.clearance
    x, y, z = body.at
    # Up to the middle of what stands lowest, and so high that it holds the board.
    top = max(_RIB_HIGH, z + min(body.size[2], 1.5))
    if ring:
        middle = (x + body.size[0] / 2, y + body.size[1] / 2)
        outer = body.size[0] + 2 * gap
        made = _disc(middle, outer + 2 * case.rib, -0.1, top + 0.1)
        return made - _disc(middle, outer, -1, top + 2)
    low, high = (x - gap, y - gap), (x + body.size[0] + gap, y + body.size[1] + gap)
    made = box(
        (low[0] - case.rib, low[1] - case.rib, -0.1),
        (high[0] + case.rib, high[1] + case.rib, top),
    )
    return made - box((*low, -1), (*high, top + 2))


def back(case: Case) -> Manifold:
    """Return the plate that closes the case, with a tab at the middle of each wall."""
    wide, deep, high = case.inside
    made = _outline(case).extrude(case.back).translate((0, 0, high))
    gap, thick, half = case.clearance, case.rib, _TAB_LONG / 2
    top = high - _TAB_HIGH
    for x in (gap, wide - gap - thick):
        low = (x, deep / 2 - half, top)
        made += box(low, (x + thick, deep / 2 + half, high + 0.1))
    for y in (gap, deep - gap - thick):
        low = (wide / 2 - half, y, top)
        made += box(low, (wide / 2 + half, y + thick, high + 0.1))
    return made


def _plug(case: Case, gap: float, opening: bool = False) -> Manifold:
    """Return the plug from the board's edge out of the case, `gap` thicker on all sides."""
    wide, deep, _ = case.inside
    along, z = case.cable.middle
    half, tall = case.cable.plug[0] / 2 + gap, case.cable.plug[1] / 2 + gap
    low, high = z - tall, z + tall
    if opening:  # it may cut the wall and a frame, never the face
        low = max(low, 0.0)
    x, y, _ = case.board.at
    if case.cable.side == "front":
        start = y + case.board.size[1]
        return box((along - half, start, low), (along + half, deep + case.wall + _OUT, high))
    if case.cable.side == "right":
        start = x + case.board.size[0]
        return box((start, along - half, low), (wide + case.wall + _OUT, along + half, high))
    return box((-case.wall - _OUT, along - half, low), (x, along + half, high))


def _solid(body: Body) -> Manifold:
    x, y, z = body.at
    wide, deep, high = body.size
    return box((x, y, z - body.front), (x + wide, y + deep, z + high + body.behind))


def bodies(case: Case) -> dict[str, Manifold]:
    """Return the solids of board, module, strip and cable, as large as they were measured."""
    strip = case.strip
    solid = _solid(strip.body)
    if strip.part.shape == "ring":
        x, y, z = strip.body.at
        middle = (x + strip.body.size[0] / 2, y + strip.body.size[1] / 2)
        solid = _disc(middle, strip.body.size[0], z, strip.body.size[2])
        if strip.inner:
            solid -= _disc(middle, strip.inner, z - 1, strip.body.size[2] + 2)
    return {
        "board": _solid(case.board),
        "module": _solid(case.module),
        "strip": solid,
        "cable": _plug(case, 0),
    }


def wires(case: Case) -> dict[str, Manifold]:
    """Return the room behind board, module and strip in which plugs and wires bend."""
    found = {}
    for name, body in (
        ("board", case.board),
        ("module", case.module),
        ("strip", case.strip.body),
    ):
        x, y, z = body.at
        wide, deep, high = body.size
        low = z + high + body.behind
        found[name] = box((x, y, low), (x + wide, y + deep, low + case.cable.bend))
    return found


def antenna_column(case: Case) -> Manifold:
    """Return the room in front of the module and behind it, from the face to the back."""
    x, y, _ = case.module.at
    wide, deep, _ = case.module.size
    return box((x, y, -case.antenna_side), (x + wide, y + deep, case.inside[2] + case.back))


def fit_test(case: Case) -> Manifold:
    """Return the first 5 mm of the shell: holes, frames, the size of everything."""
    return shell(case).trim_by_plane((0, 0, -1), case.antenna_side - _FIT_TEST)

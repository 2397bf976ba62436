"""What is wrong with a case: measured on its shape, not only read from its parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator

from manifold3d import CrossSection, Error, JoinType, Manifold

from . import shape
from .parameters import Case, Point

THINNEST = 1.2  # of a wall: three lines of a nozzle of 0.4 mm
ANTENNA_SIDE = 2.0  # the most between card and module; each millimetre costs reach
CLEARANCE = 0.3  # what a printer adds to a wall, and the wall bends
LARGEST = 200.0  # the bed of a small printer
_OFF = 0.25  # how far the middle of a hole may be from that of its lamp
_CARD = (85.60, 53.98)  # ISO/IEC 7810 ID-1
_FINE = 0.02  # mm, mm², mm³: what rounding does


def problems(case: Case) -> list[str]:
    """Return what is wrong with a case, a sentence each; none if it can be printed."""
    found = [*_measures(case)]
    shell, back = shape.shell(case), shape.back(case)
    for name, solid in (("shell", shell), ("back", back)):
        found += _whole(name, solid)
        found += _size(name, solid)
    found += _thin(case, shell, back)
    found += _room(case, shell, back)
    found += _holes(case, shell)
    found += _antenna(case)
    return list(dict.fromkeys(found))


def _measures(case: Case) -> Iterator[str]:
    for name in ("wall", "back", "rib", "antenna_side"):
        value = getattr(case, name)
        if value < THINNEST:
            yield f"{name}: {value:g} mm is thinner than {THINNEST:g} mm"
    if case.antenna_side > ANTENNA_SIDE:
        yield (
            f"antenna_side: {case.antenna_side:g} mm is thicker than {ANTENNA_SIDE:g} mm:"
            " the card is read from less far"
        )
    if case.clearance < CLEARANCE:
        yield f"clearance: {case.clearance:g} mm is less than {CLEARANCE:g} mm"
    left, top = case.module.at[:2]
    right, below = left + case.module.size[0], top + case.module.size[1]
    x, y = case.card
    if not (x <= left and right <= x + _CARD[0] and y <= top and below <= y + _CARD[1]):
        yield "card: its place does not cover the module"
    half = case.hole_diameter / 2
    for number, (right, down) in enumerate(case.strip.middles(), 1):
        beside = min(right - x, x + _CARD[0] - right), min(down - y, y + _CARD[1] - down)
        if min(beside) > -half:
            yield f"card: it covers lamp {number}"
    yield from _lamps_on_strip(case)


def _lamps_on_strip(case: Case) -> Iterator[str]:
    """Tell which lamps are not on the part that is to carry them."""
    strip, half = case.strip, case.strip.part.led / 2
    left, top, _ = strip.body.at
    wide, deep, _ = strip.body.size
    ring = strip.part.shape == "ring"
    for number, (x, y) in enumerate(strip.middles(), 1):
        on = left + half <= x + _FINE and x + half <= left + wide + _FINE
        on = on and top + half <= y + _FINE and y + half <= top + deep + _FINE
        if ring:
            away = math.dist((x, y), (left + wide / 2, top + deep / 2))
            on = on and strip.inner / 2 <= away - half and away + half <= wide / 2
        if not on:
            yield f"strip: lamp {number} is not on it"


def _whole(name: str, solid: Manifold) -> Iterator[str]:
    if solid.status() != Error.NoError or solid.volume() <= 0:
        yield f"{name}: it has no proper volume"
    elif len(solid.decompose()) != 1:
        yield f"{name}: it falls into {len(solid.decompose())} pieces"


def _size(name: str, solid: Manifold) -> Iterator[str]:
    low_x, low_y, low_z, high_x, high_y, high_z = solid.bounding_box()
    size = (high_x - low_x, high_y - low_y, high_z - low_z)
    if max(size) > LARGEST + _FINE:
        wide, deep, high = size
        yield f"{name}: {wide:.0f} x {deep:.0f} x {high:.0f} mm is more than {LARGEST:.0f} mm"


def _thin(case: Case, shell: Manifold, back: Manifold) -> Iterator[str]:
    """Measure the walls on cuts through shell and back."""
    _, _, high = case.inside
    levels = [-case.antenna_side / 2, 0.5, 1.5, 2.4, 3.5, case.cable.middle[1], high - 0.5]
    for solid, name, cuts in (
        (shell, "shell", levels),
        (back, "back", (high - 1.0, high + case.back / 2)),
    ):
        for z in cuts:
            for x, y in thin_spots(solid.slice(z)):
                yield f"{name}: thinner than {THINNEST:g} mm at x {x:.0f}, y {y:.0f}, z {z:.1f}"


def thin_spots(cut: CrossSection) -> list[Point]:
    """Return the middles of what is thinner than a wall has to be, on a cut.

    A wall that is shrunk by half its least thickness and grown again is still there; what is
    thinner is not.
    """
    half = THINNEST / 2 - _FINE
    opened = cut.offset(-half, JoinType.Round, 2, 32).offset(half + 0.01, JoinType.Round, 2, 32)
    found = []
    for piece in (cut - opened).decompose():
        # Corners lose a little too.
        if piece.area() > 0.35 * THINNEST**2:
            left, top, right, below = piece.bounds()
            found.append(((left + right) / 2, (top + below) / 2))
    return found


def _room(case: Case, shell: Manifold, back: Manifold) -> Iterator[str]:
    """Tell what touches what: parts, the room for their wires, shell and back."""
    bodies, wires = shape.bodies(case), shape.wires(case)
    inside = shape.box((0, 0, 0), case.inside)
    for name, body in bodies.items():
        for other, solid in (("shell", shell), ("back", back)):
            cut = (body ^ solid).volume()
            if cut > _FINE:
                yield f"{name}: the {other} cuts into it by {cut:.1f} mm³"
            elif body.min_gap(solid, 2 * CLEARANCE) < CLEARANCE - _FINE:
                gap = body.min_gap(solid, 2 * CLEARANCE)
                yield f"{name}: {gap:.2f} mm from the {other}, less than {CLEARANCE:g} mm"
        if name != "cable" and (body - inside).volume() > _FINE:
            yield f"{name}: it is not inside the case"
    names = list(bodies)
    for index, name in enumerate(names):
        for other in names[:index]:
            if (bodies[name] ^ bodies[other]).volume() > _FINE:
                yield f"{name}: it is where the {other} is"
    for name, room in wires.items():
        for other, solid in {"shell": shell, "back": back, **bodies}.items():
            if other != name and (room ^ solid).volume() > _FINE:
                yield f"{name}: no room to bend its wires: the {other} is there"
        if (room - inside).volume() > _FINE:
            yield f"{name}: no room to bend its wires within the case"
    along, z = case.cable.middle
    axis = 0 if case.cable.side == "front" else 1
    low = case.board.at[axis], case.board.at[2]
    high = low[0] + case.board.size[axis], low[1] + case.board.size[2]
    if not (low[0] < along < high[0] and low[1] < z < high[1]):
        yield "cable: its plug does not meet the board"


def found_holes(case: Case, shell: Manifold) -> list[tuple[Point, float]]:
    """Return the middle and the area of each hole of the face, measured on a cut through it."""
    found = []
    for contour in shell.slice(-case.antenna_side / 2).to_polygons():
        points = [(float(x), float(y)) for x, y in contour]
        pairs = list(zip(points, points[1:] + points[:1], strict=True))
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2
        if area < 0:  # a hole goes round the other way
            x, y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
            found.append(((x, y), -area))
    return found


def _holes(case: Case, shell: Manifold) -> Iterator[str]:
    """Compare the holes of the face with the lamps of the strip."""
    left = [middle for middle, _ in found_holes(case, shell)]
    for number, lamp in enumerate(case.strip.middles(), 1):
        nearest = min(left, key=lambda hole: math.dist(hole, lamp), default=None)
        if nearest is None:
            yield f"holes: lamp {number} has none"
        elif math.dist(nearest, lamp) > _OFF:
            off = math.dist(nearest, lamp)
            yield f"holes: the one of lamp {number} is {off:.2f} mm beside it"
        else:
            left.remove(nearest)
    led = case.strip.part.led
    if not 0.6 * led <= case.hole_diameter <= led + 1:
        yield f"holes: {case.hole_diameter:g} mm across does not suit lamps of {led:g} mm"
    if case.button:
        (x, y), _ = case.button
        at, size = case.board.at, case.board.size
        if not (at[0] < x < at[0] + size[0] and at[1] < y < at[1] + size[1]):
            yield "button: its hole is not over the board"
        left = [hole for hole in left if math.dist(hole, (x, y)) > _OFF]
    if left:
        yield f"holes: {len(left)} of them have no lamp behind"


def _antenna(case: Case) -> Iterator[str]:
    """Tell what metal is before the antenna or behind it: a field does not go through metal."""
    column = shape.antenna_column(case)
    for name, body in shape.bodies(case).items():
        if name != "module" and (body ^ column).volume() > _FINE:
            yield f"{name}: metal before or behind the antenna, which is as large as the module"
    near = case.module.at[2] - case.module.front
    if near > 3.0:
        yield f"module: {near:g} mm behind the face is too far from the card"

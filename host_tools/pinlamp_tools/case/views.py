"""The files of a case: solids as STL, and a picture of them as SVG. Needs manifold3d."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from html import escape
from typing import Any

from manifold3d import CrossSection, Manifold

from ..show.strange import visible
from . import shape
from .parameters import Case
from .template import TEXTS

# Of shell, board, module, strip, cable; the eye tells them apart without colours too: they are
# named.
_FILLS = {
    "shell": "#d9dde3",
    "back": "#c3c9d2",
    "board": "#9ec5a4",
    "module": "#d9a3a3",
    "strip": "#f2d79a",
    "cable": "#8d949e",
}
_EDGE, _GAP = 6.0, 10.0  # mm


def stl(solid: Manifold, name: str) -> bytes:
    """Return a solid as a binary STL file, in mm."""
    mesh = solid.to_mesh()
    corners = mesh.vert_properties[:, :3]
    out = [f"Pinlamp {name}".encode().ljust(80)[:80], struct.pack("<I", len(mesh.tri_verts))]
    for triangle in mesh.tri_verts:
        values = [float(value) for corner in triangle for value in corners[corner]]
        # A slicer works the normal out of the corners.
        out.append(struct.pack("<12fH", 0.0, 0.0, 0.0, *values, 0))
    return b"".join(out)


def picture(case: Case, lang: str) -> str:
    """Return the case as SVG, true to size: from the card's side, and cut through the module."""
    words = TEXTS[lang]
    wide, deep, high = case.outside
    width = 2 * _EDGE + wide + 2 * case.wall
    height = 2 * _EDGE + 14 + deep + _GAP + high
    left, top = _EDGE + case.wall, _EDGE + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm"'
        f' viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="2.8">',
        f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
        _text(_EDGE, 5, f"{case.title[lang]} ({words['unprinted']})"),
        _text(_EDGE, 9.5, words["plan"]),
    ]
    top += 3
    shell = shape.shell(case)
    bodies = shape.bodies(case)
    lines.append(_path(shell.project() - _holes_of(shell, case), left, top, _FILLS["shell"]))
    for name in ("board", "module", "strip"):
        outline = bodies[name].project()
        lines.append(_path(outline, left, top, _FILLS[name], opacity=0.6))
        x, y, right, below = outline.bounds()
        if name != "strip":
            lines.append(_text(left + (x + right) / 2 - 4, top + (y + below) / 2 + 1, words[name]))
    lines.append(_path(_holes_of(shell, case), left, top, "white"))
    x, y = left + case.card[0], top + case.card[1]
    lines.append(
        f'<rect x="{x:g}" y="{y:g}" width="85.6" height="53.98" fill="none" stroke="black"'
        ' stroke-width="0.2" stroke-dasharray="1.5 1"/>'
    )
    lines.append(_text(x + 1.5, y + 4, words["card"]))
    top += deep + _GAP - case.wall
    lines.append(_text(_EDGE, top - 2, words["section"]))
    # x stays, z goes up on paper: the card's side is below.
    base = top + 1 + high - case.antenna_side
    cut = case.module.at[1] + case.module.size[1] / 2
    for name, solid in {"shell": shell, "back": shape.back(case), **bodies}.items():
        lines.append(_path(_cut(solid, cut), left, base, _FILLS[name]))
    return "\n".join([*lines, "</svg>", ""])


def _holes_of(shell: Manifold, case: Case) -> CrossSection:
    """Return the holes of the face."""
    cut = shell.slice(-case.antenna_side / 2)
    return cut.hull() - cut


def _cut(solid: Manifold, y: float) -> CrossSection:
    """Return the cut at `y`, x to the right and z upwards on paper."""
    # Turned about x, y becomes z, and z becomes -y: on paper, where y grows down, that is up.
    return solid.rotate((90, 0, 0)).slice(y)


def _path(section: CrossSection, x: float, y: float, fill: str, opacity: float = 1.0) -> str:
    parts = " ".join(_contour(contour, x, y) for contour in section.to_polygons())
    return (
        f'<path d="{parts}" fill="{fill}" fill-opacity="{opacity:g}" fill-rule="evenodd"'
        ' stroke="black" stroke-width="0.15"/>'
    )


def _contour(contour: Sequence[Any], x: float, y: float) -> str:
    points = [f"{x + float(px):.2f},{y + float(py):.2f}" for px, py in contour]
    return "M " + " L ".join(points) + " Z"


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}">{escape(visible(text))}</text>'

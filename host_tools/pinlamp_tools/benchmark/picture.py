"""`docs/bench.svg`: the figures of the virtual clock as bars. SVG by hand: it is a few rectangles.

    python -m pinlamp_tools.benchmark_picture FILE [--check]

With --check it writes nothing; the exit status is 1 if the file would change.
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

from .measure import Figures, Virtual, measure

_WIDTH, _LEFT, _RIGHT = 800, 128, 190
_TOP, _ROW, _BAR, _BOTTOM = 84, 26, 16, 64
# Colours of the Color Universal Design palette, with their names, in the order of a bar.
_PARTS = (
    ("card", "#99cc99", "the card's own time"),
    ("air", "#56b4e9", "on the air"),
    ("chip", "#cccccc", "the chip's own time"),
    ("guard", "#f0e442", "guard time"),
    ("link", "#0072b2", "on the link"),
    ("waste", "#d55e00", "ours beyond the ideal"),
)
_INK, _FAINT = "#222222", "#cccccc"


def draw(figures: Virtual) -> str:
    """Return the picture as the text of an SVG file."""
    height = _TOP + _ROW * len(figures.links) + _BOTTOM
    root = ElementTree.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
    )
    root.set("font-family", "sans-serif")
    root.set("font-size", "12")
    count = len(figures.links[0].exchanges)
    title = f"One survey of {count} exchanges: where its time goes"
    ElementTree.SubElement(root, "title").text = title
    _rect(root, 0, 0, _WIDTH, height, "#ffffff")
    _text(root, 16, 26, title, size=16)
    _legend(root, figures)
    most_ms = max(one.ours for one in figures.links) / 1000
    scale = (_WIDTH - _LEFT - _RIGHT) / most_ms
    for ms in range(0, int(most_ms) + 1, 100):
        x = _LEFT + ms * scale
        _rect(root, x, _TOP - 6, 0.5, _ROW * len(figures.links) + 6, _FAINT)
        _text(root, x, height - _BOTTOM + 14, f"{ms} ms", anchor="middle")
    for row, one in enumerate(figures.links):
        _bar(root, _TOP + row * _ROW, one, scale)
    _text(
        root,
        16,
        height - 16,
        f"Virtual clock; {figures.card_us / 1000:g} ms a card command, assumed. Made by"
        " `make bench-picture`.",
    )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _legend(root: ElementTree.Element, figures: Virtual) -> None:
    x = 16.0
    for part, colour, name in _PARTS:
        if not any(_part(one, part) for one in figures.links):
            continue
        _rect(root, x, 44, 12, 12, colour)
        _text(root, x + 17, 54, name)
        x += 36 + 6.2 * len(name)


def _bar(root: ElementTree.Element, y: float, one: Figures, scale: float) -> None:
    _text(root, _LEFT - 8, y + 12, one.arrangement.name, anchor="end")
    x = float(_LEFT)
    for part, colour, _ in _PARTS:
        width = _part(one, part) / 1000 * scale
        if width:
            _rect(root, x, y, width, _BAR, colour)
        x += width
    _text(root, x + 6, y + 12, f"{one.ours / 1000:.0f} ms, {one.ratio:.3f} × ideal")


def _part(one: Figures, part: str) -> int:
    return one.ours - one.ideal.total if part == "waste" else int(getattr(one.ideal, part))


def _rect(
    root: ElementTree.Element, x: float, y: float, width: float, height: float, fill: str
) -> None:
    places = {"x": x, "y": y, "width": width, "height": height}
    ElementTree.SubElement(
        root, "rect", {**{name: f"{at:.2f}" for name, at in places.items()}, "fill": fill}
    )


def _text(
    root: ElementTree.Element, x: float, y: float, text: str, size: int = 12, anchor: str = "start"
) -> None:
    element = ElementTree.SubElement(root, "text", x=f"{x:.1f}", y=f"{y:.1f}", fill=_INK)
    element.text = text
    if size != 12:
        element.set("font-size", str(size))
    if anchor != "start":
        element.set("text-anchor", anchor)


def main(arguments: list[str]) -> int:
    """Write the picture, or check the written one; return the exit status."""
    path = Path(arguments[0])
    picture = draw(measure())
    if "--check" not in arguments:
        path.write_text(picture, "utf-8")
        return 0
    if path.exists() and path.read_text("utf-8") == picture:
        return 0
    print(f"{path} is not what it would be now: `make bench-picture` makes it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

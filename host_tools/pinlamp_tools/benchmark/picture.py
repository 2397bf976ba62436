"""`docs/bench.svg`: the chip, the modelled boards and the virtual clock as bars. SVG by hand.

    python -m pinlamp_tools.benchmark.picture FILE [--check]

With --check it writes nothing; the exit status is 1 if the file would change. The race is in real
time, never the same twice: only `pinlamp bench` shows it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from . import chip, model
from .ideal import Ideal
from .measure import Virtual, measure

_WIDTH, _LEFT, _RIGHT = 800, 214, 180
_TOP, _ROW, _BAR, _HEAD, _AXIS, _BOTTOM = 72, 24, 15, 30, 34, 24
# Colours of the Color Universal Design palette, with their names, in the order of a bar.
_PARTS = (
    ("card", "#99cc99", "the card's own time"),
    ("air", "#56b4e9", "on the air"),
    ("chip", "#bbbbbb", "the chip's own time"),
    ("guard", "#f0e442", "guard time"),
    ("link", "#0072b2", "on the link"),
    ("waste", "#d55e00", "ours beyond the ideal"),
    ("slower", "#cc79a7", f"processor × {model.SLOWER:g}"),
)
# What is no bar has a class: a reader's dark theme changes its colour.
_STYLE = (
    ".paper{fill:#fff}.ink{fill:#222}.faint{fill:#ccc}"
    "@media(prefers-color-scheme:dark){.paper{fill:#16181c}.ink{fill:#e6e6e6}.faint{fill:#555}}"
)


class _Bar(NamedTuple):
    name: str
    parts: Mapping[str, float]  # ms
    label: str


class _Section(NamedTuple):
    title: str
    bars: list[_Bar]


def draw(figures: Virtual, measured: chip.Chip, boards: list[model.Row]) -> str:
    """Return the picture as the text of an SVG file."""
    sections = [_chip(measured), _boards(boards), _links(figures)]
    rows = sum(_HEAD + _ROW * len(section.bars) + _AXIS for section in sections)
    height = _TOP + rows + _BOTTOM
    root = ElementTree.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
    )
    root.set("font-family", "sans-serif")
    root.set("font-size", "12")
    title = "One survey: where its time goes"
    ElementTree.SubElement(root, "title").text = title
    ElementTree.SubElement(root, "style").text = _STYLE
    _rect(root, 0, 0, _WIDTH, height, {"class": "paper"})
    _text(root, 16, 26, title, size=16)
    _legend(root, sections)
    most_ms = max(sum(bar.parts.values()) for section in sections for bar in section.bars)
    scale = (_WIDTH - _LEFT - _RIGHT) / most_ms
    y = float(_TOP)
    for section in sections:
        y = _draw(root, y, section, scale, most_ms)
    _text(
        root,
        16,
        height - 12,
        f"{figures.card_us / 1000:g} ms a card command, assumed, but where 0 is written. Made by"
        " `make bench-picture`.",
    )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _chip(measured: chip.Chip) -> _Section:
    bars = []
    for tap in measured.taps:
        name = "ESP32's clock, " * tap.esp32_clock + tap.name + ", card 0" * (not tap.card_ms)
        parts = {**tap.ideal_parts_ms, "waste": tap.survey_ms - tap.ideal_ms}
        bars.append(_Bar(name, parts, f"{tap.survey_ms:.0f} ms, {tap.ratio:.2f} × ideal"))
    title = f"Measured on an {chip.LABEL}: stock MicroPython, 125 MHz"
    return _Section(f"{title}; {measured.taps[0].exchanges} exchanges", bars)


def _boards(boards: list[model.Row]) -> _Section:
    bars = []
    for row in boards:
        usual, slower = row.usual, row.slower
        parts = _parts(usual.ideal, usual.survey)
        parts["slower"] = (slower.survey - usual.survey) / 1000
        label = f"modelled {usual.survey / 1000:.0f} ({slower.survey / 1000:.0f}) ms"
        bars.append(_Bar(f"{row.board}, {row.link}", parts, label))
    title = "Modelled, nobody has measured it: each board as it is wired"
    return _Section(f"{title}; (with the processor's time × {model.SLOWER:g})", bars)


def _links(figures: Virtual) -> _Section:
    bars = [
        _Bar(
            one.arrangement.name,
            _parts(one.ideal, one.ours),
            f"{one.ours / 1000:.0f} ms, {one.ratio:.3f} × ideal",
        )
        for one in figures.links
    ]
    title = "On a virtual clock, with a processor that takes no time"
    return _Section(f"{title}; {len(figures.links[0].exchanges)} exchanges", bars)


def _parts(ideal: Ideal, ours_us: int) -> dict[str, float]:
    parts = {**ideal._asdict(), "waste": ours_us - ideal.total}
    del parts["total"]
    return {name: us / 1000 for name, us in parts.items()}


def _legend(root: ElementTree.Element, sections: list[_Section]) -> None:
    bars = [bar for section in sections for bar in section.bars]
    x = 16.0
    for part, colour, name in _PARTS:
        if any(bar.parts.get(part) for bar in bars):
            _rect(root, x, 44, 12, 12, {"fill": colour})
            _text(root, x + 17, 54, name)
            x += 32 + 6.0 * len(name)


def _draw(
    root: ElementTree.Element, y: float, section: _Section, scale: float, most_ms: float
) -> float:
    """Draw a section, from `y` down; return where it ends."""
    _text(root, 16, y + 14, section.title, size=13)
    y += _HEAD
    high = _ROW * len(section.bars)
    for ms in range(0, int(most_ms) + 1, 100):
        x = _LEFT + ms * scale
        _rect(root, x, y - 6, 0.5, high + 6, {"class": "faint"})
        _text(root, x, y + high + 12, f"{ms} ms", anchor="middle")
    for row, bar in enumerate(section.bars):
        _draw_bar(root, y + row * _ROW, bar, scale)
    return y + high + _AXIS


def _draw_bar(root: ElementTree.Element, y: float, bar: _Bar, scale: float) -> None:
    _text(root, _LEFT - 8, y + 12, bar.name, anchor="end")
    x = float(_LEFT)
    for colour, width in _widths(bar, scale):
        _rect(root, x, y, width, _BAR, {"fill": colour})
        x += width
    _text(root, x + 6, y + 12, bar.label)


def _widths(bar: _Bar, scale: float) -> Iterator[tuple[str, float]]:
    for part, colour, _ in _PARTS:
        if bar.parts.get(part):
            yield colour, bar.parts[part] * scale


def _rect(
    root: ElementTree.Element,
    x: float,
    y: float,
    width: float,
    height: float,
    paint: dict[str, str],
) -> None:
    places = {"x": x, "y": y, "width": width, "height": height}
    ElementTree.SubElement(
        root, "rect", {**{name: f"{at:.2f}" for name, at in places.items()}, **paint}
    )


def _text(
    root: ElementTree.Element, x: float, y: float, text: str, size: int = 12, anchor: str = "start"
) -> None:
    element = ElementTree.SubElement(root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}"})
    element.set("class", "ink")
    element.text = text
    if size != 12:
        element.set("font-size", str(size))
    if anchor != "start":
        element.set("text-anchor", anchor)


def main(arguments: list[str]) -> int:
    """Write the picture, or check the written one; return the exit status."""
    path = Path(arguments[0])
    figures = measure()
    boards = model.of_boards(model.measured_constants(), model.Survey.of(figures))
    picture = draw(figures, chip.figures(), boards)
    if "--check" not in arguments:
        path.write_text(picture, "utf-8")
        return 0
    if path.exists() and path.read_text("utf-8") == picture:
        return 0
    print(f"{path} is not what it would be now: `make bench-picture` makes it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

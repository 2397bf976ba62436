"""A drawing in millimetres: shapes and text, written as SVG or as PDF."""

from __future__ import annotations

import datetime
import hashlib
from html import escape
from pathlib import Path
from typing import NamedTuple

from fpdf import FPDF

from ..show.colours import RGB
from ..show.strange import visible

# IPAex Gothic has the Japanese letters, and its licence allows embedding. Places: Debian's
# fonts-ipaexfont-gothic, macOS, Windows.
FONTS = (
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "/usr/share/fonts/truetype/ipaexfont-gothic/ipaexg.ttf",
    "/Library/Fonts/ipaexg.ttf",
    "C:/Windows/Fonts/ipaexg.ttf",
)
_FAMILY = "IPAexGothic, 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic', sans-serif"
_PT = 25.4 / 72  # mm


class DrawingError(Exception):
    """The drawing cannot be written. The message says what to do."""


class SuffixError(DrawingError):
    """The file's name has an ending of another kind: wrong use."""


class Shape(NamedTuple):
    """A line, a rectangle or a circle, in mm. `fill` and `stroke` may be None."""

    kind: str  # line: x1 y1 x2 y2; rect: x y width height; circle: x y radius
    at: tuple[float, ...]
    fill: RGB | None = None
    stroke: RGB | None = (0, 0, 0)
    width: float = 0.2


class Text(NamedTuple):
    """A line of text. Its baseline begins at x, y; with `centre` its middle is there."""

    x: float
    y: float
    text: str
    points: float
    centre: bool = False


class Drawing:
    """Shapes and texts on a sheet of `width` × `height` mm."""

    def __init__(self, width: float, height: float) -> None:
        """Start with an empty sheet."""
        self.width = width
        self.height = height
        self.things: list[Shape | Text] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.2) -> None:
        """Draw a line."""
        self.things.append(Shape("line", (x1, y1, x2, y2), width=width))

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: RGB | None = None,
        stroke: RGB | None = (0, 0, 0),
        width: float = 0.2,
    ) -> None:
        """Draw a rectangle; `width` is that of its lines."""
        self.things.append(Shape("rect", (x, y, w, h), fill, stroke, width))

    def circle(self, x: float, y: float, r: float, fill: RGB | None = None) -> None:
        """Draw a circle."""
        self.things.append(Shape("circle", (x, y, r), fill))

    def text(self, x: float, y: float, text: str, points: float, centre: bool = False) -> None:
        """Write a line of text; a file's strange characters are seen as escapes."""
        self.things.append(Text(x, y, visible(text), points, centre))

    def write(self, path: Path) -> None:
        """Write an SVG or a PDF, by the file's ending. Raise DrawingError or OSError."""
        if path.suffix == ".svg":
            path.write_bytes(self.svg().encode())  # the same bytes on Windows
        elif path.suffix == ".pdf":
            path.write_bytes(self.pdf())
        else:
            raise SuffixError(f"{path}: the file has to end in .svg or .pdf")

    def svg(self) -> str:
        """Return the drawing as SVG of its true size."""
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}mm"'
            f' height="{self.height}mm" viewBox="0 0 {self.width} {self.height}"'
            f' font-family="{_FAMILY}">',
            f'<rect width="{self.width}" height="{self.height}" fill="white"/>',
        ]
        for thing in self.things:
            lines.append(_svg_text(thing) if isinstance(thing, Text) else _svg_shape(thing))
        return "\n".join([*lines, "</svg>", ""])

    def pdf(self) -> bytes:
        """Return the drawing as a PDF page with its font inside."""
        found = [font for font in FONTS if Path(font).exists()]
        if not found:
            raise DrawingError(
                "no Japanese font to put into a PDF: install IPAex Gothic (Debian:"
                " fonts-ipaexfont-gothic), or make an .svg"
            )
        pdf = FPDF(unit="mm", format=(self.width, self.height))
        # The same drawing gives the same bytes.
        pdf.set_creation_date(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
        # `make pictures-check` reads from this which drawing the PDF shows.
        pdf.set_keywords(hashlib.sha256(self.svg().encode()).hexdigest())
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.add_font("body", fname=found[0])
        pdf.add_page()
        for thing in self.things:
            if isinstance(thing, Text):
                pdf.set_font("body", size=thing.points)
                half = pdf.get_string_width(thing.text) / 2 if thing.centre else 0
                pdf.text(thing.x - half, thing.y, thing.text)
            else:
                _pdf_shape(pdf, thing)
        return bytes(pdf.output())


def _hex(colour: RGB | None) -> str:
    return "none" if colour is None else "#{:02x}{:02x}{:02x}".format(*colour)


def _svg_text(text: Text) -> str:
    anchor = ' text-anchor="middle"' if text.centre else ""
    size = round(text.points * _PT, 3)
    return f'<text x="{text.x}" y="{text.y}" font-size="{size}"{anchor}>{escape(text.text)}</text>'


def _svg_shape(shape: Shape) -> str:
    paint = f'fill="{_hex(shape.fill)}" stroke="{_hex(shape.stroke)}" stroke-width="{shape.width}"'
    names = {
        "line": ("x1", "y1", "x2", "y2"),
        "rect": ("x", "y", "width", "height"),
        "circle": ("cx", "cy", "r"),
    }[shape.kind]
    place = " ".join(
        f'{name}="{round(value, 3)}"' for name, value in zip(names, shape.at, strict=True)
    )
    return f"<{shape.kind} {place} {paint}/>"


def _pdf_shape(pdf: FPDF, shape: Shape) -> None:
    pdf.set_line_width(shape.width)
    if shape.stroke:
        pdf.set_draw_color(*shape.stroke)
    if shape.fill:
        pdf.set_fill_color(*shape.fill)
    style = ("D" if shape.stroke else "") + ("F" if shape.fill else "")
    if shape.kind == "line":
        pdf.line(*shape.at)
    elif shape.kind == "rect":
        x, y, w, h = shape.at
        pdf.rect(x, y, w, h, style=style)
    else:
        x, y, r = shape.at
        pdf.circle(x, y, r, style=style)

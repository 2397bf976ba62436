"""The picture of the lamps: each as it looks now, its key's name, and its state in words.

Pixels hold LED drive values, which are linear light. The exponent 1/2.2 turns them into what the
eye sees. "Full" is the brightest channel so far, since the firmware drives its strip at a quarter
of full drive, and an eye calls that bright.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from pinlamp.layout import OVERALL

from . import colours
from .colours import RGB
from .names import Names
from .rows import Row, numbers
from .wrap import wrap

BACKGROUND = (16, 18, 22)
_LENS = (40, 44, 51)  # one can see a lamp that is off
_QUARTER = 63  # of full drive: the firmware's usual limit for a channel

_NUMBER_CELLS = 2
_LAMP_CELLS = 4
_NAME = {False: 36, True: 20}  # cells for a name and a blank, by whether it is the short one
_MARK = {False: 3, True: 2}  # cells for its mark and a blank
_WIDE = 80  # cells from which names come with their formats

_PLAIN = Style(color="#d6dae0")
_BOLD = Style(color="#ffffff", bold=True)
_DULL = Style(color="#7d8590")
_DULL_STATES = ("waiting", "not_asked", "absent")


class KeyLine(NamedTuple):
    """One key of the picture: `lamp` is its pixel or None, `first` is False below another key."""

    key: str
    lamp: int | None
    first: bool


def _words_style(state: str, plain: Style) -> Style:
    if state in _DULL_STATES:
        return _DULL
    return Style.parse(colours.striking(state, colours.SCREEN, str(plain)))


def eye(drive: RGB, full: int) -> RGB:
    """Return the sRGB colour of an LED driven with `drive`, where `full` looks brightest."""
    red, green, blue = (round(255 * min(1.0, value / full) ** (1 / 2.2)) for value in drive)
    return red, green, blue


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _sentences(text: str, room: int) -> list[str]:
    """Return the lines of a text; where it needs several, each sentence begins one."""
    if not text or cell_len(text) <= room:
        return [text] if text else []
    sentences = re.findall(r".+?(?:。|\.(?= )|$)", text)
    return [line for one in sentences for line in wrap(one.strip(), room, cell_len)]


def _style(colour: RGB, background: RGB = BACKGROUND) -> Style:
    return Style(color=Color.from_rgb(*colour), bgcolor=Color.from_rgb(*background))


def lamp(colour: RGB, line: int, lines: int, glowing: bool) -> list[Segment]:
    """Return one `line` of a lamp's picture, four cells wide, one or two `lines` high.

    `glowing`: the terminal can show faint colours truly.
    """
    glow = max(colour) / 255
    lit: RGB = (
        max(colour[0], _LENS[0]),
        max(colour[1], _LENS[1]),
        max(colour[2], _LENS[2]),
    )
    if lines == 1:
        edge = _mix(BACKGROUND, lit, 0.55)
        halo = _mix(BACKGROUND, colour, 0.16 * glow if glowing else 0)
        # Blocks instead of a circle's glyph: terminals draw them exactly one cell wide.
        return [
            Segment("▗", _style(edge, halo)),
            Segment("▆▆", _style(lit, halo)),
            Segment("▖", _style(edge, halo)),
        ]
    # Three half-lines with dim corners look round.
    edge = _mix(BACKGROUND, lit, 0.4)
    core = _mix(lit, (255, 255, 255), 0.18 * glow)
    if line == 0:
        return [
            Segment("▄", _style(edge)),
            Segment("▄▄", _style(lit)),
            Segment("▄", _style(edge)),
        ]
    return [
        Segment("▀", _style(lit, edge)),
        Segment("▀▀", _style(core, lit)),
        Segment("▀", _style(lit, edge)),
    ]


def is_coloured(pixels: bytes) -> bool:
    """Tell a result's colours from the white of a device that waits."""
    return any(len(set(pixels[i : i + 3])) > 1 for i in range(0, len(pixels), 3))


def _number(number: int | None) -> Segment:
    """Return a lamp's number, or as many blanks."""
    text = "" if number is None else str(number)
    return Segment(text.rjust(_NUMBER_CELLS), _style(BACKGROUND) + _DULL)


class LampView(Widget):
    """The lamps of one strip from the top down; the overall lamp and the device's words below.

    The screen sets `pitch` (lines for a key, 1 or 2) and `gap` (empty lines above the overall
    lamp), since it knows how much room there is.
    """

    def __init__(
        self,
        lamps: Sequence[Sequence[str]],
        keys: Sequence[str],
        names: Names,
        numbered: bool = True,
    ) -> None:
        """`lamps`, `keys`, `numbered`: see `lay`."""
        super().__init__()
        self.names = names
        self.pitch = 1
        self.gap = 1
        self._found: dict[str, Row] = {}
        self._headline = ""
        self._note = ""
        self._headline_style = _BOLD
        self._whole: list[tuple[str, Style]] = []  # its lines in `_whole_cells`
        self._whole_cells = 0
        self.lay(lamps, keys, numbered)

    def lay(self, lamps: Sequence[Sequence[str]], keys: Sequence[str], numbered: bool) -> None:
        """Draw other lamps from now on, dark ones.

        `lamps`: key ids of each pixel in strip order. `keys`: ids to show, lamp or not.
        `numbered`: whether each has the number that the device's label gives it.
        """
        self._full = _QUARTER
        self._drive: list[RGB] = [(0, 0, 0)] * len(lamps)
        self._rows: list[KeyLine] = []
        self._overall: int | None = None
        for index, group in enumerate(lamps):
            if tuple(group) == (OVERALL,):
                self._overall = index
                continue
            self._rows += [KeyLine(key, index, i == 0) for i, key in enumerate(group)]
        shown = {row.key for row in self._rows}
        self._rows += [KeyLine(key, None, True) for key in keys if key not in shown]
        self._numbers = numbers(len(lamps)) if numbered else {}
        self.refresh(layout=True)

    @property
    def rows(self) -> list[KeyLine]:
        """The keys in the order of the picture."""
        return self._rows

    @property
    def lines(self) -> int:
        """How many lines the picture needs."""
        self._flow()
        return len(self._rows) * self.pitch + self.gap + max(2, len(self._whole))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that the picture needs, and the empty ones below it."""
        return self.lines + self.gap

    def fits(self, words: str) -> bool:
        """Tell whether a key's state in these words has room beside its name."""
        short = self._short
        before = _NUMBER_CELLS + _LAMP_CELLS + self._gap + _MARK[short] + _NAME[short]
        return cell_len(words) <= self._width - before

    @property
    def _width(self) -> int:
        # The view is as wide as the screen, which knows of a resize first.
        return self.app.size.width

    @property
    def _gap(self) -> int:
        return 0 if self._short else 1

    @property
    def _short(self) -> bool:
        return self._width < _WIDE

    def _flow(self) -> None:
        """Break the words on the whole into lines, if they or the width have changed."""
        room = self._width - _NUMBER_CELLS - _LAMP_CELLS - self._label_cells - 2
        if room == self._whole_cells:
            return
        self._whole_cells = room
        self._whole = [
            (part, style)
            for text, style in ((self._headline, self._headline_style), (self._note, _PLAIN))
            for line in _sentences(text, room)
            for part in chop_cells(line, room)  # a path may be wider than a line
        ]

    @property
    def _label_cells(self) -> int:
        return cell_len(self.names.key(OVERALL)) + self._gap

    def show_pixels(self, pixels: bytes) -> None:
        """Show the strip's pixels, three bytes each. Ignore those behind the lamps."""
        drive: list[RGB] = [
            (pixels[i], pixels[i + 1], pixels[i + 2]) for i in range(0, len(pixels) - 2, 3)
        ][: len(self._drive)]
        brightest = max((max(one) for one in drive), default=0)
        if brightest > self._full:
            self._full = brightest
            self.refresh()
        for index, one in enumerate(drive):
            if one != self._drive[index]:
                self._drive[index] = one
                self._refresh_lamp(index)

    def show_words(self, rows: Iterable[Row], headline: str, note: str, state: str) -> None:
        """Show the keys' states in words, and two lines on the whole, coloured by `state`."""
        self._found = {row.key: row for row in rows}
        self._headline = headline
        self._note = note
        self._headline_style = _words_style(state, _BOLD) + Style(bold=True)
        before = len(self._whole)
        self._whole_cells = 0
        self._flow()
        self.refresh(layout=before != len(self._whole))

    def _refresh_lamp(self, index: int) -> None:
        if index == self._overall:
            line = len(self._rows) * self.pitch + self.gap
        else:
            first = [i for i, row in enumerate(self._rows) if row.lamp == index]
            line = first[0] * self.pitch
        self.refresh(Region(0, line, _NUMBER_CELLS + _LAMP_CELLS, 2))

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture."""
        row, line = divmod(y, self.pitch)
        below = y - len(self._rows) * self.pitch - self.gap
        if row < len(self._rows):
            parts = self._key_line(self._rows[row], line)
        elif 0 <= below < max(2, len(self._whole)):
            parts = self._overall_line(below)
        else:
            parts = []
        ground = Style(bgcolor=Color.from_rgb(*BACKGROUND))
        width = self.size.width
        strip = Strip(parts).adjust_cell_length(width, ground)
        return strip.apply_style(ground) if not parts else strip

    def _key_line(self, row: KeyLine, line: int) -> list[Segment]:
        last_line = line == self.pitch - 1
        shown = last_line and row.first
        parts = [_number(self._numbers.get(row.key) if shown else None), *self._lamp_of(row, line)]
        if not last_line:
            return parts
        ground = _style(BACKGROUND)
        short = self._short
        found = self._found.get(row.key)
        mark, name = self.names.mark(row.key), self.names.key(row.key, short)
        style = _words_style(found.state, _PLAIN) if found else _PLAIN
        return [
            *parts,
            Segment(" " * self._gap + set_cell_size(mark, _MARK[short]), ground + _DULL),
            Segment(set_cell_size(name, _NAME[short]), ground + _PLAIN),
            Segment(found.words if found else "", ground + style),
        ]

    def _lamp_of(self, row: KeyLine, line: int) -> list[Segment]:
        if row.lamp is None:
            return [Segment(" " * _LAMP_CELLS, _style(BACKGROUND))]
        if not row.first:
            # One lamp for several keys: a line leads down from it.
            return [Segment("  ▏ ", _style(_LENS))]
        return self._lamp(row.lamp, line, self.pitch)

    def _lamp(self, index: int, line: int, lines: int) -> list[Segment]:
        # 256 colours have no faint amber: the nearest is a dark red.
        glowing = self.app.console.color_system == "truecolor"
        return lamp(eye(self._drive[index], self._full), line, lines, glowing)

    def _overall_line(self, line: int) -> list[Segment]:
        self._flow()
        ground = _style(BACKGROUND)
        dot = [Segment(" " * _LAMP_CELLS, ground)]
        number = None
        if self._overall is not None and line < 2:
            dot = self._lamp(self._overall, line, 2)
            # An only lamp has no number: those of the keys are winks.
            number = self._overall + 1 if line == 0 and self._overall and self._numbers else None
        label = self.names.key(OVERALL) if line == 0 else ""
        words, style = self._whole[line] if line < len(self._whole) else ("", _PLAIN)
        return [
            _number(number),
            *dot,
            Segment(" " + set_cell_size(label, self._label_cells) + " ", ground + _BOLD),
            Segment(words, ground + style),
        ]

"""A board: what its board.json says, as an object that cannot change.

`boards/board.schema.json` describes each field; the fields here have the same names.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pinlamp import files, pins

from .. import paths
from ..exits import WRONG_USE
from . import strips

# How the source of a part begins that nobody has looked up yet.
NOT_LOOKED_UP = "[?]"
READERS = {"pn532": "PN532", "rcs660s": "RC-S660/S"}


class ChoiceError(Exception):
    """The board has no such link or strip; the message names those it has."""


@dataclass(frozen=True)
class Strip:
    """A row of WS2812. `layout`: how many lamps it is. `columns`: of a grid.

    `part`: the name that its owner chose it by (see `strips`); None: the board's own.
    """

    name: str
    pin: int
    count: int
    order: str
    layout: int
    shape: str
    columns: int | None = None
    part: str | None = None
    lamps: tuple[tuple[int, ...], ...] | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Strip:
        """Return the strip of an entry in board.json that follows the schema."""
        lamps = data.get("lamps")
        return cls(**{**data, "lamps": None if lamps is None else tuple(map(tuple, lamps))})

    @property
    def pixels(self) -> tuple[tuple[int, ...], ...]:
        """The pixels of each lamp: where board.json names none, lamp 0 is pixel 0 and so on."""
        if self.lamps is not None:
            return self.lamps
        return tuple((pixel,) for pixel in range(min(self.count, self.layout)))

    def is_part(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether it is the part of which `strips.fields` says this; one pixel is none."""
        return self.count > 1 and (self.count, self.shape, self.columns) == (
            fields["count"],
            fields["shape"],
            fields.get("columns"),
        )

    @property
    def width(self) -> int:
        """How many pixels lie side by side: the columns of a grid, else all."""
        return self.columns if self.columns and self.shape == "grid" else self.count

    def in_layout(self, layout: int) -> Strip:
        """Return the strip with the setting `layout`: its first pixels, unless it is its own."""
        if layout == self.layout:
            return self
        return replace(self, layout=layout, lamps=None)


@dataclass(frozen=True)
class Button:
    """`pressed`: what the pin reads then. `pull`: the chip's resistor, "up" or None.

    `builtin`: the board has it, so there is nothing to wire.
    """

    pin: int
    pressed: int
    pull: str | None = "up"
    builtin: bool = False


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board. `link` names the one of its `links` that is in use; the first strip is lit.

    A pin of a link is `links["hsu"]["tx"]`, for instance; "id" is the number of the chip's bus.
    `reader`: "pn532", or "rcs660s" on the UART of the link hsu.
    `printed`: the pins that are led out, by the names beside them. `grove`: the pins of its Grove
    socket by the colours of the cable.
    `seal`: "sealed", "hindered", "no", see `deploy.seal`; None: nobody has looked it up.
    """

    name: str
    title: str
    chip: str
    image: str
    printed: Mapping[str, int] | None = None
    grove: Mapping[str, int] | None = None
    links: Mapping[str, Mapping[str, int]]
    link: str
    reader: str = "pn532"
    strips: tuple[Strip, ...]
    buzzer: int | None = None
    button: Button | None = None
    budget_ma: int
    seal: str | None = None
    sources: Mapping[str, str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Board:
        """Return the board of a board.json that follows the schema (see `rules.problems`)."""
        button = data.get("button")
        return cls(
            **{
                **data,
                "strips": tuple(map(Strip.of, data["strips"])),
                "button": None if button is None else Button(**button),
            }
        )

    @classmethod
    def named(cls, name: str) -> Board:
        """Return one of the boards that come with Pinlamp. Raises KeyError for another name."""
        return cls.of(read(name))

    def data(self) -> dict[str, Any]:
        """Return the content of the board's board.json."""
        told = _given(asdict(self))
        if self.reader == "pn532":
            del told["reader"]
        told["strips"] = [_given(strip) for strip in told["strips"]]
        for strip in told["strips"]:
            if "lamps" in strip:
                strip["lamps"] = [list(lamp) for lamp in strip["lamps"]]
        if self.button and not self.button.builtin:
            del told["button"]["builtin"]
        return told

    def pin_name(self, pin: int) -> str:
        """Return the names of a pin: what is printed beside it, and its number: "D4 / GPIO6".

        The number alone where nothing is printed or known.
        """
        printed = [name for name, number in (self.printed or {}).items() if number == pin]
        return " / ".join([*printed[:1], f"GPIO{pin}"])

    @property
    def reader_name(self) -> str:
        """What its reader is called, by whoever made it."""
        return READERS[self.reader]

    @property
    def pins(self) -> Mapping[str, int]:
        """The entry of the link in use."""
        return self.links[self.link]

    @property
    def reader_links(self) -> Mapping[str, Mapping[str, int]]:
        """Those of its `links` that its reader has, with the pins that the reader needs."""
        if self.reader == "pn532":
            return self.links
        return {"hsu": {wire: self.links["hsu"][wire] for wire in ("tx", "rx")}}

    @property
    def strip(self) -> Strip:
        """The strip that is lit."""
        return self.strips[0]

    @property
    def lit_pin(self) -> int:
        """The data pin of the strip that is lit."""
        return self.strip_pin(self.strip, self.link)

    def strip_pin(self, strip: Strip, link: str) -> int:
        """Return the data pin of one of its strips while `link` is in use."""
        return int(pins.strip_pin(strip.name, strip.pin, self.links[link]))

    def buzzer_pin(self, link: str) -> int | None:
        """Return the buzzer's pin while `link` is in use, None without a buzzer."""
        found: int | None = pins.buzzer_pin(self.buzzer, self.links[link])
        return found

    @property
    def not_looked_up(self) -> tuple[str, ...]:
        """The parts of which nobody has looked up yet whether board.json is right."""
        return tuple(
            part for part, source in self.sources.items() if source.startswith(NOT_LOOKED_UP)
        )

    def with_link(self, link: str) -> Board:
        """Return the board with another link in use. Raises ChoiceError."""
        if link not in self.links:
            raise ChoiceError(f"{self.title} has no {link}: {_has(link, self.links)}")
        if link not in self.reader_links:
            raise ChoiceError(f"an {self.reader} has no {link}: its link is hsu, a UART")
        return replace(self, link=link)

    def with_strip(self, name: str) -> Board:
        """Return the board with another strip lit: one of its own, or a part (see `strips`).

        A part that the board has is that one. Another takes the place of the owner's strip, on the
        pin and with the order of colours that the board has for it. Raises ChoiceError.
        """
        names = [strip.name for strip in self.strips]
        if name in names:
            named = sorted(self.strips, key=lambda strip: strip.name != name)
            return replace(self, strips=tuple(named))
        fields = strips.fields(name)
        if fields is None:
            raise ChoiceError(
                f"{self.title} has no strip {name!r}: {_has(name, names)}; a part of your"
                f" own is {strips.FORMS}"
            )
        alike = [strip for strip in self.strips if strip.is_part(fields)]
        own = alike[0] if alike else self._own_strip
        if alike:
            first = replace(own, part=name)
        else:
            first = Strip("strip", own.pin, order=own.order, part=name, **fields)
        return replace(self, strips=(first, *(s for s in self.strips if s is not own)))

    @property
    def _own_strip(self) -> Strip:
        for strip in self.strips:
            if strip.name == "strip":
                return strip
        raise ChoiceError(f"{self.title} has no place for a strip")

    def in_layout(self, layout: int) -> Board:
        """Return the board as the setting `layout` makes it."""
        return replace(self, strips=(self.strip.in_layout(layout), *self.strips[1:]))

    def with_lamps(self, count: int) -> Board:
        """Return the board with `count` lamps on its owner's strip: a ring of 12, else a stick.

        Raises ChoiceError for a board that has no place for such a strip.
        """
        return self.with_strip(f"ring-{count}" if count == 12 else f"stick-{count}")

    def begun_anew(self, name: str, title: str) -> Board:
        """Return a board of somebody's own that begins as a copy of this one.

        Nothing in it is known of the new board, so it takes no source over from this one.
        """
        source = f"{NOT_LOOKED_UP} not looked up yet: copied from {self.name}"
        # What sealing does to it nobody may believe unseen.
        sources = {part: source for part in self.sources if part != "seal"}
        return replace(self, name=name, title=title, seal=None, sources=sources)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _has(name: str, names: Collection[str]) -> str:
    """Return which there are, the likeliest first."""
    near = difflib.get_close_matches(name, list(names), 1)
    likely = f"did you mean {near[0]}? " if near else ""
    return f"{likely}it has {', '.join(names)}"


def names() -> tuple[str, ...]:
    """Return the names of the boards that come with Pinlamp, sorted."""
    return tuple(sorted(path.parent.name for path in paths.BOARDS.glob(f"*/{files.BOARD}")))


def file_of(name: str) -> Path:
    """Return the board.json of one of `names()`, or of a path: its folder or the file itself.

    Raises KeyError where there is neither.
    """
    if name in names():
        return paths.BOARDS / name / files.BOARD
    if not os.path.exists(name):  # Path's raises for a name that is too long
        raise KeyError(name)
    path = Path(name)
    return path / files.BOARD if path.is_dir() else path


def read(name: str) -> dict[str, Any]:
    """Return what is in the file `file_of(name)`; whether that is a board, `rules` tells.

    Raises KeyError as `file_of` does, MissingError for a file that is not there, cannot be read
    or is no JSON object.
    """
    path = file_of(name)
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise paths.MissingError(f"{path}: {error.strerror}", WRONG_USE) from None
    except (ValueError, RecursionError) as error:
        raise paths.MissingError(f"{path}: no JSON: {error}") from None
    if not isinstance(found, dict):
        raise paths.MissingError(f"{path}: no JSON object")
    return found

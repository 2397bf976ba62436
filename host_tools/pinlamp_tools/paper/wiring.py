"""The wiring picture of a board: WireViz's description, made from board.json.

One picture for both languages; its words are in wiring.json. A pin has the name that is printed
beside it and its number. What is built into the board is not wired. The switches are those of
Elechouse-style PN532 boards (docs/pn532.md). Of an RC-S660/S the signals alone are known: 3.3 V
are [I], the places of its pins are [?].
"""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..boards.board import Board
from ..show.strange import visible
from . import switches
from .drawing import DrawingError, SuffixError

_TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("wiring.json").read_text("utf-8"))

# The reader's name for each pin, and the colour of its wire. Only 5 V has red wires.
_PARTNERS = {
    "hsu": {"tx": ("RX", "YE"), "rx": ("TX", "GN")},
    "i2c": {"sda": ("SDA", "YE"), "scl": ("SCL", "GN")},
    "spi": {
        "sck": ("SCK", "YE"),
        "mosi": ("MOSI", "GN"),
        "miso": ("MISO", "BU"),
        "cs": ("SS", "VT"),
    },
}
_VCC = {"pn532": "VCC (3V3)", "rcs660s": "3.3 V [I]"}
_CONTROL = {"irq": ("IRQ", "TQ"), "rst": ("RSTPDN", "WH")}
# A Grove cable has colours of its own: black GND, red 5 V, and these.
_GROVE = {"yellow": "YE", "white": "WH"}
_SUPPLY, _GROUND, _FIVE_VOLTS = "OG", "BK", "RD"


class Wire(NamedTuple):
    """A wire from a pin of the board to a part's pin; `colour` in WireViz's two letters."""

    pin: str
    part: str
    partner: str
    colour: str


def wires(board: Board) -> list[Wire]:
    """Return every wire of a board with its reader on the link in use."""
    reader, pins = board.reader_name, board.reader_links[board.link]
    found = [Wire("3V3", reader, _VCC[board.reader], _SUPPLY), Wire("GND", reader, "GND", _GROUND)]
    for name, (partner, colour) in {**_PARTNERS[board.link], **_CONTROL}.items():
        if name in pins:
            pin = f"{board.pin_name(pins[name])} ({name.upper()})"
            found.append(Wire(pin, reader, partner, colour))
    for strip in board.strips:
        if strip.name == "strip":
            # RP2040 boards call the 5 V of their USB port VBUS.
            supply = "VBUS (5V)" if board.chip == "rp2040" else "5V"
            pin_name = board.pin_name(board.strip_pin(strip, board.link))
            found.append(Wire(f"{pin_name} (LED)", "LED_strip", "DIN", "PK"))
            found.append(Wire(supply, "LED_strip", "5V", _FIVE_VOLTS))
            found.append(Wire("GND", "LED_strip", "GND", _GROUND))
    buzzer = board.buzzer_pin(board.link)
    if buzzer is not None:
        found.append(Wire(f"{board.pin_name(buzzer)} (buzzer)", "buzzer", "+", "BN"))
        found.append(Wire("GND", "buzzer", "-", _GROUND))
    button = board.button
    if button and not button.builtin:
        pressed = "3V3" if button.pressed else "GND"
        found.append(Wire(f"{board.pin_name(button.pin)} (button)", "button", "A", "GY"))
        found.append(Wire(pressed, "button", "B", _SUPPLY if button.pressed else _GROUND))
    # A pin of the Grove socket has the cable's colour.
    cable = {board.pin_name(pin): _GROVE[name] for name, pin in (board.grove or {}).items()}
    return [
        wire._replace(colour=cable.get(wire.pin.partition(" (")[0], wire.colour)) for wire in found
    ]


def by_grove(board: Board) -> bool:
    """Tell whether something hangs on the board's Grove cable."""
    cable = [board.pin_name(pin) for pin in (board.grove or {}).values()]
    return any(wire.pin.partition(" (")[0] in cable for wire in wires(board))


def grounds_to_split(board: Board) -> int:
    """Return how many wires share the board's GND; a Grove cable has one of its own."""
    return sum(wire.pin == "GND" for wire in wires(board)) - by_grove(board)


def _note(board: Board, part: str) -> str:
    note = str(_TEXTS["parts"][part])
    if part == board.reader_name:
        pn532 = board.reader == "pn532"
        grove = ""
        if by_grove(board):
            grove = _TEXTS["grove_red"].format(vcc="VCC" if pn532 else part)
        if not pn532:
            return "\n".join(filter(None, (note, grove)))
        one, two = switches.SETTINGS[board.link]
        drawn = " ".join("■□" if setting == "ON" else "□■" for setting in (one, two))
        words = _TEXTS["switches"].format(link=board.link.upper(), one=one, two=two, drawn=drawn)
        lines = [words, note, grove]
        lines.append(_TEXTS["reset"] if "rst" in board.pins else "")
        note = "\n".join(filter(None, lines))
    elif part == "LED_strip" and board.strip.name == "internal":
        note = f"{_TEXTS['optional']}\n{note}"
    return note


def harness(board: Board) -> dict[str, Any]:
    """Return WireViz's description of a board with its reader on the link in use."""
    # Graphviz takes what WireViz hands on for HTML.
    drawn = [wire._replace(pin=escape(visible(wire.pin))) for wire in wires(board)]
    name = board.name
    pins = list(dict.fromkeys(wire.pin for wire in drawn))
    parts: dict[str, dict[str, Any]] = {
        name: {"type": escape(visible(board.title)), "pins": pins, "show_pincount": False}
    }
    grounds = grounds_to_split(board)
    notes = [_TEXTS["split"].format(count=grounds)] if grounds > 1 else []
    if by_grove(board):
        grove = (board.grove or {}).items()
        names = {colour: escape(visible(board.pin_name(pin))) for colour, pin in grove}
        notes.append(_TEXTS["grove"].format(**names))
    if board.button and board.button.builtin:
        notes.append(_TEXTS["button_builtin"])
    parts[name]["notes"] = "\n".join(notes)
    cables: dict[str, dict[str, Any]] = {}
    connections: list[list[dict[str, Any]]] = []
    for part in dict.fromkeys(wire.part for wire in drawn):
        mine = [wire for wire in drawn if wire.part == part]
        parts[part] = {
            "pins": [wire.partner for wire in mine],
            "notes": _note(board, part),
            "show_pincount": False,
        }
        cable = f"W_{part}"
        cables[cable] = {
            "colors": [wire.colour for wire in mine],
            "wirelabels": [wire.partner for wire in mine],
            "category": "bundle",
            "show_name": False,
            "show_wirecount": False,
        }
        if part == board.reader_name and by_grove(board):
            cables[cable]["colors"].append(_FIVE_VOLTS)
            cables[cable]["wirelabels"].append(_TEXTS["unused"])
        connections.append(
            [
                {name: [wire.pin for wire in mine]},
                {cable: list(range(1, len(mine) + 1))},
                {part: [wire.partner for wire in mine]},
            ]
        )
    options = {"fontname": "IPAexGothic, Noto Sans CJK JP, sans-serif", "color_mode": "FULL"}
    return {"options": options, "connectors": parts, "cables": cables, "connections": connections}


def draw(board: Board, path: Path) -> None:
    """Write the picture as SVG. Raise SuffixError, DrawingError or OSError."""
    if path.suffix != ".svg":
        raise SuffixError(f"{path}: the file has to end in .svg")
    if shutil.which("dot") is None:
        raise DrawingError("Graphviz draws it, and is not here: Debian: apt install graphviz")
    from wireviz.wireviz import parse

    text = yaml.safe_dump(harness(board), allow_unicode=True, sort_keys=False)
    # WireViz would write the file in the system's encoding: take the text instead.
    path.write_bytes(parse(text, return_types="svg").encode())

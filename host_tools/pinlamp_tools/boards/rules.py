"""What a board.json may say: the rules behind `pinlamp board check`.

Pins of the chips: chips.json, from the makers' data sheets [I];
what an RP2040's pin can be: RP2040 Datasheet, "GPIO Functions".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pinlamp.layout import lamps as lamps_of

from .. import paths
from . import strips
from .board import Board, Strip

# A USB port, less a PN532 and the board's own chip with its radio off, in mA.
USB_MA, PN532_MA, CHIP_MA = 500, 150, 100
BUDGET_MA = USB_MA - PN532_MA - CHIP_MA
# A WS2812 with all three colours at full drive, and its controller; at a quarter of brightness,
# as the settings have it unless they are changed.
_PIXEL_MA, _IDLE_MA, _QUARTER = 60, 1, 0.25

_CHIPS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("chips.json").read_text("utf-8")
)
# What makes a pin unusable for a part of ours: entry in chips.json, and why.
_BAD_PINS = {
    "missing": "the chip has no such pin",
    "strapping": "a strapping pin: what hangs on it can keep the chip from starting",
    "flash": "the flash memory's own pin",
    "usb": "a pin of the USB port",
    "console": "the console's: MicroPython has a REPL there, and the chip's ROM writes to it",
    "board": "used by the board itself (radio, supply)",
}
_INPUTS = ("rx", "miso", "irq", "button")


def _is_integer(_: Any, value: object) -> bool:
    # JSON Schema takes 12.0 for an integer; MicroPython's Pin and range do not.
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def _validator() -> Any:
    import jsonschema  # a fifth of the start of every command that may name a board

    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("integer", _is_integer)
    schema = json.loads((paths.BOARDS / "board.schema.json").read_text("utf-8"))
    return jsonschema.validators.extend(base, type_checker=types)(schema)


def problems(data: Any) -> list[str]:
    """Return what is wrong with the content of a board.json, a sentence each with the way out."""
    errors = sorted(_validator().iter_errors(data), key=lambda e: list(map(str, e.path)))
    if errors:
        return [
            f"{'.'.join(map(str, error.path)) or 'the file'}: {error.message}:"
            " board.schema.json says what may stand there"
            for error in errors
        ]
    return list(dict.fromkeys(_of_board(Board.of(data))))


def _of_board(board: Board) -> Iterator[str]:
    if board.link not in board.links:
        links = ", ".join(board.links)
        yield f"link: {board.link} is not among its links: name one of {links}"
    if board.reader != "pn532" and board.link != "hsu":
        yield f"reader: an {board.reader} hangs on a UART: its link is hsu and not {board.link}"
    if board.seal and board.seal not in _CHIPS[board.chip]["seal"]:
        can = " or ".join(_CHIPS[board.chip]["seal"])
        yield f"seal: an {board.chip} cannot be {board.seal}: it is {can}, or leave it out"
    for link in board.links:
        # A link's wires are there only while that link is in use, so each is judged by itself.
        yield from _of_pins(board, link)
    for strip in board.strips:
        yield from _of_strip(strip, board.budget_ma)
    if len({strip.name for strip in board.strips}) < len(board.strips):
        yield "strips: two have the same name, so one could never be chosen: rename it"
    if board.button and board.button.pressed == 1 and board.button.pull == "up":
        yield (
            "button: with a pull-up it reads 1 while nobody presses it: say pressed 0, or pull"
            " null with a resistor to ground of its own"
        )
    if board.budget_ma > BUDGET_MA:
        yield (
            f"budget_ma: {board.budget_ma} mA is over what a USB port has left: {USB_MA} mA less"
            f" {PN532_MA} for the reader and {CHIP_MA} for the chip: {BUDGET_MA} at most"
        )


def wires(board: Board, link: str) -> Iterator[tuple[str, int]]:
    """Yield (part, pin) for everything that is connected while `link` is in use."""
    for name, pin in board.links[link].items():
        if name not in ("id", "strip", "buzzer"):
            yield f"{link}.{name}", pin
    for strip in board.strips:
        yield strip.name, board.strip_pin(strip, link)
    buzzer = board.buzzer_pin(link)
    if buzzer is not None:
        yield "buzzer", buzzer
    if board.button:
        yield "button", board.button.pin


def _of_pins(board: Board, link: str) -> Iterator[str]:
    chip = _CHIPS[board.chip]
    users: dict[int, str] = {}
    for part, pin in wires(board, link):
        yield from _of_pin(board, chip, part, pin)
        if pin in users:
            name = board.pin_name(pin)
            yield f"pin {name} is used twice, by {users[pin]} and {part}: move one of them"
        users[pin] = part
    number = board.links[link]["id"]
    if number not in chip[link]:
        yield (
            f"{link}.id: this chip has no {link} number {number} for it: use"
            f" {' or '.join(map(str, chip[link]))}"
        )
    elif board.chip == "rp2040":
        yield from _of_rp2040(board, link)


def _of_pin(board: Board, chip: dict[str, Any], part: str, pin: int) -> Iterator[str]:
    name = part.rpartition(".")[2]
    at = f"{part}: pin {board.pin_name(pin)}"
    boot_button = part == "button" and pin == chip["boot"]
    if pin > chip["last"]:
        yield f"{at}: the chip has no such pin: {chip['last']} is its last"
    for what, why in _BAD_PINS.items():
        if pin in chip[what] and not boot_button:
            yield f"{at}: {why}: take another pin"
    if pin in chip["input_only"]:
        if name not in _INPUTS:
            yield f"{at} is input-only: take one that can be an output"
        elif board.button and part == "button" and board.button.pull == "up":
            yield (
                f"{at} is input-only and has no pull-up: wire a resistor and say"
                ' "pull": null, or take another pin'
            )
    if board.printed and part not in _builtin(board) and pin not in board.printed.values():
        yield (
            f"{at} is not led out by the names of this board: take one of"
            f' {", ".join(board.printed)}, or put its name into "printed"'
        )


def _builtin(board: Board) -> tuple[str, ...]:
    """Return the parts that belong to the board, so that nobody wires them."""
    button = ("button",) if board.button and board.button.builtin else ()
    return ("internal", *button)


def _of_rp2040(board: Board, kind: str) -> Iterator[str]:
    """An RP2040's pins have their functions in a fixed order."""
    link = board.links[kind]
    places = {
        "hsu": {"tx": 0, "rx": 1},
        "i2c": {"sda": 0, "scl": 1},
        # The driver moves the chip select itself, so that can be any pin.
        "spi": {"miso": 0, "sck": 2, "mosi": 3},
    }
    for name, place in places[kind].items():
        pin = link[name]
        every, number = {
            "hsu": (4, (pin + 4) // 8 % 2),
            "i2c": (2, pin // 2 % 2),
            "spi": (4, pin // 8 % 2),
        }[kind]
        if pin % every != place or number != link["id"]:
            yield (
                f"{kind}.{name}: pin {board.pin_name(pin)} cannot be {name} of {kind}"
                f" {link['id']} on an RP2040:"
                " see its data sheet's table of GPIO functions"
            )


def _of_strip(strip: Strip, budget_ma: int) -> Iterator[str]:
    name, count, layout, lamps = strip.name, strip.count, strip.layout, strip.pixels
    if strip.part is not None and strips.fields(strip.part) is None:
        yield f"{name}.part: there is no part {strip.part}: it is {strips.FORMS}, or leave it out"
    lit = [pixel for lamp in lamps for pixel in lamp]
    if len(lamps) < layout:
        hidden = [key for group in lamps_of(layout)[len(lamps) :] for key in group]
        yield (
            f"{name}: layout {layout} needs {layout} lamps, here are {len(lamps)}:"
            f" {', '.join(hidden)} would be hidden: take a smaller layout or more pixels"
        )
    if len(lamps) > layout:
        yield f"{name}: layout {layout} has {layout} lamps, here are {len(lamps)}: leave some out"
    if any(pixel >= count for pixel in lit):
        yield f"{name}: lamps: pixel {max(lit)} is not there: the last of {count} is {count - 1}"
    if len(set(lit)) < len(lit):
        yield f"{name}: lamps: a pixel belongs to two lamps: give each lamp its own"
    if count % strip.width:
        yield f"{name}: {count} pixels are no grid of {strip.width} columns: mend one of them"
    current = round(count * _IDLE_MA + len(lit) * (_PIXEL_MA - _IDLE_MA) * _QUARTER)
    if current > budget_ma:
        yield (
            f"{name}: {len(lit)} pixels draw {current} mA at a quarter of their brightness, over"
            f" the budget of {budget_ma} mA: use fewer pixels"
        )

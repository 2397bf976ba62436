"""The wiring picture of a board: WireViz's harness, from board.json."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from .drawing import DrawingError

# The PN532 module's name of each pin, and a wire colour of our own.
_PARTNERS = {
    "hsu": {"tx": ("RX", "YE"), "rx": ("TX", "GN"), "rst": ("RSTPDN", "WH")},
    "i2c": {
        "sda": ("SDA", "YE"),
        "scl": ("SCL", "GN"),
        "irq": ("IRQ", "BU"),
        "rst": ("RSTPDN", "WH"),
    },
    "spi": {
        "sck": ("SCK", "YE"),
        "mosi": ("MOSI", "GN"),
        "miso": ("MISO", "OG"),
        "cs": ("SS", "VT"),
        "irq": ("IRQ", "BU"),
        "rst": ("RSTPDN", "WH"),
    },
}
_SWITCHES = {"hsu": "1 OFF, 2 OFF", "i2c": "1 ON, 2 OFF", "spi": "1 OFF, 2 ON"}


def harness(board: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return WireViz's description of a board with its PN532 on the link `kind`."""
    link = board["links"][kind]
    wires = [("3V3", "PN532", "VCC (3.3 V)", "RD"), ("GND", "PN532", "GND", "BK")]
    for name, (partner, colour) in _PARTNERS[kind].items():
        if name in link:
            wires.append((f"{link[name]} ({name.upper()})", "PN532", partner, colour))
    own = [strip for strip in board["strips"] if strip["name"] == "strip"]
    if own:
        pin = link.get("strip", own[0]["pin"])
        wires.append((f"{pin} (LED)", "LED strip", "DIN", "OG"))
        wires.append(("5V", "LED strip", "5V", "RD"))
        wires.append(("GND ", "LED strip", "GND", "BK"))
    if "buzzer" in board:
        wires.append((f"{link.get('buzzer', board['buzzer'])} (buzzer)", "Buzzer", "+", "BN"))
        wires.append(("GND  ", "Buzzer", "-", "BK"))
    title = board["title"]
    notes = {
        "PN532": f"switches: {kind.upper()} = {_SWITCHES[kind]}. VCC: 3V3 only, NEVER 5 V"
        " (nor a Grove port's red wire)",
        "LED strip": "on 5 V it wants 3.5 V on DIN: 74AHCT125 between, or a diode in its 5 V",
        "Buzzer": "a passive one",
    }
    parts: dict[str, dict[str, Any]] = {
        title: {"type": board["name"], "pinlabels": [wire[0] for wire in wires]}
    }
    cables: dict[str, dict[str, Any]] = {}
    connections: list[list[dict[str, Any]]] = []
    for part in dict.fromkeys(wire[1] for wire in wires):
        mine = [(index, wire) for index, wire in enumerate(wires, 1) if wire[1] == part]
        parts[part] = {
            "pinlabels": [wire[2] for _, wire in mine],
            "notes": notes[part],
            "type": part,
        }
        cable = f"to {part}"
        cables[cable] = {
            "wirecount": len(mine),
            "colors": [wire[3] for _, wire in mine],
            "category": "bundle",
        }
        numbers = list(range(1, len(mine) + 1))
        connections.append(
            [{title: [index for index, _ in mine]}, {cable: numbers}, {part: numbers}]
        )
    return {"connectors": parts, "cables": cables, "connections": connections}


def draw(board: dict[str, Any], kind: str, path: Path) -> None:
    """Write the picture as SVG. Raises DrawingError, OSError."""
    if path.suffix != ".svg":
        raise DrawingError(f"{path}: the file has to end in .svg")
    if shutil.which("dot") is None:
        raise DrawingError("Graphviz draws it, and is not here: Debian: apt install graphviz")
    from wireviz.wireviz import parse

    text = yaml.safe_dump(harness(board, kind), allow_unicode=True, sort_keys=False)
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        parse(text, output_formats=("svg",), output_dir=folder, output_name="wiring")
        shutil.copy(Path(folder) / "wiring.svg", path)

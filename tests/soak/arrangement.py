"""The devices of a soak: every link and layout."""

from __future__ import annotations

from typing import NamedTuple


class Arrangement(NamedTuple):
    """The parts of a device. `irq`: whether that line is wired; a UART does not use it."""

    link: str
    irq: bool
    layout: int
    licence: bool

    def __str__(self) -> str:
        """Return the name in the report."""
        wires = " with IRQ" if self.irq else " polled" if self.link != "hsu" else ""
        licence = " with the licence" if self.licence else ""
        return f"{self.link.upper()}{wires}, layout {self.layout}{licence}"


# The polling ones first: they take longest.
ARRANGEMENTS = (
    Arrangement("spi", False, 12, False),
    Arrangement("i2c", False, 8, False),
    Arrangement("hsu", False, 1, True),
    Arrangement("i2c", True, 5, False),
    Arrangement("spi", True, 5, False),
    Arrangement("hsu", False, 12, True),
    Arrangement("i2c", True, 12, True),
    Arrangement("hsu", False, 8, False),
)

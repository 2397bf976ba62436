"""What a soak runs on: devices of every link and layout."""

from __future__ import annotations

from typing import NamedTuple


class Arrangement(NamedTuple):
    """What a device is made of. `irq`: whether that line is wired, which a UART has no use for."""

    link: str
    irq: bool
    layout: int
    licence: bool

    def __str__(self) -> str:
        """Name it as the report does."""
        wires = " with IRQ" if self.irq else " polled" if self.link != "hsu" else ""
        licence = " with the licence" if self.licence else ""
        return f"{self.link.upper()}{wires}, layout {self.layout}{licence}"


# Those that poll first: they take longest.
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

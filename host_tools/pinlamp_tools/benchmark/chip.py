"""What the emulated Pico W measured: `pico_w.json`, the figures of `make test-pico JSON=FILE`.

A survey there is a whole tap of the firmware under stock MicroPython, in emulated time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FIGURES = Path(__file__).with_name("pico_w.json")
LABEL = "emulated Pico W"

# The bars, for HSU on the processor as it is, and for each link with an ESP32's clock.
RATIO = 1.10  # with 10 ms a card command
AT_ONCE_MS = 240  # with 0 ms
BUSY_MS = 150
WAITING_SHARE = 0.10
ESP32_WOKEN = 1.20
ESP32_POLLED = 1.40

_LINKS = {
    "hsu": "HSU 921600",
    "i2c_irq": "I2C 400k, IRQ",
    "i2c_polled": "I2C 400k, polled",
    "spi_irq": "SPI 2M, IRQ",
    "spi_polled": "SPI 2M, polled",
}
_CARDS_MS = (10, 0)


class Tap(NamedTuple):
    """One tap; times in ms. `busy_ms`: the processor's, from laying down to the result."""

    link: str  # of `_LINKS`
    card_ms: int
    esp32_clock: bool
    exchanges: int
    survey_ms: float
    ideal_ms: float
    ideal_parts_ms: Mapping[str, float]  # of `ideal.Ideal`
    result_ms: float
    busy_ms: float

    @property
    def name(self) -> str:
        """The link in tables."""
        return _LINKS[self.link]

    @property
    def ratio(self) -> float:
        """The survey as a multiple of the ideal."""
        return self.survey_ms / self.ideal_ms

    def missed(self) -> Iterator[str]:
        """Yield a sentence for each of its bars that is missed."""
        if self.esp32_clock:
            most = ESP32_POLLED if self.link.endswith("polled") else ESP32_WOKEN
            if self.ratio > most:
                yield f"with an ESP32's clock {self._over(most)}"
        elif self.link == "hsu":
            if self.card_ms and self.ratio > RATIO:
                yield self._over(RATIO)
            if not self.card_ms and self.survey_ms > AT_ONCE_MS:
                yield f"{self.name}: {self.survey_ms:.0f} ms, {AT_ONCE_MS} allowed"
            if self.busy_ms > BUSY_MS:
                yield f"{self.name}: processor busy {self.busy_ms:.0f} ms, {BUSY_MS} allowed"

    def _over(self, most: float) -> str:
        return f"{self.name}: {self.ratio:.3f} times the ideal, {most} allowed"


class Chip(NamedTuple):
    """All figures: the taps, and what the device does between them. Bytes of heap."""

    taps: tuple[Tap, ...]
    waiting_share: float  # of the time in which it waits for a card the processor is busy
    free_when_ready: int
    free_after_taps: int  # their lamps are dark again
    free_after_more: int

    @property
    def growth(self) -> int:
        """How many bytes of the heap two more taps keep."""
        return self.free_after_taps - self.free_after_more

    def data(self) -> dict[str, Any]:
        """Return them for JSON."""
        taps = [{**tap._asdict(), "ratio": round(tap.ratio, 4)} for tap in self.taps]
        return {**self._asdict(), "taps": taps}


def figures(path: Path = FIGURES) -> Chip:
    """Return the figures in a file of `make test-pico JSON=FILE`."""
    found = json.loads(path.read_text("utf-8"))
    return Chip(
        tuple(_taps(found)),
        found["waiting_busy_share"],
        found["ready_heap"]["free"],
        found["taps_heap"]["free"],
        found["more_taps_free"],
    )


def _taps(found: Mapping[str, Any]) -> Iterator[Tap]:
    for link in _LINKS:
        for card_ms in _CARDS_MS:
            yield Tap(link, card_ms, False, **found[f"link_{link}_{card_ms}ms"])
    for link in _LINKS:
        yield Tap(link, 10, True, **found[f"esp32_clock_{link}_10ms"])


def missed(chip: Chip) -> list[str]:
    """Return a sentence for each missed bar."""
    found = [sentence for tap in chip.taps for sentence in tap.missed()]
    if chip.waiting_share > WAITING_SHARE:
        found.append(
            f"the processor is busy {chip.waiting_share:.1%} of the time while it waits for a"
            f" card, {WAITING_SHARE:.0%} allowed"
        )
    if chip.growth > 0:
        found.append(f"two taps kept {chip.growth} bytes of the heap, 0 allowed")
    return [f"{LABEL}: {sentence}" for sentence in found]

"""The storm: the claims of the property tests, for millions of plain random cases."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from typing import NamedTuple

from . import cards, images, texts

PARTS = 16  # of each storm, so that all processors have work to the end

# name: (what it runs, how many cases)
STORMS: dict[str, tuple[Callable[[random.Random, int], str], int]] = {
    "gate": (cards.gate, 9_300_000),
    "cancelled": (cards.cancelled, 5_600_000),
    "surveys": (cards.survey, 600_000),
    "frames": (texts.frames, 2_600_000),
    "settings": (texts.settings, 4_200_000),
    "traces": (texts.traces, 182_000),
    "events": (texts.events, 234_000),
    "lines": (texts.lines, 1_000_000),
    "boards": (texts.boards, 217_000),
    "flash": (images.flash, 4_600),
    "file systems": (images.file_systems, 13_200),
}


class Part(NamedTuple):
    """One of the PARTS of a storm."""

    name: str
    seed: int
    number: int
    share: float  # of the cases


def run(part: Part) -> tuple[Part, int, str]:
    """Run a part; return it, how many cases it had, and a failure's traceback or ""."""
    storm, cases = STORMS[part.name]
    count = max(1, round(cases * part.share / PARTS))
    rng = random.Random(f"{part.name} {part.seed} {part.number}")
    try:
        storm(rng, count)
    except Exception:
        return part, count, traceback.format_exc()
    return part, count, ""

"""The virtual cards as they lie on the antenna: `make(name)` gives a fresh one.

`catalogue.CARDS` describes them, `content` is what is on them.
"""

import os

from ..air.other import TypeA, TypeF
from ..air.picc import PROCESSING_US, Picc
from .catalogue import CARDS

_ROWS = {row.name: row for row in CARDS}


class Prng:
    """A small random generator (xorshift, 32 bits), the same on every interpreter."""

    def __init__(self, seed=None):
        """Start from `seed`, or from the system's entropy."""
        self._state = (seed or int.from_bytes(os.urandom(4), "big")) & 0xFFFFFFFF or 1

    def __call__(self, n: int) -> int:
        """Return a number from 0 to n - 1."""
        x = self._state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self._state = x
        return (x >> 3) % n

    def take(self, count: int) -> bytes:
        """Return `count` random bytes."""
        return bytes(self(256) for _ in range(count))


def make(name: str, rng=None, processing_us: int = PROCESSING_US) -> list:
    """Return the fresh card or cards of `name`, as they lie on the antenna.

    `rng` is a Prng, for identifiers and anticollision slots that can be repeated; `processing_us`
    is the time a card takes for one command. Raises KeyError for a name that is not in `CARDS`.
    """
    rng = Prng() if rng is None else rng
    row = _ROWS[name]
    made = [_card(row, rng, processing_us)]
    return made + make(row.beside, rng, processing_us) if row.beside else made


def _card(row, rng, processing_us):
    if row.air == "F":
        return TypeF(b"\x01\x01" + rng.take(6))
    icc = row.icc(**row.differs)
    if row.air == "A":
        return TypeA(icc, rng.take(4), processing_us)
    pace_us = 2 * processing_us if row.slow else processing_us
    card = Picc(icc, rng.take(4), row.atqb[0], row.atqb[1], rng, pace_us)
    if row.slow:
        card.wtxm = 2
        card.first_us = 80 * processing_us  # longer than FWI 10 and many a driver would wait
    if row.breaks:
        blocks, other = row.breaks
        card.breaks = [(blocks, _card(_ROWS[other], rng, processing_us) if other else None)]
    return card

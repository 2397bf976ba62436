"""What is drawn: bytes, texts and JSON, mostly something sensible with something wrong in it."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2.5, 10**30, float("nan"), "", "x", [], {}),
    *("\x1b]0;x\x07", "\u202e", "\ud800", "a" * 300, [[[]]], {"": {}}),
)
_DEEP = 60  # levels, of a JSON that is nothing but deep


def some_bytes(rng: random.Random, most: int) -> bytes:
    """Return 0 to `most` random bytes."""
    return rng.randbytes(rng.randint(0, most))


def damaged(rng: random.Random, whole: bytes) -> bytes:
    """Return `whole` with a few bytes changed, cut out, put in or doubled."""
    damage = bytearray(whole)
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(damage))
        how = rng.randrange(5)
        if how == 0 and at < len(damage):
            damage[at] = rng.randrange(256)
        elif how == 1 and at < len(damage):
            damage[at] ^= 1 << rng.randrange(8)
        elif how == 2:
            del damage[at : at + rng.choice((1, 1, 7, 64, len(damage)))]
        elif how == 3:
            damage[at:at] = some_bytes(rng, 12)
        else:
            damage[at:at] = damage[at : at + rng.randint(0, 40)]
    return bytes(damage)


def odd(rng: random.Random) -> Any:
    """Return any JSON value, most of them out of place."""
    if rng.randrange(200) == 0:
        value: Any = []
        for _ in range(rng.randrange(_DEEP)):
            value = [value] if rng.random() < 0.5 else {"v": value}
        return value
    if rng.random() < 0.5:
        return copy.deepcopy(rng.choice(_ODD))  # it will be changed in its place
    return rng.randint(-2, 4000)


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    inner: Any = ()
    if isinstance(value, dict):
        inner = list(value)
    elif isinstance(value, list):
        inner = range(len(value))
    for name in inner:
        found.append((value, name))
        _places(value[name], found)
    return found


def changed(rng: random.Random, text: str) -> Any:
    """Return the JSON of `text` with something in it replaced, dropped, added or exchanged."""
    whole = json.loads(text)
    for _ in range(rng.randint(1, 2)):
        places = _places(whole, [])
        if not places:
            return odd(rng)
        holder, name = rng.choice(places)
        how = rng.randrange(4)
        if how == 0:
            del holder[name]
        elif how == 1:
            other, its = rng.choice(places)
            if its in other if isinstance(other, dict) else its < len(other):
                holder[name] = json.loads(json.dumps(other[its]))
        elif how == 2 and isinstance(holder, dict):
            holder[rng.choice(("x", "", "constructor", "\x1b[2J"))] = odd(rng)
        else:
            holder[name] = odd(rng)
    return whole

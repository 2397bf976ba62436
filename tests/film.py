"""A film of the lamps: how each looks over one two-second cycle, and how it must look."""

from typing import NamedTuple

import oracle
from lamps import colour_name

CYCLE_S = 2
STEADY_MS = 1000 * CYCLE_S


def _as_filmed(look):
    colour, on = look
    lit_ms = sum(end - start for start, end in on)
    return colour.split()[-1], 0 if lit_ms == STEADY_MS else len(on), lit_ms / STEADY_MS


# colour, times it lights up in two seconds (0: it never goes out), share of the time it is on
LOOKS = {state: _as_filmed(look) for state, look in oracle.LOOKS.items()}
ABSENT = {"state": "absent", "left": None}
TWO_FLASHES = ("violet", 2, 0.167)
THREE_FLASHES = ("violet", 3, 0.25)


def expected(layout, states):
    """Return the looks of a layout's lamps for these states, by docs/use.md."""
    looks = []
    for keys in oracle.lamps(layout):
        here = [states[key] for key in keys if key in states]
        looks.append(LOOKS[oracle.worst(here)] if here else LOOKS["absent"])
    if oracle.has_overall(layout):
        looks.append(LOOKS[oracle.worst(states.values())])
    return looks + [LOOKS["absent"]] * (12 - len(looks))


class Wanted(NamedTuple):
    """The wanted result of a card: findings (None: not asked), looks of all pixels, sounds."""

    keys: dict | None
    looks: list
    tones: int


def of_card(truth, layout, licence):
    """Return the `Wanted` of a card, from its truth in `oracle.CARDS`."""
    if not truth["keys"]:
        looks = [LOOKS["absent"]] * 12
        looks[layout - 1] = TWO_FLASHES if truth["kind"] == "several" else THREE_FLASHES
        return Wanted(None, looks, 2)
    keys = dict(truth["keys"])
    if not licence:
        keys.pop("licence", None)
    elif len(keys) > 2:  # a phone has no licence applet and is not asked for one
        keys.setdefault("licence", {**ABSENT, "max": oracle.KEY["licence"]["max"]})
    states = {key: found["state"] for key, found in keys.items()}
    return Wanted(keys, expected(layout, states), 1)


def looks(frames, start):
    """Return (colour, times it lights up, share of time on) of each pixel in a cycle.

    `frames`: (time in s, pixels) of every write; the cycle begins at `start`, at or after the
    first. The colour is "off" for a pixel always dark, "mixed" for one with several colours. The
    cycle repeats: a lamp lit at its end and at its beginning does not light up there.
    """
    end = start + CYCLE_S
    before = [pixels for at, pixels in frames if at <= start][-1]
    shown = [(start, before), *[frame for frame in frames if start < frame[0] < end]]
    ends = [at for at, _ in shown[1:]] + [end]
    found = []
    for index in range(len(before)):
        colours, on, rises, was = set(), 0, 0, shown[-1][1][index]
        for (at, pixels), until in zip(shown, ends, strict=True):
            rgb = pixels[index]
            if rgb != (0, 0, 0):
                colours.add(colour_name(rgb).split()[-1])
                on += until - at
                rises += was == (0, 0, 0)
            was = rgb
        colour = "mixed" if len(colours) > 1 else "".join(colours) or "off"
        found.append((colour, rises, on / CYCLE_S))
    return found


def alike(seen, wanted, share=0.06):
    """Tell whether all filmed looks are the wanted ones, with the time on to within `share`."""
    return all(_alike(one, other, share) for one, other in zip(seen, wanted, strict=True))


def _alike(seen, wanted, share):
    if seen[0] != wanted[0] or seen[0] == "off":
        return seen[0] == wanted[0]
    return seen[1] == wanted[1] and abs(seen[2] - wanted[2]) < share

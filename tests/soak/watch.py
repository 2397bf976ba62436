"""Judges the device in a soak: compares its events and its pixels with the card that is there.

A lamp is wrong if it differs from the events of this very activation. An event is wrong if it is
neither the truth of the activated card nor `unknown`. Together this means: the lamps show only
truths about this card, and nothing of the previous one. The right colour is not enough: the moment
within the two-second cycle must fit too.
"""
# mypy: ignore-errors

import asyncio

import oracle

from . import truth
from .pixels import hue

CYCLE_MS = 2000
_LATE_MS = 20  # how long `pinlamp.app` lets a frame wait for a command, while it asks a card
_FACTS = ("state", "left", "max")
# The modes of the overall lamp
_TEST, _READY, _READING, _READ, _NOT_READ, _DEVICE = range(6)


def _not_asked(cards):
    """Return the kinds that the reader may report for cards without activating them."""
    kinds = ["other_" + card.kind.lower() for card in cards if card.kind != "B"]
    if len([card for card in cards if card.kind == "B"]) > 1:
        kinds.append("several")
    return tuple(kinds)


def _look(state):
    """Return (hue, lit times in ms of a cycle, whether dim); state None: during the read."""
    colour, on = oracle.LOOKS[state or "reading"]
    dim = colour.startswith("dim ")
    return colour[4:] if dim else colour, on, dim


class Watch:
    """Judges the device's events and lamps. `wrong`: the number of lies; `why`: the first few."""

    def __init__(self, clock, layout, licence, lag_ms):
        """`lag_ms`: how late a lamp may change, as one transfer blocks everything."""
        self.pixels = None
        self.wrong = 0
        self.why = []
        self.read = 0  # complete results, and cards rightly not asked
        self.not_read = 0
        self.lost = 0
        self.recovered = 0  # from incomplete results and from a lost reader
        self.longest_ms = 0  # from the card's or the fault's end until ready
        self.told = asyncio.Event()  # a tap has had a result
        self.busy = False  # the device has found a card and not yet missed it
        self.pressed = False
        self._clock = clock
        self._lamps = oracle.lamps(layout)
        self._layout = layout
        self._licence = licence
        self._lag_ms = lag_ms
        self._mode = _TEST
        self._gone = False  # the device has missed the card: its lamps may go out
        self._found = {}
        self._cards = self._before = []
        self._kinds = ()
        self._truth = {}
        self._over_ms = None
        self._activated = False  # but has not told its kind yet

    # The hand's actions

    def lies(self, cards):
        """Note that the hand lays down `cards`."""
        self._before, self._cards = self._cards, cards
        self._over_ms = None

    def lifted(self):
        """Note that the hand has lifted all cards."""
        if self.busy or self._mode == _DEVICE:
            self._over_ms = self._clock.ticks_ms()

    @property
    def complete(self):
        """Whether the device has read the card that lies there."""
        return self._mode == _READ and not self._gone

    @property
    def ready(self):
        """Whether the device waits for a card."""
        return not self.busy and self._mode not in (_TEST, _DEVICE)

    # The device's events

    def started(self):
        """Note an activation: from now on the device may show only this card."""
        self.busy = self._activated = True
        self._judge_card()
        self._enter(_READING, {row["id"]: None for row in truth.keys(self._licence)})

    def _judge_card(self):
        """Derive the truth of the cards that lie there now."""
        of_b = [card for card in self._cards if card.kind == "B"]
        self._kinds = _not_asked(self._cards)
        self._truth = {}
        if of_b:
            kind, self._truth = truth.of_card(of_b[0].icc, self._licence)
            self._kinds += (kind,)

    def _enter(self, mode, found):
        self._mode = mode
        self._gone = False
        self.pressed = False
        self._found = found

    def event(self, event):
        """Take an event of the console, as a dict."""
        getattr(self, "_on_" + event["type"])(event)

    def _on_ready(self, _):
        if self._mode == _DEVICE:
            self.recovered += 1
        self.busy = False
        self._is_over()
        self._enter(_READY, {})
        self.told.set()

    def _on_alive(self, _):
        """It says nothing of a card."""

    def _on_fault(self, event):
        self._expect(event["code"] == "reader_lost", "fault {}", event["code"])
        self.lost += 1
        self._activated = False
        self._is_lost()
        self._enter(_DEVICE, {})
        self.told.set()

    def _is_lost(self):
        if self._over_ms is None:
            self._over_ms = self._clock.ticks_ms()

    def _on_card(self, event):
        kind = event["kind"]
        activated, self._activated = self._activated, False
        if not activated:
            self.busy = True
            self._judge_card()
            # Found before the lift; a fault delayed the event.
            self._kinds += _not_asked(self._before)
        self._expect(kind in self._kinds, "kind {}, not {}", kind, self._kinds)
        asked = activated and kind in ("my_number_card", "phone_android", "phone_ios")
        self._enter(_READING, dict.fromkeys(self._truth) if asked else {})
        if not asked:
            self.read += 1
            self.told.set()

    def _on_key(self, event):
        key = event["id"]
        self._expect(key in self._found and self._found[key] is None, "{} came twice", key)
        self._judge(event)
        self._found[key] = event["state"]

    def _judge(self, event):
        told = tuple([event[name] for name in _FACTS])
        true = self._truth.get(event["id"])
        if told != true and told[:2] != ("unknown", None):
            self._lie("{} is {}, not {}", event["id"], told, true)
        return told == true

    def _on_result(self, event):
        untrue = [key["id"] for key in event["keys"] if not self._judge(key)]
        states = {key["id"]: key["state"] for key in event["keys"]}
        self._expect(states == self._found, "the result is not what the keys told")
        if event["complete"]:
            self.read += 1
            lacking = [key for key in self._truth if key not in states]
            text = "a complete result differs from the card in {}"
            self._expect(not (lacking or untrue), text, lacking + untrue)
        else:
            self.not_read += 1
        self._mode = _READ if event["complete"] else _NOT_READ
        self.told.set()

    def _on_removed(self, _):
        if self._mode == _NOT_READ:
            self.recovered += 1
        self.busy = self._activated = False
        self._gone = True
        self._is_over()
        self.told.set()

    def _is_over(self):
        if self._over_ms is not None:
            took = self._clock.ticks_diff(self._clock.ticks_ms(), self._over_ms)
            self.longest_ms = max(self.longest_ms, took)
            self._over_ms = None

    # The device's lamps

    def look(self):
        """Compare the lamps with what they may show now."""
        if self._mode == _TEST:
            return
        now_ms = self._clock.ticks_ms() % CYCLE_MS
        shown = self.pixels.shown
        for index, lamp in enumerate(self._lamps):
            if self._layout == 5 and index == 4 and not self._last_of_five(lamp):
                continue
            states = [self._found[key] for key in lamp if key in self._found]
            state = truth.joined(states) if states else "absent"
            if not self._shows(shown[index], state, now_ms) and not self._is_dark(shown[index]):
                self._lie("lamp {} shows {} for {}", index, shown[index], state)
        if oracle.has_overall(self._layout):
            self._look_at_overall(shown[self._layout - 1], now_ms)

    def _last_of_five(self, lamp):
        """Tell whether the last lamp of layout 5 shows its keys rather than the device."""
        return self._mode == _READ and not (self._gone and self._is_white(self.pixels.shown[4]))

    def _is_white(self, pixel):
        return hue(*pixel) in ("white", "off")

    def _is_dark(self, pixel):
        return self._gone and hue(*pixel) == "off"

    def _look_at_overall(self, pixel, now_ms):
        name = hue(*pixel)
        if self._mode == _READ:
            states = list(self._found.values())
            if self._shows(pixel, truth.joined(states), now_ms):
                return
            if self._gone and name in ("white", "off"):
                return
            if self.pressed:  # layout 1: white winks, then the keys one by one
                if name in ("white", "off"):
                    return
                if any(_look(state)[0] == name for state in states):
                    return
            self._lie("overall shows {} for {}", pixel, states)
        elif name not in ("white", "off", "violet"):
            self._lie("overall shows {} with nothing read", pixel)

    def _shows(self, pixel, state, now_ms):
        """Tell whether a pixel shows a state at this moment of the cycle."""
        wanted, pattern, dim = _look(state)
        name = hue(*pixel)
        lag_ms = self._lag_ms + (_LATE_MS if self._mode == _READING else 0)
        lit = surely_lit = False
        for start, end in pattern:
            lit = lit or start - lag_ms <= now_ms < end + lag_ms
            steady = start == 0 and end == CYCLE_MS
            surely_lit = surely_lit or start + lag_ms <= now_ms < end - lag_ms
            surely_lit = surely_lit or steady
        # Across the cycle's end: a light from 0 on may be on or off a moment before and after.
        lit = lit or now_ms >= CYCLE_MS - lag_ms
        if name == "off":
            return wanted == "off" or not surely_lit
        if name != wanted or not lit:
            return False
        return name != "blue" or dim == (pixel[2] < 32)

    def _expect(self, condition, text, *args):
        if not condition:
            self._lie(text, *args)

    def _lie(self, text, *args):
        self.wrong += 1
        if len(self.why) < 5:
            self.why.append(f"{self._clock.ticks_ms()} ms: {text.format(*args)}")

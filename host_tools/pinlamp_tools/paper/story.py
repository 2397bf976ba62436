"""The story behind Pinlamp in one picture: four green lamps, and a red one below.

For the first screen of README.md and README.ja.md; docs/story.md has its end, too. The words are
in story.json.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pinlamp.look import STEADY

from .drawing import Drawing
from .swatch import LOOKS

CARD = "bank_app_lockout"  # the virtual card whose lamps these are
STATES = {"sign": "ok", "auth": "ok", "juki": "ok", "text_pin": "ok", "visual_b": "locked"}
TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("story.json").read_text("utf-8"))

# Big letters: a phone shows the picture at about half its size.
_WIDTH, _HEIGHT = 150.0, 88.0  # mm
_POINTS = 14.0
_LEFT, _NAME, _STATE, _RIGHT, _NOTE = 5.0, 19.5, 78.5, 111.0, 114.0  # mm from the left
_TOP, _ROW = 23.0, 9.0
_RADIUS = 2.9
_PALE = {"ok": (238, 250, 245), "locked": (255, 231, 222)}


def draw(lang: str, after: bool = False) -> Drawing:
    """Return the picture in a language; `after`: once the lock was undone."""
    texts = TEXTS[lang]
    states = dict.fromkeys(STATES, "ok") if after else STATES
    drawing = Drawing(_WIDTH, _HEIGHT)
    drawing.rect(0.3, 0.3, _WIDTH - 0.6, _HEIGHT - 0.6, width=0.3)  # an edge on a white page
    for index, text in enumerate(texts["said_after" if after else "said"]):
        drawing.text(_LEFT, 9.5 + 8 * index, text, _POINTS)
    y = _TOP
    for keys, note in (
        ([key for key, state in STATES.items() if state == "ok"], texts["looked_at"]),
        ([key for key, state in STATES.items() if state != "ok"], texts["meant"]),
    ):
        height = len(keys) * _ROW + 2
        drawing.rect(_LEFT, y, _RIGHT - _LEFT, height, _PALE[states[keys[0]]], width=0.5)
        for index, text in enumerate(note):
            drawing.text(_NOTE, y + height / 2 + 6 * index - 1.2, text, _POINTS)
        for index, key in enumerate(keys):
            middle = y + 1 + _ROW * (index + 0.5)
            _lamp(drawing, _LEFT + 7.5, middle, states[key])
            drawing.text(_NAME, middle + 1.8, texts["keys"][key], _POINTS)
            drawing.text(_STATE, middle + 1.8, texts["states"][states[key]], _POINTS)
        y += height + 3
    drawing.text(_LEFT, y + 4.5, texts["end_after" if after else "end"], _POINTS)
    return drawing


def _lamp(drawing: Drawing, x: float, y: float, state: str) -> None:
    """Draw a lamp as a disc; one that blinks has rays, so that nobody needs its colour."""
    look = LOOKS[state]
    drawing.circle(x, y, _RADIUS, look.colour)
    if look.pattern == STEADY:
        return
    for eighth in range(8):
        right, down = math.cos(eighth * math.pi / 4), math.sin(eighth * math.pi / 4)
        near, far = _RADIUS + 0.6, _RADIUS + 1.9
        drawing.line(x + near * right, y + near * down, x + far * right, y + far * down, 0.6)

"""The demo mode: made-up results on the real lamps, for training without anybody's card.

A white light runs along the lamps all the time, so that nobody takes them for a card's. No reader
is used. A short press ends it.
"""

from micropython import const
from mynacard import state

from .button import POLL_MS

_SCENE_MS = const(8000)
_STEP_MS = const(250)
_STEPS = const(9)  # at least: a few lamps must not be white most of the time

# What differs from "no lock" in each scene.
SCENES = (
    {},
    {"visual_b": state.LOCKED},
    {"sign": state.USED, "auth": state.LAST},
    {"sign": state.LOCKED, "auth": state.LOCKED},
    {
        "sign": state.NOT_ISSUED,
        "auth": state.BY_DESIGN,
        "juki": state.BY_DESIGN,
        "common": state.BY_DESIGN,
        "text_pin": state.BY_DESIGN,
    },
    {
        "juki": state.UNLIMITED,
        "text_pin": state.NOT_SET,
        "visual_b": state.NOT_REPORTED,
        "text_b": state.UNKNOWN,
        "visual_a": state.ABSENT,
    },
)


async def run(parts):
    """Show the scenes of `SCENES` over and over, until the button is pressed and let go."""
    from pn532 import clock  # CPython, which has none, imports this module for its SCENES

    lamps, button, count = parts.lamps, parts.button, parts.config.layout
    keys = parts.config.keys()
    button.look()
    start = clock.ticks_ms()
    shown = -1
    while not button.down:
        past = clock.ticks_diff(clock.ticks_ms(), start)
        scene = past // _SCENE_MS % len(SCENES)
        if scene != shown:
            shown = scene
            lamps.reading([key.id for key in keys])
            for key in keys:
                lamps.finding(key.id, SCENES[scene].get(key.id, state.OK))
            lamps.read()
        step = past // _STEP_MS % max(count + 1, _STEPS)
        lamps.mark = step if step < count else None
        lamps.render()
        parts.watchdog.feed()
        await clock.sleep_ms(POLL_MS)
        button.look()
    while button.down:
        parts.watchdog.feed()
        await clock.sleep_ms(POLL_MS)
        button.look()
    lamps.mark = None
    lamps.dark()

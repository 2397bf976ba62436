"""The demo mode: made-up results on the real lamps, for training without anybody's card.

A white light always runs along the lamps, so that nobody takes them for a card's. The demo uses no
reader. A short press ends it.
"""

from micropython import const
from mynacard import state

from .button import POLL_MS
from .events import demo_event

_SCENE_MS = const(8000)
_TELL_MS = const(2000)  # as often as `alive`, for whoever has just plugged in a cable
_STEP_MS = const(250)
_STEPS = const(9)  # at least: few lamps must not be white most of the time

# The keys of each scene that differ from "no lock".
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
    """Repeat the scenes of `SCENES` until somebody presses and releases the button."""
    from pn532 import clock  # CPython has no machine module, and imports this one for its SCENES

    lamps, button, count = parts.lamps, parts.button, parts.config.layout
    keys = parts.config.keys()
    button.look()
    start = clock.ticks_ms()
    shown = told = -1
    while not button.down:
        past = clock.ticks_diff(clock.ticks_ms(), start)
        scene = past // _SCENE_MS % len(SCENES)
        if scene != shown:
            shown = scene
            lamps.reading([key.id for key in keys])
            for key in keys:
                lamps.finding(key.id, SCENES[scene].get(key.id, state.OK))
            lamps.read()
        if past // _TELL_MS != told:
            told = past // _TELL_MS
            parts.events.tell(demo_event())
        step = past // _STEP_MS % max(count, _STEPS)
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

"""The lamp test, and the button's requests during it.

A short press: self-check. Held for 5 s and released: demo mode, but not with profile `counter`,
where the next holder would take it for a card's lamps. Held for 10 s: settings reset. The press
must begin during the lamp test: a stuck button, or one held at power-up, requests nothing. (On the
ESP32 boards it is the boot pin, which nobody may hold at power-up.)
"""

from micropython import const
from pn532 import clock

from .button import POLL_MS, PRESSED, RELEASED

CHECK = const(1)
DEMO = const(2)
RESET = const(3)

_TEST_MS = const(2000)
_DEMO_MS = const(5000)
_RESET_MS = const(10000)


async def lamp_test(parts):
    """Light each lamp in turn, two seconds in all; return the button's request, or 0.

    From 5 s on the last lamp means: release the button now for the demo mode.
    """
    lamps, button, count = parts.lamps, parts.button, parts.config.layout
    demo_ms = _RESET_MS if parts.config.profile == "counter" else _DEMO_MS
    start = clock.ticks_ms()
    since = None  # when the press began
    button.look()  # a button that is down already is no press
    while True:
        now = clock.ticks_ms()
        past = clock.ticks_diff(now, start)
        held = 0 if since is None else clock.ticks_diff(now, since)
        change = button.look()
        if held >= _RESET_MS:
            return RESET
        if since is not None and change == RELEASED:
            return DEMO if held >= demo_ms else CHECK
        if since is None and past >= _TEST_MS:
            lamps.dark()
            lamps.render()
            return 0
        if change == PRESSED:
            since = now
        if past < _TEST_MS:
            lamps.test(past * count // _TEST_MS)
        elif held >= demo_ms:
            lamps.test(count - 1)
        else:
            lamps.dark()
        lamps.render()
        parts.watchdog.feed()
        await clock.sleep_ms(POLL_MS)

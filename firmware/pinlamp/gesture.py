"""The lamp test, and what the button may ask for during it.

A short press: self-check. Held for 5 s and let go: demo mode. Held for 10 s: settings reset. The
press has to begin while the lamps are being tested: a button that is stuck, or held at power-up,
asks for nothing. (On the ESP32 boards it is the boot pin, which must not be held at power-up.)
"""

from micropython import const

CHECK = const(1)
DEMO = const(2)
RESET = const(3)

_TEST_MS = const(2000)
_POLL_MS = const(25)  # longer than a contact bounces
_DEMO_MS = const(5000)
_RESET_MS = const(10000)


async def lamp_test(lamps, count, is_down, clock, healthy):
    """Light each of `count` lamps in turn, two seconds in all; return what was asked for, or 0.

    From 5 s on the last lamp says: let go now for the demo mode. `healthy()` is called all along.
    """
    start = clock.ticks_ms()
    since = None
    was_down = is_down()
    while True:
        now = clock.ticks_ms()
        past = clock.ticks_diff(now, start)
        held = 0 if since is None else clock.ticks_diff(now, since)
        down = is_down()
        if held >= _RESET_MS:
            return RESET
        if since is not None and not down:
            return DEMO if held >= _DEMO_MS else CHECK
        if since is None and past >= _TEST_MS:
            lamps.dark()
            lamps.render()
            return 0
        if down and not was_down:
            since = now
        was_down = down
        if past < _TEST_MS:
            lamps.test(past * count // _TEST_MS)
        elif held >= _DEMO_MS:
            lamps.test(count - 1)
        else:
            lamps.dark()
        lamps.render()
        healthy()
        await clock.sleep_ms(_POLL_MS)

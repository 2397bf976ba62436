"""Which pin a strip and the buzzer have while a link is in use.

A link may need their pins for itself. Its entry in board.json then names other ones, as "strip"
and "buzzer". The host tools import this module too, so it imports nothing.
"""


def strip_pin(name, pin, link):
    """Return the data pin of the strip `name` ("internal" or "strip"), which else is on `pin`.

    `link`: the entry of the link in use. The board's own pixels are soldered and never move.
    """
    return pin if name == "internal" else link.get("strip", pin)


def buzzer_pin(pin, link):
    """Return the pin of the buzzer, which else is on `pin` (None: there is none)."""
    return link.get("buzzer", pin)

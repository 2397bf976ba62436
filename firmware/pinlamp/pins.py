"""Which pins the strip and the buzzer use beside a link.

A link may need their pins itself. Its entry in board.json then names other ones, as "strip" and
"buzzer". The host tools import this module too, so it imports nothing.
"""


def strip_pin(name, pin, link):
    """Return the data pin of the strip `name` ("internal" or "strip"); its default is `pin`.

    `link`: the entry of the link in use. The board's own pixels are soldered and never move.
    """
    return pin if name == "internal" else link.get("strip", pin)


def buzzer_pin(pin, link):
    """Return the pin of the buzzer; its default is `pin` (None: no buzzer)."""
    return link.get("buzzer", pin)

"""The page's second MicroPython: what the events tell, the lamps of a device on a cable, guidance.

It does not stop when the device in the page is reset. Loaded as `advisor`, beside the modules of
`guidance`, `reading` and `watch.lights` and the device's own files. What goes in and out is text.
"""
# mypy: ignore-errors

import json
from binascii import hexlify

from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.show.reading import Reading, heard, parse
from pinlamp_tools.watch.lights import Lights
from pn532 import clock

_texts = {}
_reading = Reading()
_lights = Lights(clock)


def load(lang, text):
    """Take a language's guidance."""
    _texts[lang] = json.loads(text)


def load_phrases(text):
    """Take what `explain` knows."""
    _texts["phrases"] = json.loads(text)


def forget():
    """Begin anew: another device, or the same after a reset."""
    _reading.__init__()
    _lights.dark()
    return _told(None)


def take(line):
    """Follow a line of the console; return what is known now, "null" for a line of no meaning."""
    event = parse(line)
    event = heard(event) if event is not None else None
    if event is None:
        return "null"
    _reading.take(event)
    _lights.follow(event)
    return _told(event)


def _told(event):
    keys = [
        {"id": key, "state": found, "left": left, "max": most}
        for key, found, left, most in _reading.table()
    ]
    return json.dumps(
        {
            "event": event,
            "phase": _reading.phase,
            "kind": _reading.kind,
            "keys": keys,
            "overall": _reading.overall,
            "fault": _reading.fault,
            "over": _reading.over,
        }
    )


def pixels():
    """Return the lamps of a device on a cable as they have to be now, as hexadecimal RGB."""
    return hexlify(_lights.render()[0]).decode()


def advice(lang):
    """Return the advice for what was read; none while that is under way."""
    return json.dumps(advise(_texts[lang], *_reading.result()) if _reading.over else [])


def slip_of(lang):
    """Return the slip for what was read."""
    return json.dumps(slip(_texts[lang], *_reading.result()))


def topics(text):
    """Return the topics that `text` (NFKC) may be about."""
    return json.dumps(explain(_texts["phrases"], text))

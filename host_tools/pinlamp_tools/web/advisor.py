"""The page's guidance, in a MicroPython of its own: it does not stop when the device is reset.

Loaded as `advisor`, beside the modules of `guidance`. Everything is JSON.
"""
# mypy: ignore-errors

import json

from choose import advise
from explain import explain
from slip import slip

_texts = {}


def load(lang, text):
    """Take a language's guidance."""
    _texts[lang] = json.loads(text)


def load_phrases(text):
    """Take what `explain` knows."""
    _texts["phrases"] = json.loads(text)


def advice(lang, result):
    """Return the advice for {"kind", "findings", "complete"}."""
    given = json.loads(result)
    told = advise(_texts[lang], given["kind"], given["findings"], given["complete"])
    return json.dumps(told)


def slip_of(lang, result):
    """Return the slip for {"kind", "findings", "complete"}."""
    given = json.loads(result)
    return json.dumps(slip(_texts[lang], given["kind"], given["findings"], given["complete"]))


def topics(text):
    """Return the topics that `text` (NFKC) may be about."""
    return json.dumps(explain(_texts["phrases"], text))

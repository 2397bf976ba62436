"""The PINs of a Japanese My Number Card: how many tries each has left. Never presents one.

    from mynacard import Finding, Session, default_keys

    session = Session(default_keys())
    while session.command:
        for item in session.answer(await exchange(session.command)):
            if isinstance(item, Finding):
                print(item.id, item.state, item.left)

`exchange(command)` is yours: it sends the bytes to the card and returns the answer with its status
word, or None if there was no answer. Nothing here does I/O; the same files run under MicroPython
and CPython.
"""

from . import state
from .gate import Gate, GateError, commands
from .keys import KEYS, Key, default_keys
from .session import Session
from .survey import Card, Finding

__version__ = "0.1.0"
__all__ = (
    "KEYS",
    "Card",
    "Finding",
    "Gate",
    "GateError",
    "Key",
    "Session",
    "commands",
    "default_keys",
    "state",
)

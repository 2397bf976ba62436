"""Survey a recorded card: the lines of a trace (docs/traces.md) stand in for a reader.

    python recorded_card.py ../../../tests/traces/sign_locked.jsonl

Runs under CPython and MicroPython, with no reader and no card.
"""

import json
import sys

from mynacard import KEYS, Finding, Session


def main(path):
    """Print what the card in the trace says of each key."""
    with open(path) as file:
        header, *exchanges = [json.loads(line) for line in file]
    session = Session([key for key in KEYS if key.id in header["keys"]])
    for exchange in exchanges:
        if session.command != bytes.fromhex(exchange["c"]):
            raise ValueError("the trace is of another survey")
        answer = exchange["r"]
        for item in session.answer(answer if answer is None else bytes.fromhex(answer)):
            if isinstance(item, Finding):
                print(item.id, item.state, item.left)
            else:
                print(item.kind)


main(sys.argv[1])

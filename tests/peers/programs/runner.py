"""The common part of the race's programs: their dialogue with `race`."""

import json
import os
import sys
import time


def say(**what):
    """Tell the host one JSON object."""
    print(json.dumps(what), flush=True)


def race(missing, start):
    """Run the race.

    `missing()` returns why the program cannot run here, or None. `start(path)` opens the chip on
    the tty and returns a function: a list of commands -> the answers, the card found before.
    """
    reason = missing()
    if reason:
        say(missing=reason)
        return
    talk = start(os.environ["PINLAMP_TTY"])
    say(ready=True)
    for line in sys.stdin:
        commands = [bytes.fromhex(command) for command in json.loads(line)]
        begin = time.perf_counter()
        answers = talk(commands)
        us = int((time.perf_counter() - begin) * 1_000_000)
        say(us=us, answers=[bytes(answer).hex() for answer in answers])

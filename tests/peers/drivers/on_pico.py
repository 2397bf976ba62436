# mypy: ignore-errors
"""On a board: play each tape of /tapes.json to its driver, and print the cost."""

import json

import drivers
from tape import play

with open("/tapes.json") as file:
    name, tapes = json.load(file)
for what, arguments in tapes.items():
    print("%s: %d us, %d bytes" % ((what,) + play(drivers.DRIVERS[name], *arguments, 3, 8)))

"""The model's constants: the cost of the firmware's own work, as a device measures it.

PROGRAM runs on a device, in the folder of its board.json, over the REPL: `mpremote run` does for
one whose root is that folder. `of` takes what it printed. DEVICE has the other programs that
measure something on a device.
"""

from __future__ import annotations

import json
from pathlib import Path

PROGRAM = Path(__file__).with_name("constants_side.py")
DEVICE = Path(__file__).with_name("device")
NAMES = ("hz", "exchange_us", "wait_us", "render_us", "event_us")


def of(output: str) -> dict[str, int]:
    """Return the constants, by NAMES, that PROGRAM printed; ValueError if it did not.

    `hz` is the processor's clock, the others µs at that clock.
    """
    for line in reversed(output.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and set(found) == set(NAMES):
            return {name: int(found[name]) for name in NAMES}
    raise ValueError("the program printed no constants")

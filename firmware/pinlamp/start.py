"""The first moments after a reset: dark lamps, then everything else.

Pixels keep their colours through a reset, so a lamp of the last card would stay lit. Therefore
this module darkens the strip on import, and imports only what that needs.
"""

import gc

from micropython import kbd_intr

from .board import Board
from .files import BOARD

# Each module before those that import it. Compiling one takes several times the memory that it
# keeps, and nested imports hold the memory of both.
_ONE_BY_ONE = (
    "pn532.frame",
    "mynacard",
    "pinlamp.look",
    "pinlamp.gesture",
    "pinlamp.layout",
    "pinlamp.lamps",
    "pinlamp.settings",
    "pinlamp.strip",
    "pinlamp.reader",
    "pinlamp.tap",
    "pinlamp.console",
    "pinlamp.events",
    "pinlamp.links",
    "pinlamp.app",
    "pinlamp.device",
)

board = Board(BOARD)
board.pixels.write()


async def main():
    """Run the firmware; only an exception ends it."""
    for module in _ONE_BY_ONE:
        gc.collect()
        __import__(module)
    gc.collect()
    from .device import run

    await run(board)


def forever(run):
    """Run the firmware with asyncio's `run` until Ctrl-C, which leaves a usable REPL.

    After any crash the device shows it and restarts. The caller passes asyncio's `run`, because
    the strip must be dark before this module imports anything else.
    """
    try:
        try:
            run(main())
        except Exception as error:
            from .restart import crash

            crash(error, board)
    except KeyboardInterrupt:
        kbd_intr(-1)  # a second Ctrl-C must not spoil this
        board.quiet()
        from .watchdog import leave

        leave()
        kbd_intr(3)

"""The first moments after a reset: dark lamps, then everything else.

Pixels keep their colours through a reset, so a lamp of the last card would stay lit. Therefore
the import of this module darkens the strip, and imports nothing but what that takes.
"""

import gc

from micropython import kbd_intr

from .board import Board
from .files import BOARD

# Each before those that import it. Compiling a module takes several times the memory it keeps, and
# an import within an import holds on to both.
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
    "pinlamp.events",
    "pinlamp.links",
    "pinlamp.app",
    "pinlamp.device",
)

board = Board(BOARD)
board.pixels.write()


async def main():
    """Run the firmware; ends only by an exception."""
    for module in _ONE_BY_ONE:
        gc.collect()
        __import__(module)
    gc.collect()
    from .device import run

    await run(board)


def forever(run):
    """Run the firmware with asyncio's `run` until Ctrl-C, which leaves a usable REPL.

    A crash, wherever it is, is shown and followed by a restart. asyncio is given, since the strip
    has to be dark before anything else is imported.
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

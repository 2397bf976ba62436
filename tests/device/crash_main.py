"""The firmware with a fault in it, at the place that CRASH_AT names.

serve   the application crashes as soon as it serves
import  a module of the firmware cannot be loaded
strip   the lamps cannot be made, so there is no safe mode either
full    as serve, on a full file system
"""

import os
from asyncio import run

from pinlamp import start

WHERE = os.getenv("CRASH_AT")


async def _serve(self):
    raise ValueError("on purpose")


def _strip(config):
    raise MemoryError


def _full(*args):
    raise OSError(28)  # ENOSPC


async def main(firmware):
    """Start the firmware as usual, with its fault."""
    if WHERE == "import":
        start._ONE_BY_ONE += ("pinlamp.not_there",)
    elif WHERE == "strip":
        start.board.strip = _strip
    else:
        from pinlamp.app import App

        App.serve = _serve
    if WHERE == "full":
        from pinlamp import restart

        restart.open = _full
    await firmware


start.forever(lambda firmware: run(main(firmware)))

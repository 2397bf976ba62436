"""The device, assembled from board and settings; after three crashes in a row, in safe mode."""

import asyncio

from pn532 import clock

from . import files, gesture, look, restart, settings
from .app import App
from .buzzer import Buzzer
from .console import Console
from .events import Events, check_event, fault_event
from .lamps import Lamps
from .parts import Parts
from .reader import Reader
from .watchdog import Watchdog

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from .reader import CardReader


async def run(board):
    """Run the device on a `board.Board` with a dark strip; only an exception ends it."""
    config = settings.load(files.SETTINGS, board.layout, board.count)
    other = None if board.reader == "pn532" else board.reader
    events = Events(config, Console(board.chip), other)
    lamps = Lamps(board.strip(config), config.layout, clock)
    restart.count_hang()
    if restart.safe_mode_asked() or restart.crashes() >= restart.SAFE_AFTER:
        await _safe_mode(lamps, events)
    parts = Parts(
        board,
        config,
        lamps,
        board.reader_chip(),
        Buzzer(board.buzzer(), clock),
        board.button(),
        events,
        Watchdog(),
    )
    await _do(await gesture.lamp_test(parts), parts)
    reader: "CardReader" = _reader_class(board)(parts.chip, clock, parts.watchdog.feed)
    on_exchange = None
    if restart.recording_asked() and config.profile != "counter":
        from .recording import recorder

        on_exchange = recorder(reader, events.tell)
    app = App(parts, reader, on_exchange, keys(board, config))
    # None of them ends by itself. If one fails, the device fails and starts again.
    await asyncio.gather(app.light(), app.watch_button(), app.serve())


def _reader_class(board):
    if board.reader == "rcs660s":
        from .rcs660s import Rcs660sReader

        return Rcs660sReader
    return Reader


def keys(board, config):
    """Return the keys to ask, in the order in which this device asks them."""
    if board.reader == "rcs660s" and config.profile == "counter":
        from .rcs660s import in_order

        return in_order(config.keys())
    return config.keys()


async def _do(wanted, parts):
    """Do what the button requested during the lamp test, before the first card.

    Import the module for it only now, to save heap.
    """
    if wanted == gesture.CHECK:
        from . import check

        flashes = await check.run(parts, lambda finding: parts.events.tell(check_event(finding)))
        if flashes:
            parts.lamps.device(flashes)
        else:
            parts.lamps.test(parts.config.layout - 1)
        await _notice(parts)
    elif wanted == gesture.DEMO:
        from . import demo

        await demo.run(parts)
    elif wanted == gesture.RESET:
        settings.reset(files.SETTINGS, parts.config, parts.board.layout)
        parts.events.tell(fault_event("settings", files.SETTINGS))
        parts.lamps.device(look.SETTINGS)
        await _notice(parts)
        restart.now()


async def _notice(parts):
    """Render the lamps for the duration of a notice."""
    past = 0
    while past < look.NOTICE_MS:
        wait = min(parts.lamps.render(), look.NOTICE_MS - past)
        await clock.sleep_ms(wait)
        past += wait
        parts.watchdog.feed()


async def _safe_mode(lamps, events):
    """Show "safe mode" on the lamps, without a reader; the next start is a normal one."""
    events.tell(fault_event("safe_mode"))
    lamps.device(look.SAFE_MODE)
    lamps.render()
    restart.well()  # not earlier: if this crashed too, only the REPL would be left
    while True:
        events.beat(clock, "safe_mode")
        await clock.sleep_ms(lamps.render())

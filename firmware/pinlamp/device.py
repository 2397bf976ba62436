"""The device: put together from board and settings, restarted after a crash, safe after three."""

import asyncio
import sys

import machine

from pn532 import PN532, clock

from . import health, look, settings
from .app import App
from .buzzer import Buzzer
from .events import Events
from .lamps import Lamps
from .reader import Reader
from .strip import Strip


async def run(board):
    """Run the device on a `board.Board`, whose strip is dark already."""
    config = settings.load("settings.json", board.layout, board.count)
    events = Events(config.events)
    strip = Strip(
        board.pixels,
        config.layout,
        config.brightness,
        board.budget_ma,
        board.lamps(config.layout),
    )
    lamps = Lamps(strip, config.layout, clock)
    if machine.reset_cause() == machine.WDT_RESET:
        health.crashed()  # it hung, which is no better
    if health.crashes() >= health.SAFE_AFTER:
        await _safe_mode(lamps, events)
    try:
        await _live(board, config, events, lamps)
    except Exception as error:
        sys.print_exception(error, sys.stderr)
        events.fault("crash")
        health.crashed()
        machine.reset()


async def _live(board, config, events, lamps):
    """Put the device together and run it; ends only by an exception."""
    chip = PN532(board.link(clock), clock)
    buzzer = Buzzer(board.buzzer(), clock)
    is_down = board.button()
    watchdog = health.Watchdog()
    reader = Reader(chip, clock, watchdog.healthy)
    app = App(reader, lamps, buzzer, events, config, board.name, watchdog)
    # None of them ends by itself: if one fails, so does the device, and starts again.
    await asyncio.gather(app.light(), app.watch_button(is_down), app.serve())


async def _safe_mode(lamps, events):
    """Say "safe mode" in light, with no reader; the next start is a normal one."""
    health.well()
    events.fault("safe_mode")
    lamps.device(look.SAFE_MODE)
    while True:
        await clock.sleep_ms(lamps.render())

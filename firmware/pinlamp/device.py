"""The device: put together from board and settings; after three crashes in a row, safe."""

import asyncio

from micropython import const
from pn532 import PN532, clock

from . import gesture, health, look, settings
from .app import App
from .buzzer import Buzzer
from .events import Events, check_event, demo_event, fault_event
from .lamps import Lamps
from .reader import Reader

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from .reader import CardReader

_NOTICE_MS = const(4000)  # two cycles


async def run(board):
    """Run the device on a `board.Board`, whose strip is dark already; ends by an exception."""
    config = settings.load("settings.json", board.layout, board.count)
    events = Events(config.events)
    lamps = Lamps(board.strip(config), config.layout, clock)
    health.count_hang()
    if health.safe_mode_asked() or health.crashes() >= health.SAFE_AFTER:
        await _safe_mode(lamps, events)
    chip = PN532(board.link())
    buzzer = Buzzer(board.buzzer(), clock)
    is_down = board.button()
    watchdog = health.Watchdog()
    healthy = watchdog.healthy
    wanted = await gesture.lamp_test(lamps, config.layout, is_down, clock, healthy)
    # Loaded only when they are wanted: they would fill the heap for nothing.
    if wanted == gesture.CHECK:
        from . import check

        def tell(finding):
            events.tell(check_event(finding))

        flashes = await check.run(board, config, chip, lamps, buzzer, is_down, tell, healthy)
        if flashes:
            lamps.device(flashes)
        else:
            lamps.test(config.layout - 1)
        await _notice(lamps, healthy)
    elif wanted == gesture.DEMO:
        from . import demo

        events.tell(demo_event())
        await demo.run(lamps, config.layout, config.keys(), is_down, clock, healthy)
    elif wanted == gesture.RESET:
        settings.reset("settings.json")
        events.tell(fault_event("settings", "settings.json"))
        lamps.device(look.SETTINGS)
        await _notice(lamps, healthy)
        health.restart()
    reader: "CardReader" = Reader(chip, clock, healthy)
    on_exchange = None
    if health.recording_asked() and config.profile != "counter":
        from .recording import recorder

        on_exchange = recorder(reader, events.tell)
    app = App(reader, lamps, buzzer, events, config, board.name, watchdog, on_exchange)
    # None of them ends by itself: if one fails, so does the device, and starts again.
    await asyncio.gather(app.light(), app.watch_button(is_down), app.serve())


async def _notice(lamps, healthy):
    """Show what the lamps say for two cycles."""
    past = 0
    while past < _NOTICE_MS:
        wait = min(lamps.render(), _NOTICE_MS - past)
        await clock.sleep_ms(wait)
        past += wait
        healthy()


async def _safe_mode(lamps, events):
    """Say "safe mode" in light, with no reader; the next start is a normal one."""
    events.tell(fault_event("safe_mode"))
    lamps.device(look.SAFE_MODE)
    lamps.render()
    health.well()  # not before: if this crashed too, only the REPL would be left
    while True:
        await clock.sleep_ms(lamps.render())

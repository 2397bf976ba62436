"""Weeks without a restart: ticks wrap around, and what was noted days ago is not misread."""

import pytest

from both import Ticks, run
from lamps import FilmedLamps, look
from oracle import LOOKS
from pinlamp.events import Events
from pinlamp.reader import Reader
from pinlamp.settings import Settings

DAYS = (6, 7, 12, 13, 20)


class Console:
    def __init__(self):
        self.lines = []

    def write(self, line):
        self.lines.append(line)


@pytest.mark.parametrize("state", ["locked", "last", "used", "ok", "unknown"])
@pytest.mark.parametrize("before_ms", [1, 400, 1999, 2001])
def test_lamps_go_on_when_the_ticks_wrap(state, before_ms):
    device = FilmedLamps(12, clock=Ticks())
    device.clock.now = Ticks.PERIOD - before_ms
    device.answer({"sign": state})
    device.film(2 * 2000, device.clock.now)
    start = Ticks.PERIOD + 4000
    assert look(device.film(start=start)[0]) == LOOKS[state]


@pytest.mark.parametrize("days", DAYS)
def test_a_device_with_a_card_on_it_for_days_tells_that_it_lives_once_it_is_lifted(days):
    clock, console = Ticks(), Console()
    events = Events(Settings({}, 12, 12), console)
    events.beat(clock)
    clock.now += days * clock.DAY + 1
    events.beat(clock)
    assert len(console.lines) == 2


class Chip:
    """A chip that only knows its field."""

    async def rf_field(self, on):
        pass

    def prepare(self, tg, command):
        pass


@pytest.mark.parametrize("days", DAYS)
def test_a_field_that_went_off_days_ago_is_not_waited_for(days):
    clock = Ticks()
    reader = Reader(Chip(), clock)
    run(reader.release())
    clock.now += days * clock.DAY + 1
    before = clock.now
    run(reader.release())
    assert clock.now - before <= 10

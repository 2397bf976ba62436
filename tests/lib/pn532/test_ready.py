"""Waiting for the chip: by the edge of its line, or by asking at a pace that fits."""

import asyncio
import time

from both import Clock, run
from pn532.ready import Ready, pulse


class RealClock:
    """The time that passes."""

    def ticks_ms(self):
        return int(time.time() * 1000)

    def ticks_add(self, ticks, delta):
        return ticks + delta

    def ticks_diff(self, a, b):
        return a - b

    async def sleep_ms(self, ms):
        await asyncio.sleep(ms / 1000)


class Irq:
    """P70_IRQ as a pin."""

    IRQ_FALLING = 2

    def __init__(self):
        self.level = 1
        self.handler = None

    def value(self):
        return self.level

    def irq(self, handler, trigger=None):
        assert handler is None or trigger == self.IRQ_FALLING
        self.handler = handler

    def drive(self, level):
        falling = self.level and not level
        self.level = level
        if falling and self.handler:
            self.handler(self)


def _never():
    raise AssertionError("asked although there is a line")


def test_a_line_that_is_low_already_is_enough():
    irq = Irq()
    irq.level = 0
    assert run(Ready(RealClock(), _never, irq).wait(1000)) is True


def test_the_edge_wakes_whoever_waits_and_nothing_is_asked():
    irq = Irq()

    async def scene():
        ready = Ready(RealClock(), _never, irq)
        waiting = asyncio.create_task(ready.wait(60_000))
        while irq.handler is None:
            await asyncio.sleep(0)
        irq.drive(0)
        return await waiting

    assert run(scene()) is True


def test_without_an_edge_the_time_runs_out():
    assert run(Ready(RealClock(), _never, Irq()).wait(20)) is False
    assert run(Ready(RealClock(), _never, Irq()).wait(0)) is False


def test_a_wait_ends_though_the_loop_of_the_one_before_was_ended():
    ready = Ready(RealClock(), _never, Irq())

    async def given_up():
        waiting = asyncio.create_task(ready.wait(60_000))
        await asyncio.sleep(0.01)
        waiting.cancel()

    run(given_up())
    time.sleep(0.3)  # longer than an alarm sleeps
    assert run(ready.wait(20)) is False


def test_an_edge_of_before_is_no_answer():
    irq = Irq()

    async def scene():
        ready = Ready(RealClock(), _never, irq)
        await ready.wait(0)
        irq.drive(0)  # an answer, that was read
        irq.drive(1)
        return await ready.wait(20)

    assert run(scene()) is False


def test_two_frames_are_two_edges():
    irq = Irq()

    async def scene():
        ready = Ready(RealClock(), _never, irq)
        told = []
        for _ in range(2):
            waiting = asyncio.create_task(ready.wait(60_000))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            irq.drive(0)
            told.append(await waiting)
            irq.drive(1)
        return told

    assert run(scene()) == [True, True]


def test_an_edge_taken_by_the_level_does_not_cut_the_next_wait_short():
    irq = Irq()

    async def scene():
        ready = Ready(RealClock(), _never, irq)
        await ready.wait(0)
        irq.drive(0)
        first = await ready.wait(1000)  # low already: nobody has waited for that edge
        irq.drive(1)
        waiting = asyncio.create_task(ready.wait(60_000))
        for _ in range(5):
            await asyncio.sleep(0)
        early = waiting.done()
        irq.drive(0)
        return first, early, await waiting

    assert run(scene()) == (True, False, True)


def test_close_lets_go_of_the_line():
    irq = Irq()
    ready = Ready(RealClock(), _never, irq)
    run(ready.wait(0))
    assert irq.handler is not None
    ready.close()
    assert irq.handler is None


def test_asking_is_quick_first_and_slows_down():
    times = []
    clock = Clock()

    def is_ready():
        times.append(clock.now)
        return False

    assert run(Ready(clock, is_ready).wait(3_000)) is False
    assert clock.now == 3_000
    pauses = [after - before for before, after in zip(times, times[1:])]
    assert set(pauses[:50]) == {1}
    assert max(pauses) == 10 and pauses[:-1] == sorted(pauses[:-1])


def test_a_time_of_nothing_asks_once():
    asked = []
    assert run(Ready(Clock(), lambda: bool(asked.append(1))).wait(0)) is False
    assert asked == [1]


def test_a_pulse_is_low_and_then_high_again():
    clock = Clock()
    levels = []

    class Pin:
        def value(self, level):
            levels.append((level, clock.now))

    assert run(pulse(clock, Pin())) is True
    assert [level for level, _ in levels] == [0, 1]
    assert levels[1][1] - levels[0][1] >= 10 and clock.now > levels[1][1]
    assert run(pulse(clock, None)) is False


class Timer:
    """A `machine.Timer` whose time a test lets pass."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self):
        self.period = None  # it does not run
        self.began = 0

    def init(self, period, mode, callback):
        assert mode == self.ONE_SHOT
        self.period = period
        self._callback = callback
        self.began += 1

    def deinit(self):
        self.period = None

    def tick(self):
        if self.period is not None:
            self.period = None
            self._callback(self)


async def _turns():
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_timer_says_when_to_ask_again():
    timer = Timer()
    asked = []

    def is_ready():
        asked.append(timer.began)
        return len(asked) == 3

    async def scene():
        waiting = asyncio.create_task(Ready(RealClock(), is_ready, None, timer).wait(60_000))
        seen = []
        for _ in range(2):
            await _turns()
            seen.append((timer.period, len(asked)))
            timer.tick()
        return seen, await waiting

    assert run(scene()) == ([(1, 1), (1, 2)], True)
    assert timer.period is None


def test_a_timer_is_for_the_first_milliseconds_only():
    clock = Clock()
    times = []

    class Prompt(Timer):
        def init(self, period, mode, callback):
            super().init(period, mode, callback)
            clock.now += period
            self.tick()

    timer = Prompt()

    def is_ready():
        times.append(clock.now)
        return False

    assert run(Ready(clock, is_ready, None, timer).wait(1_000)) is False
    assert timer.began == 50 and clock.now == 1_000
    assert times[:51] == list(range(51))


def test_a_timer_rests_until_it_is_needed_and_after_the_last_wait():
    timer = Timer()

    async def scene():
        ready = Ready(RealClock(), lambda: False, None, timer)
        assert not timer.began
        waiting = asyncio.create_task(ready.wait(60_000))
        await _turns()
        waiting.cancel()
        try:
            await waiting
        except asyncio.CancelledError:
            pass
        timer.tick()  # no other one follows it
        await _turns()
        assert timer.period is None and timer.began == 1
        waiting = asyncio.create_task(ready.wait(60_000))
        await _turns()
        assert timer.period
        waiting.cancel()
        ready.close()

    run(scene())
    assert timer.period is None


def test_a_timer_is_not_needed_where_there_is_a_line():
    timer = Timer()
    assert run(Ready(RealClock(), _never, Irq(), timer).wait(20)) is False
    assert not timer.began

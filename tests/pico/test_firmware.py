"""The real firmware on an emulated Pico W: what one sees and hears, and what the console says.

The order matters: it is one device, which is installed, started, and used for one card after
another, as on a table.
"""

import pytest

import oracle
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.card import cards

from . import image, parts
from .device import Pico

BOARD = "pico_w"
READY_BAR_MS = 1000

# The keys of each lamp of layout 12.
LAMPS = [*oracle.lamps(12), ["overall"]]

# What is seen of each state at a brightness of 25 %: the colour, and how long it is lit in the
# cycle of two seconds.
OFF = ((0, 0, 0), 0)
SEEN = {
    "ok": ((0, 27, 12), 2000),
    "used": ((58, 26, 0), 1800),
    "last": ((58, 26, 0), 400),
    "locked": ((63, 4, 0), 1000),
    "by_design": ((0, 6, 63), 1000),
    "not_issued": ((0, 1, 16), 2000),
}
OVERALL = {"bank_app_lockout": "locked", "worn": "last", "face_auth": "by_design"}

# When this pin falls, boot.py, which only these tests have, tells of the heap.
PROBE_PIN = 2
PROBES = 5
PROBE_PAUSE_MS = 23  # in step with nothing that the firmware does
PROBE = f"""
import gc, machine
def _tell(pin):
    gc.collect()
    print("heap", gc.mem_free(), gc.mem_alloc())
machine.Pin({PROBE_PIN}, machine.Pin.IN, machine.Pin.PULL_UP).irq(_tell, machine.Pin.IRQ_FALLING)
"""


class Table:
    """The device on a table, and what one does with it there."""

    def __init__(self, board):
        strip, hsu = board.strip, board.links["hsu"]
        self.chip = parts.Pn532(hsu["id"], hsu["rst"])
        self.strip = parts.Strip(strip.pin, strip.order)
        self.buzzer = parts.Buzzer(board.buzzer)
        self.pico = Pico(image.micropython(), (self.chip, self.strip, self.buzzer))
        self._button = board.button
        self._read = 0  # lines of the console

    def lines(self, until, ms):
        """Let time pass until an event of type `until` comes; return all lines since the last.

        `alive`, which comes every two seconds, is left out.
        """
        sign = f'"{until}"'
        self.wait_for(sign, ms)
        new = [line for line in self.pico.lines[self._read :] if '"alive"' not in line[1]]
        self._read = len(self.pico.lines)
        return new

    def wait_for(self, sign, ms):
        """Let time pass until a line has `sign` in it."""

        def said():
            return any(sign in line for _, line in self.pico.lines[self._read :])

        assert self.pico.run(ms, said), f"no {sign} within {ms} ms: {self.pico.lines}"

    def heap(self):
        """Return the bytes free and taken, after a collection: the best of several moments.

        In each of them something is under way: a frame, an exchange.
        """
        return max(self._heap_now() for _ in range(PROBES))

    def _heap_now(self):
        self.pico.run(PROBE_PAUSE_MS)
        pin = self.pico.pins[PROBE_PIN]
        pin.set_input_value(False)
        self.wait_for("heap ", 500)
        pin.release_input()
        self._read = len(self.pico.lines)
        return tuple(map(int, self.pico.lines[-1][1].split()[1:]))

    def press(self):
        """A short press of the button."""
        pin = self.pico.pins[self._button.pin]
        pin.set_input_value(bool(self._button.pressed))
        self.pico.run(100)
        pin.release_input()
        self.pico.run(100)

    def look(self):
        """Watch the lamps for one cycle; return what is seen of each: colour, ms lit."""
        begin = self.pico.ms
        first = len(self.strip.frames) - 1
        self.pico.run(2000)
        frames = [(max(at, begin), pixels) for at, pixels in self.strip.frames[first:]]
        frames.append((self.pico.ms, None))
        seen = []
        for lamp in range(len(LAMPS)):
            lit = {}
            for (at, pixels), (end, _) in zip(frames, frames[1:]):
                if any(pixels[lamp]):
                    lit[pixels[lamp]] = lit.get(pixels[lamp], 0) + end - at
            assert len(lit) <= 1, f"{LAMPS[lamp]} changed its colour: {lit}"
            seen.append(next(iter(lit.items()), OFF))
        return seen


@pytest.fixture(scope="module")
def table(tmp_path_factory, figure):
    """The device, installed as a user does it, and started."""
    table = Table(Board.named(BOARD))
    root = tmp_path_factory.mktemp("root")
    image.lay_out(root, BOARD)
    (root / "boot.py").write_text(PROBE)
    table.pico.mpremote("fs", "cp", "-r", *sorted(root.iterdir()), ":")
    table.pico.power_cycle()
    table.started_ms = table.pico.ms
    return table


def about(seen, wanted):
    """Tell whether a lamp is seen as it should be; an edge may be late by a few milliseconds."""
    return seen[0] == wanted[0] and abs(seen[1] - wanted[1]) <= 40


def test_is_ready_within_a_second(table, event_of, figure):
    lines = table.lines("ready", 6000)
    ready = {"v": 1, "type": "ready", "board": BOARD, "version": "0.1.0", "results": True}
    assert [event_of(line) for _, line in lines] == [{**ready, "lamps": 12, "hold_s": 60}]
    frames = [frame for frame in table.strip.frames if frame[0] > table.started_ms]
    dark = [(0, 0, 0)] * len(LAMPS)
    assert frames[0][1] == dark
    tested = [pixels for _, pixels in frames[1 : 1 + len(LAMPS)]]
    for lamp, pixels in enumerate(tested):
        assert [any(pixel) for pixel in pixels] == [i == lamp for i in range(len(LAMPS))]
    assert frames[1 + len(LAMPS)][1] == dark

    test_ms = frames[1 + len(LAMPS)][0] - frames[1][0]
    ready_ms = lines[0][0] - table.started_ms - test_ms
    free, taken = table.heap()
    dark_ms = frames[0][0] - table.started_ms
    figure(f"dark after {dark_ms:.0f} ms", dark_ms=dark_ms)
    figure(
        f"ready after {ready_ms:.0f} ms, without the lamp test of {test_ms:.0f} ms",
        ready_ms=ready_ms,
        lamp_test_ms=test_ms,
    )
    figure(
        f"heap when ready: {free} bytes free, {taken} taken",
        ready_heap={"free": free, "taken": taken},
    )
    assert ready_ms <= READY_BAR_MS


@pytest.mark.parametrize("name", ("bank_app_lockout", "worn", "face_auth"))
def test_tap(table, name, truth, event_of, figure):
    pico, chip = table.pico, table.chip
    sounds = table.buzzer.sounds
    wanted = truth[name]

    chip.field.put(cards.make(name, cards.Prng(1)))
    begin_ms, busy_ms = pico.ms, pico.busy_ms
    lines = table.lines("result", 5000)
    busy_ms = pico.busy_ms - busy_ms

    events = [event_of(line) for _, line in lines]
    tap = events[0].pop("tap")
    assert events[0] == {"v": 1, "type": "card", "kind": wanted["kind"]}
    assert events[-1]["tap"] == tap
    found = {event.pop("id"): event for event in events[1:-1]}
    keys = {event.pop("id"): event for event in events[-1]["keys"]}
    assert keys == wanted["keys"]
    assert found == {id: {"v": 1, "type": "key", **key} for id, key in keys.items()}
    assert events[-1]["complete"]

    pico.run(200)  # the sound, and the last change of the lamps
    states = {id: key["state"] for id, key in wanted["keys"].items()}
    states["overall"] = OVERALL[name]
    for lamp, seen in zip(LAMPS, table.look()):
        here = [states[key] for key in lamp if key in states]
        should = SEEN[oracle.worst(here)] if here else OFF
        assert about(seen, should), f"{lamp} should be {should}, is {seen}"
    assert table.buzzer.sounds == sounds + 1

    chip.field.lift()
    assert [event_of(line)["type"] for _, line in table.lines("removed", 2000)] == ["removed"]
    assert chip.field.presented == 0

    free, taken = table.heap()
    figure(
        f"heap after {name}: {free} bytes free, {taken} taken",
        **{f"heap_{name}": {"free": free, "taken": taken}},
    )
    survey_ms, result_ms = events[-1]["ms"], lines[-1][0] - begin_ms
    figures = {"survey_ms": survey_ms, "result_ms": result_ms, "busy_ms": busy_ms}
    figure(
        f"{name}: {survey_ms} ms from activation to the last answer; from laying down to"
        f" the result {result_ms:.0f} ms, of them the processor was busy {busy_ms:.0f} ms",
        **{f"tap_{name}": figures},
    )


def test_another_card_is_not_asked(table, event_of):
    table.chip.field.put(cards.make("transit"))
    (event,) = [event_of(line) for _, line in table.lines("card", 2000)]
    assert isinstance(event.pop("tap"), int)
    assert event == {"v": 1, "type": "card", "kind": "other_f"}
    table.pico.run(300)
    *keys, overall = table.look()
    assert keys == [OFF] * len(keys)
    assert about(overall, ((20, 0, 20), 3 * 167))
    table.chip.field.lift()
    table.lines("removed", 2000)


def test_a_press_darkens_what_stayed(table):
    assert any(table.strip.frames[-1][1]) or any(table.strip.frames[-2][1])
    table.press()
    *keys, overall = table.strip.frames[-1][1]
    assert keys == [(0, 0, 0)] * len(keys)
    assert len(set(overall)) == 1  # it breathes white


def test_heap_and_idle(table, figure):
    free, taken = table.heap()
    for _ in range(2):
        table.chip.field.put(cards.make("bank_app_lockout", cards.Prng(1)))
        table.lines("result", 5000)
        table.chip.field.lift()
        table.lines("removed", 2000)
    table.press()
    more, _ = table.heap()
    figure(f"heap after two more taps: {more} bytes free", more_taps_free=more)
    begin_ms, busy_ms = table.pico.ms, table.pico.busy_ms
    table.pico.run(1000)
    busy = (table.pico.busy_ms - busy_ms) / (table.pico.ms - begin_ms)
    figure(
        f"heap after the taps: {free} bytes free, {taken} taken",
        taps_heap={"free": free, "taken": taken},
    )
    figure(
        f"waiting for a card the processor is busy {100 * busy:.0f} % of the time",
        waiting_busy_share=busy,
    )


def test_console_is_still_there(table):
    main = table.pico.mpremote("fs", "cat", ":main.py")
    assert main.splitlines() == paths.MAIN.read_text("utf-8").splitlines()


def test_the_watchdog_resets_what_hangs(table, event_of):
    # mpremote has just ended the firmware by Ctrl-C, so nothing feeds the watchdog.
    asked_ms = table.pico.ms
    ready_ms, line = table.lines("ready", 12_000)[-1]
    assert event_of(line)["type"] == "ready"
    assert ready_ms - asked_ms <= 8_000 + 2_000 + READY_BAR_MS

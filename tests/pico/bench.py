"""One emulated Pico W with a virtual PN532 on each of its links; it starts with any of them.

At each start boot.py, which only these tests have, reads some pins. They say which board.json it
begins with, whether the ESP32's clock is put in, and whether a pin tells of asyncio's loop.
"""

import json
from pathlib import Path

from rp2040py.gpio_pin import GPIOPinState

from pinlamp_tools.benchmark.ideal import ideal
from pinlamp_tools.benchmark.model import LINK_HZ
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip import spi

from . import buses, image, parts
from .device import Pico

_BOARD = Board.named("pico_w")

# (link, whether its IRQ line is wired). A UART needs none.
WIRINGS = (("hsu", False), ("i2c", True), ("i2c", False), ("spi", True), ("spi", False))
_WIRING_PINS = (10, 11, 12)  # the number of a wiring, in bits
_CLOCK_PIN = 13
_TELLS_PIN = 20
_LOOP_PIN = 21  # high while the loop runs a task
CLOCK = Path(__file__).with_name("esp32_clock.py")
_BOOT = f"""
from machine import Pin
def _set(pin):
    return Pin(pin, Pin.IN, Pin.PULL_DOWN).value()
_number = sum(_set(pin) << bit for bit, pin in enumerate({_WIRING_PINS}))
with open(f"/wiring{{_number}}.json") as source, open("/board.json", "w") as board:
    board.write(source.read())
if _set({_CLOCK_PIN}):
    import {CLOCK.stem}
if _set({_TELLS_PIN}):
    from asyncio import core
    _pin = Pin({_LOOP_PIN}, Pin.OUT, value=0)
    _queue_wait = core.IOQueue.wait_io_event
    def _wait(queue, ms):
        _pin.off()
        _queue_wait(queue, ms)
        _pin.on()
    core.IOQueue.wait_io_event = _wait
"""


class Tap:
    """What one tap took, in ms, and its result."""

    def __init__(self, link, card_us, exchanges, lines, laid_ms, busy_ms):
        """Take the `lines` that the console told since the card was laid down."""
        self.result = json.loads(lines[-1][1])
        self.survey_ms = self.result["ms"]
        self.result_ms = lines[-1][0] - laid_ms
        self.busy_ms = busy_ms
        self.exchanges = exchanges
        best = ideal(link, LINK_HZ[link], exchanges, card_us)
        self.ideal_parts_ms = {name: us / 1000 for name, us in best._asdict().items()}
        self.ideal_ms = self.ideal_parts_ms.pop("total")

    @property
    def ratio(self):
        """How many times the ideal the survey took."""
        return self.survey_ms / self.ideal_ms

    def __str__(self):
        return (
            f"{self.survey_ms} ms from activation to the last answer, {self.ratio:.2f} of the"
            f" ideal; {self.result_ms:.0f} ms to the result, of them the processor was busy"
            f" {self.busy_ms:.0f} ms"
        )

    def figures(self):
        """Return them for JSON."""
        names = ("survey_ms", "ideal_ms", "ideal_parts_ms", "result_ms", "busy_ms")
        figures = {name: getattr(self, name) for name in names}
        return {"exchanges": len(self.exchanges), **figures}


class _Loop:
    """Sees how long the loop's tasks run, in ms."""

    def attach(self, mcu):
        """Wire it up."""
        self._clock = mcu.clock
        self.begin()
        mcu.gpio[_LOOP_PIN].add_listener(self._changed)

    def begin(self):
        """Forget the longest."""
        self.longest_ms = 0.0
        self._since_ns = self._clock.nanos

    def _changed(self, now, _):
        if now == GPIOPinState.HIGH:
            self._since_ns = self._clock.nanos
        else:
            self.longest_ms = max(self.longest_ms, (self._clock.nanos - self._since_ns) / 1e6)


class Bench:
    """The board, once installed."""

    def __init__(self, root):
        """Install it; `root` is an empty folder."""
        links = _BOARD.links
        strip = _BOARD.strip
        self._chips = {
            "hsu": parts.Pn532(links["hsu"]["id"], links["hsu"]["rst"]),
            "i2c": buses.Pn532OnI2c(links["i2c"]),
            "spi": buses.Pn532OnSpi(links["spi"]),
        }
        self._loop = _Loop()
        others = (parts.Strip(strip.pin, strip.order), parts.Buzzer(_BOARD.buzzer), self._loop)
        self.pico = Pico(image.micropython(), (*self._chips.values(), *others))
        self._read = 0
        image.lay_out(root, "pico_w")
        for number, (link, irq) in enumerate(WIRINGS):
            data = _BOARD.data()
            data["link"] = link
            if not irq:
                data["links"][link].pop("irq", None)
            (root / f"wiring{number}.json").write_text(json.dumps(data))
        (root / "boot.py").write_text(_BOOT)
        (root / CLOCK.name).write_text(CLOCK.read_text("utf-8"))
        self.pico.mpremote("fs", "cp", "-r", *sorted(root.iterdir()), ":")

    def start(self, link, irq, esp32_clock=False, tells=False):
        """Start with one of the `WIRINGS`, and wait until it is ready.

        `tells`: let the pin tell of asyncio's loop, which costs time.
        """
        number = WIRINGS.index((link, irq))
        for bit, pin in enumerate(_WIRING_PINS):
            self.pico.pins[pin].set_input_value(bool(number >> bit & 1))
        self.pico.pins[_CLOCK_PIN].set_input_value(esp32_clock)
        self.pico.pins[_TELLS_PIN].set_input_value(tells)
        self._chips["spi"].first_bit = spi.LSB if esp32_clock else spi.MSB
        self._link = link
        self.field = self._chips[link].field
        self.pico.power_cycle()
        self._lines('"ready"', 6000)

    def tap(self, name, card_us):
        """Lay a virtual card down, which takes `card_us` for a command; lift it. Returns a Tap."""
        made = cards.make(name, cards.Prng(1), card_us)
        exchanges = _overheard(made[0].icc)
        self.field.put(made)
        self._loop.begin()
        laid_ms, busy_ms = self.pico.ms, self.pico.busy_ms
        lines = self._lines('"result"', 5000)
        busy_ms = self.pico.busy_ms - busy_ms
        tap = Tap(self._link, card_us, exchanges, lines, laid_ms, busy_ms)
        tap.longest_stretch_ms = self._loop.longest_ms  # 0 if nothing tells of it
        self.pico.run(100)
        self.field.lift()
        self._lines('"removed"', 2000)
        assert self.field.presented == 0
        return tap

    def _lines(self, sign, ms):
        """Let time pass until a line has `sign` in it; return the lines since the last."""

        def said():
            return any(sign in line for _, line in self.pico.lines[self._read :])

        assert self.pico.run(ms, said), f"no {sign} within {ms} ms: {self.pico.lines[-30:]}"
        new = self.pico.lines[self._read :]
        self._read = len(self.pico.lines)
        return new


def _overheard(icc):
    """Return a list that fills with the lengths of each command and answer of `icc`."""
    exchanges = []
    process = icc.process

    def overhear(apdu):
        answer = process(apdu)
        exchanges.append((len(apdu), len(answer)))
        return answer

    icc.process = overhear
    return exchanges

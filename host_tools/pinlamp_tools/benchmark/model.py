"""The model of a survey on boards that nobody has measured: every figure from it is *modelled*.

It adds to the ideal what the processor must do itself. `model.json` has the constants, measured
on the emulated Pico W (`make model`); a file of `pinlamp first-light` has those of a real board.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..boards import board as boards
from ..boards.board import Board
from .ideal import Ideal, ideal

if TYPE_CHECKING:
    from .measure import Virtual

_VERIFY = "0020"  # the beginning of the question for a key's tries, in hex
CONSTANTS = Path(__file__).with_name("model.json")
TOLERANCE = 0.10  # of a constant, and of a survey: images and libraries change
SLOWER = 1.5  # a processor's cycles are not an M0+'s, and flash stalls are not counted [I]

LINK_HZ = {"hsu": 921_600, "i2c": 400_000, "spi": 2_000_000}  # as the firmware drives them

FRAME_MS = 40  # pinlamp.lamps: 25 frames a second
_STEP_US = 1_000  # a link that polls looks every millisecond (pn532.ready)
_TICK_US = 10_000  # FreeRTOS: 100 ticks a second (ports/esp32, MICROPY_EVENT_POLL_HOOK)

# The processor's clock in Hz, as MicroPython's build for the board sets it (v1.27: the sdkconfig
# files of ports/esp32; rp2). A build without an entry has its chip's.
_OF_BUILD = {"M5STACK_ATOM": 240_000_000}
_OF_CHIP = {
    "rp2040": 125_000_000,
    "esp32": 160_000_000,
    "esp32s3": 160_000_000,
    "esp32c3": 160_000_000,
    "esp32c6": 160_000_000,
}


class Survey(NamedTuple):
    """What the model must know of a survey: `exchanges` as for `ideal`, and how many findings."""

    exchanges: Sequence[tuple[int, int]]
    findings: int
    card_us: int  # the card's own time for a command

    @classmethod
    def of(cls, figures: Virtual) -> Survey:
        """Return the survey that the virtual clock measured: the same commands and answers."""
        commands = figures.links[0].exchanges
        exchanges = [(len(command) // 2, len(answer) // 2) for command, answer in commands]
        asked = [command for command, _ in commands if command.startswith(_VERIFY)]
        return cls(exchanges, len(asked), figures.card_us)


class Host(NamedTuple):
    """The board's side: its link, and its processor's clock.

    `woken`: an interrupt ends a wait: the IRQ line's, or on HSU the UART's. Without it the link
    looks every millisecond, or every 10 ms if `ticks`: asyncio waits for FreeRTOS, and no timer
    of the hardware wakes it.
    """

    link: str
    clock_hz: int
    woken: bool = True
    ticks: bool = False


class Modelled(NamedTuple):
    """A modelled tap, in µs: `survey` from activation to the last answer, `busy` to the result."""

    ideal: Ideal
    survey: int
    busy: int

    @property
    def ratio(self) -> float:
        """The time as a multiple of the ideal."""
        return self.survey / self.ideal.total


def modelled(
    constants: Mapping[str, int], survey: Survey, host: Host, slower: float = 1.0
) -> Modelled:
    """Return the modelled time of a survey, and how long the processor is busy with the tap.

    The constants are those of `constants.NAMES`. Each takes hz / clock_hz × `slower` of its time.
    A wait is two switches of tasks, away and back: switch = 2 × wait. There are n exchanges and f
    findings.

        own    = exchange + waits × switch       for each exchange: nothing hides it
        shown  = render + event + switch         for each finding: done while the card thinks
        hidden = chip + air + card               the ideal's, for each exchange
        late   = step / 2                        for each exchange, if the link polls

        survey = ideal + n × (own + late) + f × max(0, shown − hidden)

    `waits` is 2 with an IRQ line, for the ACK and for the answer. On HSU they come in one. On a
    link that polls the answer's wait hides the ACK's, late or not.

    The processor is busy from laying down to the result: with the card's activation, which is
    like an exchange, with each finding once more in the result, with a frame of the lamps every
    FRAME_MS, and, on I2C and SPI, with the bytes on the link, as a transfer blocks it. While it
    polls it also looks in vain, hidden / step times for each exchange:

        busy   = (n + 1) × own + f × (shown + event) + survey / frame × (render + switch)
                 + n × hidden / step × switch + link
    """
    scale = constants["hz"] / host.clock_hz * slower
    exchange, wait, render, event = (
        constants[name] * scale for name in ("exchange_us", "wait_us", "render_us", "event_us")
    )
    switch = 2 * wait
    best = ideal(host.link, LINK_HZ[host.link], survey.exchanges, survey.card_us)
    count = len(survey.exchanges)
    own = exchange + (2 if host.woken and host.link != "hsu" else 1) * switch
    shown = render + event + switch
    hidden = (best.chip + best.air + best.card) / count
    late = looks = 0.0
    if not host.woken:
        step = _TICK_US if host.ticks else _STEP_US
        late = step / 2
        looks = hidden / step
    time = best.total + count * (own + late) + survey.findings * max(0.0, shown - hidden)
    busy = (count + 1) * own + survey.findings * (shown + event) + count * looks * switch
    busy += time / (FRAME_MS * 1000) * (render + switch)
    if host.link != "hsu":
        busy += best.link
    return Modelled(best, round(time), round(busy))


def measured_constants() -> dict[str, int]:
    """Return the constants that the emulated Pico W gave."""
    found: dict[str, int] = json.loads(CONSTANTS.read_text("utf-8"))
    return found


def changed(old: Mapping[str, int], new: Mapping[str, int]) -> list[str]:
    """Return a sentence for each constant that has moved by more than the tolerance."""
    return [
        f"{name}: {old[name]}, now {new[name]}"
        for name in new
        if abs(new[name] - old[name]) > TOLERANCE * old[name]
    ]


def clock_hz(board: Board) -> int:
    """Return the clock of a board's processor, in Hz."""
    return _OF_BUILD.get(board.image) or _OF_CHIP[board.chip]


class Row(NamedTuple):
    """A board with the link that it is wired for, modelled, and modelled on a slower processor."""

    board: str
    host: Host
    usual: Modelled
    slower: Modelled

    @property
    def link(self) -> str:
        """The link in tables, and how the host learns of an answer."""
        if self.host.link == "hsu":
            return "HSU"
        return f"{self.host.link.upper()}, {'IRQ' if self.host.woken else 'polled'}"

    def data(self) -> dict[str, Any]:
        """Return the row for JSON, in ms."""
        return {
            "board": self.board,
            "link": self.host.link,
            "irq": self.host.woken,
            "clock_hz": self.host.clock_hz,
            "ideal_ms": self.usual.ideal.total / 1000,
            "modelled_survey_ms": self.usual.survey / 1000,
            "modelled_busy_ms": self.usual.busy / 1000,
            f"modelled_survey_ms_at_{SLOWER}": self.slower.survey / 1000,
            f"modelled_busy_ms_at_{SLOWER}": self.slower.busy / 1000,
        }


def of_boards(constants: Mapping[str, int], survey: Survey) -> list[Row]:
    """Return a row for each board that comes with Pinlamp."""
    rows = []
    for name in boards.names():
        board = Board.named(name)
        host = Host(board.link, clock_hz(board), board.link == "hsu" or "irq" in board.pins)
        both = [modelled(constants, survey, host, slower) for slower in (1.0, SLOWER)]
        rows.append(Row(name, host, *both))
    return rows

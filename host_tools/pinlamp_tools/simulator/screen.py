"""The interactive device: its lamps, its button, its buzzer, and virtual cards to hold to it.

Everything is drawn when something has changed: a pixel, an event line, a key. Needs no mouse,
and fits a terminal of 80 by 24; smaller ones show less.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import OptionList, Static

from pinlamp.layout import PLACES

from ..boards.board import Board
from ..show.again import Again
from ..show.clock import Clock
from ..show.heard import parse
from ..show.lampview import LampView, is_coloured
from ..show.names import Names
from ..show.reading import Reading
from ..show.rows import headline, key_rows
from .arguments import in_words
from .brief import brief
from .card_list import CardList
from .keys_help import keys_help

if TYPE_CHECKING:
    from .simulator import Simulator

_LOG_SIZE = 100
_PRESS_S = 0.15  # a terminal tells of a key going down, never up: a short press
NOTE_S = 1.5  # how long a short sound can be seen
NARROW = 72  # cells below which things stand one below the other
FADE_S = 2.5  # lamps dark for longer than their cycle of 2 s: the device has forgotten the card


class Screen(App[int]):
    """The simulator in a terminal. `run` returns the exit status: 0, or 130 for Ctrl-C."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Pinlamp"
    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("l", "lift", show=False),
        Binding("p", "pull", show=False),
        Binding("space,b", "press", show=False),
        Binding("a", "again", show=False),
        Binding("n", "step(1)", show=False),
        Binding("N", "step(-1)", show=False),
        Binding("f", "fault", show=False),
        Binding("j", "language", show=False),
        Binding("q", "leave(0)", show=False),
        Binding("ctrl+c", "leave(130)", show=False, priority=True),
    ]

    def __init__(
        self,
        simulator: Simulator,
        board: Board,
        lamps: Sequence[Sequence[str]],
        card: str | None,
        lang: str,
        port: str | None = None,
    ) -> None:
        """`lamps`: key ids of each lamp in strip order. `card`: lies there once it is ready.

        `port`: the serial line of a reader that is not the simulator's own; there are no virtual
        cards then.
        """
        super().__init__()
        self._simulator = simulator
        self._board = board
        self._lamps = lamps
        self._first_card = card
        self._names = Names(lang)
        self._port = port
        self._powered = True
        self._error: Exception | None = None
        self._reading = Reading()
        self._again = Again(Clock)
        self._said: str | None = None
        self._lines: deque[str] = deque(maxlen=_LOG_SIZE)
        self._notes = 0
        self._fault: str | None = None  # the one chosen last
        self._ended: int | None = None
        self._quiet: Timer | None = None
        self._release: Timer | None = None
        self._fade: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the head, the lamps, the cards with the log beside them, and the help."""
        with Horizontal(id="head"):
            yield Static(id="title", markup=False)
            yield Static(id="signs", markup=False)
        yield LampView(self._lamps, PLACES if len(self._lamps) == 1 else (), self._names)
        with Horizontal(id="below"):
            if self._port is None:
                yield CardList()
            with Vertical(id="side"):
                yield Static(id="about", markup=False)
                yield Static(id="log", markup=False)
        yield Static(id="help", markup=False)

    # From start to end

    async def on_mount(self) -> None:
        """Power the device up."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.Signals["SIGHUP"]):
            # The terminal is put right again whatever ends the program.
            loop.add_signal_handler(number, self.call_later, self.action_leave, 128 + number)
        self._simulator.on_line = self._take_line
        self._simulator.on_pixels = self._take_pixels
        self._simulator.on_tone = self._take_tone
        self._simulator.on_exit = self._take_exit
        self._show_all()
        try:
            await self._simulator.start()
        except Exception as error:
            # `run` raises it, once the terminal is as it was.
            self._error = error
            await self.action_leave(1)

    async def on_unmount(self) -> None:
        """Power the device down, if something else than the user ended the program."""
        await self._power_down()

    async def _power_down(self) -> None:
        if self._powered:
            self._powered = False
            await self._simulator.stop()

    def run(self, *args: Any, **kwargs: Any) -> int:
        """Run until the user quits. Raises what the simulator raised if it could not start."""
        status = super().run(*args, **kwargs)
        if self._error is not None:
            raise self._error
        return 1 if status is None else status

    async def action_leave(self, status: int) -> None:
        """Quit with an exit status."""
        # First, as there is nothing to show its lamps on while the screen is taken down.
        await self._power_down()
        self.exit(status)

    async def action_quit(self) -> None:
        """Quit: the library's own key for it."""
        await self.action_leave(0)

    # What the user does

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Hold the chosen card to the reader."""
        if event.option_id:
            self._hold(event.option_id)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell what the card is that could be held."""
        self._show_about()

    def _hold(self, name: str) -> None:
        self._simulator.tap(name)
        self.query_one(CardList).mark(name)

    def action_lift(self) -> None:
        """Take the card away."""
        if self._port is None:
            self._simulator.lift()
            self.query_one(CardList).mark(None)

    def action_pull(self) -> None:
        """Pull the card in the middle of being read; the chosen one if none lies there."""
        if self._port is None:
            card_list = self.query_one(CardList)
            if card_list.here is None:
                self._simulator.tap(card_list.chosen)
            self._simulator.pull()
            card_list.mark(None)

    def action_step(self, by: int) -> None:
        """Hold the next card of the list, or the one before."""
        if self._port is None:
            card_list = self.query_one(CardList)
            card_list.step(by)
            self._hold(card_list.chosen)

    def action_press(self) -> None:
        """Press the button shortly; keys that repeat hold it down."""
        if self._release is None:
            self._simulator.press(True)
            self._release = self.set_timer(_PRESS_S, self._let_go)
        else:
            self._release.reset()

    def _let_go(self) -> None:
        self._release = None
        self._simulator.press(False)

    def action_again(self) -> None:
        """Compare the next reading with this one: the person says that it is the same card."""
        self._again.ask(self._reading)
        self._show_words()

    def action_fault(self) -> None:
        """Let a fault happen in the next exchange with a card.

        The first of the list, or the one of last time again; if that still waits, the next one of
        the list, and after the last none.
        """
        faults = self._simulator.faults
        at = faults.index(self._fault) if self._fault in faults else 0
        at += self._simulator.fault is not None
        self._fault = faults[at] if at < len(faults) else None
        self._simulator.arm(self._fault)
        self._show_signs()

    def action_language(self) -> None:
        """Change between Japanese and English."""
        self._names = Names("en" if self._names.lang == "ja" else "ja")
        self.query_one(LampView).names = self._names
        self._show_all()

    # What the device does

    def _take_line(self, line: str) -> None:
        event = parse(line)
        self._lines.append(line if event is None else brief(event))
        if event is not None:
            self._reading.take(event)
            self._again.follow(event, self._reading)
            self._follow(event.get("type"))
        self._show_words()
        self._show_log()
        self._show_signs()

    def _follow(self, kind: object) -> None:
        if self._fade is not None:
            self._fade.stop()
            self._fade = None
        if kind == "ready" and self._first_card is not None:
            name, self._first_card = self._first_card, None
            self.query_one(CardList).choose(name)
            self._hold(name)
        elif kind == "removed":
            # The words stay as long as the lamps do.
            self._fade = self.set_timer(FADE_S, self._forget)

    def _forget(self) -> None:
        self._fade = None
        self._reading.take({"type": "ready"})
        self._show_words()

    def _take_pixels(self, pin: int, pixels: bytes) -> None:
        if pin != self._board.lit_pin:
            return
        lamps = self._board.strip.lamps
        if lamps and len(lamps) == len(self._lamps):  # a lamp of several pixels: one of them
            pixels = b"".join(pixels[3 * lamp[0] : 3 * lamp[0] + 3] for lamp in lamps)
        self.query_one(LampView).show_pixels(pixels)
        if self._again.said(self._reading) != self._said:  # its two minutes are over
            self._show_words()
        if self._fade is not None and is_coloured(pixels):
            self._fade.reset()

    def _take_tone(self, hz: int) -> None:
        if hz:
            self._notes += 1
            self._show_signs()
            if self._quiet is not None:
                self._quiet.stop()
            self._quiet = self.set_timer(NOTE_S, self._hush)

    def _hush(self) -> None:
        self._notes = 0
        self._show_signs()

    def _take_exit(self, status: int) -> None:
        self._ended = status
        self._show_words()

    # What is seen of it

    def on_resize(self) -> None:
        """Fit everything to the terminal's new size, which the library learns after this."""
        self.call_next(self._fit)

    def _fit(self) -> None:
        """Give the lamps as much room as there is."""
        lamps = self.query_one(LampView)
        width, height = self.size
        self.screen.set_class(width < NARROW, "narrow")
        lamps.gap = int(height >= (24 if width >= NARROW else 36))
        lamps.pitch = 2 if height >= 2 * len(lamps.rows) + 14 else 1
        self._show_all()
        self.call_after_refresh(self._show_log)

    def _show_all(self) -> None:
        count = self._names.screen("lamps", count=len(self._lamps))
        self.query_one("#title", Static).update(f"Pinlamp  {self._board.title}  {count}")
        entries = self._names.screen("help" if self._port is None else "help_port")
        self.query_one("#help", Static).update(keys_help(entries, self.size.width - 2))
        self._show_words()
        self._show_signs()

    def _show_words(self) -> None:
        self._said = self._again.said(self._reading)
        lamps = self.query_one(LampView)
        rows = key_rows(self._reading, len(self._lamps), self._names, lamps.fits)
        lamps.show_words(rows, *self._headline(), self._reading.overall or "")

    def _headline(self) -> tuple[str, str]:
        """Return two lines: how the card or the device is, and what to do."""
        if self._ended is not None:
            return self._names.device("ended", code=self._ended), ""
        first, second = headline(self._reading, self._names)
        return first, self._names.again(self._said) if self._said else second

    def _show_about(self) -> None:
        about = self.query_one("#about", Static)
        if self._port is not None:
            about.update(self._names.screen("port", port=self._port))
            return
        lang, armed = self._names.lang, self._simulator.fault
        text = self.query_one(CardList).about(lang)
        if armed:
            text += "\n" + self._names.screen("fault", name=in_words(armed, lang))
        about.update(text)

    def _show_log(self) -> None:
        log = self.query_one("#log", Static)
        lines = list(self._lines)[-max(1, log.size.height) :]
        log.update(Text("\n".join(lines), no_wrap=True, overflow="crop"))

    def _show_signs(self) -> None:
        presented = self._names.screen("presented", count=self._simulator.presented)
        armed = self._simulator.fault
        fault = self._names.screen("fault", name=armed) + "  " if armed else ""
        self.query_one("#signs", Static).update(f"{fault}{presented}  {'♪' * self._notes:2}")
        self._show_about()

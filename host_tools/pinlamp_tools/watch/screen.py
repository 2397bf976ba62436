"""A device's events live in a terminal: its lamps, what they mean, and what to do next.

It keeps nothing. It draws on the terminal's alternate screen, and clears a result as the device
does: a minute after its card, sooner at a counter.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from pinlamp.layout import PLACES, lamps

from ..deploy.port import group_of
from ..guidance.render import advice
from ..show import cable
from ..show.again import Again
from ..show.clock import Clock
from ..show.lampview import LampView
from ..show.lights import Lights, words_stay_ms
from ..show.names import Names
from ..show.reading import Reading
from ..show.rows import key_rows, on_cable
from ..show.strange import visible
from ..show.wrap import pack
from .console import Console

_AGAIN_S = 1.0  # after the listener died


class Watch(App[int]):
    """The terminal's view of the device at a `Console`. `run` returns the exit status."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Pinlamp"
    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("space,c", "clear", show=False),
        Binding("a", "again", show=False),
        Binding("j", "language", show=False),
        Binding("q", "leave(0)", show=False),
        Binding("ctrl+c", "leave(130)", show=False, priority=True),
    ]

    def __init__(self, console: Console, lang: str, bell: bool) -> None:
        """`bell`: ring the terminal's bell for every result."""
        super().__init__()
        self._console = console
        self._names = Names(lang)
        self._bell = bell
        self._state = cable.NONE
        self._port = ""
        self._reading = Reading()
        self._lights = Lights(Clock)
        self._again = Again(Clock)
        self._said: str | None = None  # what is shown of it
        self._stopped = threading.Event()
        self._next: Timer | None = None
        self._fade: Timer | None = None
        # Kept here, since a timer may fire after the screen has removed its widgets.
        self._view = LampView(lamps(self._lights.count), (), self._names, numbered=False)
        self._laid: int | None = None  # the layout that it shows
        self._words = Static(markup=False, id="words")
        self._port_line = Static(id="port", markup=False)
        self._help = Static(id="help", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the head, the lamps, the guidance below them, and the help."""
        with Horizontal(id="head"):
            yield Static("Pinlamp", id="title", markup=False)
            yield self._port_line
        yield self._view
        with VerticalScroll(id="advice"):
            yield self._words
        yield self._help

    def on_mount(self) -> None:
        """Begin to listen."""
        self._show_all()
        self.query_one("#advice").focus()
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()

    def on_unmount(self) -> None:
        """Stop listening, whatever ended the app."""
        self._stopped.set()

    def _listen(self) -> None:
        def tell(what: Any, *args: object) -> None:
            if not self._stopped.is_set():
                self.call_from_thread(what, *args)

        while not self._stopped.is_set():
            with contextlib.suppress(Exception):
                self._console.listen(
                    lambda event: tell(self._take, event),
                    lambda state, port: tell(self._connect, state, port),
                    self._stopped,
                )
            tell(self._connect, cable.NONE, "")  # nobody listens: no result may look live
            self._stopped.wait(_AGAIN_S)

    async def action_leave(self, status: int) -> None:
        """Quit with an exit status."""
        self._stopped.set()
        self.exit(status)

    async def action_quit(self) -> None:
        """Quit. Textual calls this for its own key."""
        await self.action_leave(0)

    def action_language(self) -> None:
        """Change between Japanese and English."""
        self._names = Names("en" if self._names.lang == "ja" else "ja")
        self._view.names = self._names
        self._show_all()

    def action_clear(self) -> None:
        """Forget the card at once."""
        self._again.drop()
        self._forget()

    def action_again(self) -> None:
        """Compare the next reading with this one: the person says that it is the same card."""
        self._again.ask(self._reading)
        self._show_all()

    # What the device does

    def _connect(self, state: str, port: str) -> None:
        self._state, self._port = state, port
        if state in cable.ANEW:
            self._reading = Reading()
            self._again.forget()
            self._lights.dark()
        self._show_all()

    def _take(self, event: dict[str, Any]) -> None:
        try:
            self._follow(event)
        except Exception:  # a line that this version cannot show: what lies there is unknown
            self._connect(cable.LISTENING, self._port)

    def _follow(self, event: dict[str, Any]) -> None:
        news = self._reading.news(event)
        if news is not None:
            self._reading.take(news)
        self._again.follow(event, self._reading)
        if news is None:
            return
        event = news
        self._lights.follow(event, self._reading)
        if self._fade is not None:
            self._fade.stop()
            self._fade = None
        stay_ms = words_stay_ms(event, self._reading)
        if stay_ms is not None:
            self._fade = self.set_timer(stay_ms / 1000, self._forget)
        if event["type"] == "result" and self._bell:
            self.bell()
        self._show_all()

    def _forget(self) -> None:
        ready = {"type": "ready"}
        self._reading.take(ready)
        self._lights.follow(ready, self._reading)
        self._show_all()

    # What is seen of it

    def on_resize(self) -> None:
        """Fit everything to the terminal's new size, which the library learns after this."""
        self.call_next(self._fit)

    def _fit(self) -> None:
        """Leave room for the guidance."""
        lamps = self._view
        lamps.gap = int(self.size.height >= 30)
        lamps.pitch = 2 if self.size.height >= 48 else 1
        self._show_all()

    def _show_all(self) -> None:
        self._said = self._again.said(self._reading)
        watch = self._names.watch
        self._port_line.update(visible(self._port) or self._names.cable(cable.NONE, "is"))
        entries = pack(watch("help").split("  "), self.size.width - 2, cell_len)
        self._help.update("\n".join(map("  ".join, entries)))
        self._lay()
        rows = key_rows(self._reading, self._lights.layout, self._names, self._view.fits)
        self._view.show_words(rows, *self._headline(), self._reading.overall or "")
        columns = self.size.width - 3  # the padding, and the bar that scrolls
        words = advice(self._reading, self._names.lang, columns) if self._reading.over else ""
        self._words.update(words)
        self._light()

    def _lay(self) -> None:
        """Draw the lamps that the device has, once it has told how many."""
        layout, count = self._lights.layout, self._lights.count
        if layout != self._laid:
            self._laid = layout
            self._view.lay(lamps(count), PLACES if count == 1 else (), layout is not None)

    def _headline(self) -> tuple[str, str]:
        """Return two lines: how the card or the device is, and what to do."""
        group = group_of(self._port) if self._state == cable.DENIED else ""
        port = visible(self._port)
        first, second = on_cable(self._state, self._reading, self._names, port, group)
        return first, self._names.again(self._said) if self._said else second

    def _light(self) -> None:
        if self._again.said(self._reading) != self._said:  # its two minutes are over
            self._show_all()
            return
        if self._next is not None:
            self._next.stop()
        pixels, wait_ms = self._lights.render()
        self._view.show_pixels(pixels)
        self._next = self.set_timer(max(wait_ms, 40) / 1000, self._light)

"""A session's first half: the device at its REPL, part by part."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..boards import board as boards
from ..deploy.doctor import examine, words
from ..deploy.port import DeviceError, find_port
from ..deploy.repl import Repl
from ..deploy.settings import OfDevice
from ..recording.tape import Tape
from ..show.rows import LAYOUTS
from . import program
from .card import card_of
from .found import Found
from .reader import ask_holder, keep
from .talk import Talk

CARD_MS = 60_000  # how long a card may take to come, or to be pulled
_LIT_MS = 4000
_UNREAD_S = 9.0
_CHECKED = ("files", "settings", "button", "chip", "type_b", "field_on", "field_off", "memory")


class Workbench:
    """The device at `port`, between two resets. Its methods are the steps of a session.

    They raise DeviceError as soon as the device is gone.
    """

    def __init__(self, found: Found, talk: Talk, port: str, lang: str) -> None:
        """Nothing is opened yet."""
        self._found = found
        self._talk = talk
        self._port = port
        self._lang = lang
        self._repl: Repl | None = None
        self._home = ""
        self._board: dict[str, Any] = {}
        self._links: dict[str, dict[str, int]] = {}
        self._counter = False  # its cards are strangers'
        # Known after `build` and `links`: the link in use, how many lamps there are, and why there
        # is no second half (the name of a text; None: there is one).
        self.link = ""
        self.lamps = LAYOUTS[0]
        self._reader = "pn532"
        self.why_not: str | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Have the device at its REPL; it starts again at the end."""
        self._connect()
        try:
            yield
            if self._repl is not None:
                self._repl.reset()
        finally:
            if self._repl is not None:
                self._repl.abandon()

    def _connect(self) -> None:
        self._repl = Repl(find_port(self._port))

    @property
    def repl(self) -> Repl:
        """The open REPL."""
        assert self._repl is not None
        return self._repl

    def _run(self, name: str, *args: Any, **values: Any) -> dict[str, Any]:
        return program.run(self.repl, self._home, name, *args, **values)

    def build(self) -> None:
        """Which build it is, which board, and what the firmware's own work costs."""
        build = self._run("build")
        if not self._found.put("build", build):  # a name that may hold more than a name
            self._found.put("build", {**build, "machine": "", "build": ""})
        build = self._found.data.get("build", build)
        with program.shaped():
            release = ".".join(map(str, build["release"]))
            self._talk.good("build", release=release, build=_named(build))
            self._found.answer("sleep_1ms_us", build["sleep_1ms_us"]["median"])
            image = str(build["build"]).split("-")[0]
        device = OfDevice(self.repl)
        self._home = self.repl.home() or ""
        settings = device.effective()
        used = vars(settings)
        if not used["events"]:
            self.why_not = "silent"
        self._counter = used["profile"] == "counter"
        self._board = device.board
        try:
            name, self.link = str(self._board["name"]), str(self._board["link"])
            self._reader = str(self._board.get("reader", "pn532"))
            self._talk.reader = boards.READERS[self._reader]
            links = self._board["links"]
            with_links = links if self._reader == "pn532" else ("hsu",)
            self._links = {link: dict(links[link]) for link in (self.link, *with_links)}
            self.lamps = settings.layout
            if self.lamps not in LAYOUTS:
                raise ValueError
        except (ValueError, TypeError, LookupError):
            raise DeviceError("the device's board.json is damaged: run pinlamp deploy") from None
        if self._reader != "pn532":
            self._found.put("reader", self._reader)
        known = name in boards.names()
        self._found.put("board", name if known else "other")
        self._talk.good("board", board=name, link=self.link.upper())
        if known and image:
            self._found.answer("board_image", image == boards.read(name)["image"])
        measured = program.measure(self.repl, self._home)
        if measured is not None and self._found.put("constants", measured):
            self._talk.good("constants", us=measured["exchange_us"])

    def check(self) -> None:
        """The device's own check, and what only a person can tell of it."""
        self._talk.say("check_before")
        bad = False

        def take(finding: dict[str, Any]) -> None:
            nonlocal bad
            name, ok = finding["check"], finding.get("ok")
            if name in _CHECKED:
                self._found.note("checks", **{name: ok})
            if ok is False:
                bad = True
                self._talk.bad("plain", text=words(finding, self._lang))

        examine(self.repl, take)
        checks = self._found.data.get("checks", {})
        self._found.answer("chip_type_b", checks.get("type_b"))
        if not bad:
            self._talk.good("check_good")
        lamps = self._talk.seen("lamps_in_turn")
        if self._board.get("buzzer") is not None:
            self._found.answer("board_buzzer", self._talk.seen("buzzer"))
        colours = None
        if self._talk.ready("colours_before"):
            self._run("strip", SHOW="colours", MS=_LIT_MS)
            colours = self._talk.seen("colours")
        if lamps is not None and colours is not None:
            self._found.answer("board_strips", lamps and colours)
        if self._talk.ready("all_before"):
            self._run("strip", SHOW="all", MS=_LIT_MS)
            self._found.answer("board_budget_ma", True)  # it has answered after that
        if self._board.get("button"):
            self._button(checks.get("button"))

    def _button(self, up: bool | None) -> None:
        if self._talk.ready("button_hold"):
            button = self._run("button")
            with program.shaped():
                down = button["down"]
            (self._talk.good if down else self._talk.bad)("button_down" if down else "button_up")
            self._found.answer("board_button", bool(down and up))

    def links(self) -> None:
        """The link in use and its card; then each other one for which the person moves wires."""
        left = [link for link in self._links if link != self.link]
        link = self.link
        if self._counter:
            self._talk.say("counter")
        self._one_link(link)
        while left:
            chosen = self._talk.choose("link", (*left, "none"))
            if chosen == "none" or not self._rewired(chosen):
                break
            link = chosen
            left.remove(link)
            self._one_link(link)
        if link != self.link and not self._rewired(self.link):
            self.why_not = "rewired"

    def _rewired(self, link: str) -> bool:
        if not self._talk.ready("rewire", link=link.upper()):
            return False
        self.repl.close()  # the port goes away with the cable
        self._connect()
        return True

    def _one_link(self, link: str) -> None:
        tape, pins = Tape(), self._links[link]
        told: dict[str, dict[str, Any]] = {}
        card = not self._counter and self._talk.ready("card_there")
        cards = len(self._found.data.get("cards", []))

        def take(line: dict[str, Any]) -> None:
            name = line.pop("step", None)
            if name is None:
                tape.take(line)
                return
            told[name] = line
            say: dict[str, Callable[[], None]] = {
                "chip": lambda: self._chip(link, pins, line),
                "lay": lambda: self._talk.say("card_lay"),
                "card": lambda: self._card(link, tape, line),
                "pauses": lambda: self._found.answer("rcs660s_pause_ms", line["pause_ms"]),
                "other": lambda: self._talk.bad("card_other"),
                "pull": lambda: self._talk.say("card_pull"),
                "pulled": lambda: self._pulled(link, line),
            }
            say.get(name, lambda: None)()

        self._run(
            "link", take, KIND=link, PINS=pins, READER=self._reader, WAIT_MS=CARD_MS if card else 0
        )
        if len(self._found.data.get("cards", [])) > cards:
            ask_holder(self._found, self._talk)
        elif card and told.get("chip", {}).get("ok"):
            self._talk.bad("card_none")
        if not card:
            self._found.skip(f"card_{link}")

    def _chip(self, link: str, pins: dict[str, int], line: dict[str, Any]) -> None:
        plain = self._reader == "pn532"
        entry = {
            "link": link,
            "irq": plain and "irq" in pins,
            "rst": plain and "rst" in pins,
            **line,
        }
        self._found.add("links", entry)
        if not line["ok"]:
            self._talk.bad("chip_bad", link=link.upper())
        else:
            self._talk.good("chip_good", link=link.upper(), speed=line["hz"])
            self._found.answer("version_us", line.get("version_us"))
        if not plain:
            self._found.answer("rcs660s_answers", bool(line["ok"]))
        if link == self.link or line["ok"]:
            self._found.answer("board_links", bool(line["ok"]))

    def _card(self, link: str, tape: Tape, line: dict[str, Any]) -> None:
        tape.take({"type": "result", "complete": line["complete"]})
        present = line["present"]
        if self._reader != "pn532":  # it asks by SELECT and not by R(NAK)
            self._found.answer("rcs660s_present", present)
            present = None
        card = card_of(tape, link, self._talk.reader, False, line["us"], present)
        if card is not None and keep(self._found, card):
            self._talk.card(line["complete"], len(line["us"]), line["ms"])

    def _pulled(self, link: str, line: dict[str, Any]) -> None:
        if self._found.add("pulls", {"link": link, **line}):
            self._found.answer("pulled_status", line["status"])
            self._talk.good("card_pulled", ms=round(line["us"] / 1000))

    def console(self) -> None:
        """How fast the console is, and how long it waits for a host that does not read."""
        self._talk.say("console_before", seconds=round(_UNREAD_S))
        read = self._run("console", UNREAD=False)
        if self._found.note("console", read=read) and read["ms"]:
            self._found.answer("console_bytes_s", read["bytes"] * 1000 // read["ms"])
            self._talk.say("console_read", kb=round(read["bytes"] / read["ms"], 1))
        unread = self._run("console", unread_s=_UNREAD_S, UNREAD=True)
        if self._found.note("console", unread=unread):
            self._found.answer("console_unread_us", unread["longest_us"])
            self._talk.say("console_unread", ms=round(unread["longest_us"] / 1000))


def _named(build: dict[str, Any]) -> str:
    return str(build["build"] or build["machine"] or build["platform"])

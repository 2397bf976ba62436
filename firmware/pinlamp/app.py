"""The application: the device's states, from card to card."""

import asyncio
import gc
from random import getrandbits

from micropython import const
from mynacard import Card
from pn532 import PN532Error, clock

from . import __version__, look, restart, tap
from .button import POLL_MS, RELEASED
from .events import card_event, fault_event, key_event, ready_event, removed_event, result_event
from .lamps import BREATH_FRAME_MS
from .reader import SEVERAL, TYPE_B_CARD, NoTypeBError

_REOPEN_MS = const(1000)
_PAUSE_MS = const(2)
_AGAIN_MS = const(10000)  # for a press that shows a result again, and for what it shows
_COLLECT = const(8)  # looks for a card: what they and a tap allocate together fits the heap
_LATE_MS = const(20)  # for frames that may wait until a command has left for the card
# For the card of a recording: later whoever asked for it may be gone, and the card anybody's.
_RECORD_MS = const(150000)
_PAUSES = const(50)  # a card that takes longer must not stop the lamps


class App:
    """The device: a reader, lamps, a button, a buzzer and a console."""

    def __init__(self, parts, reader, on_exchange=None, keys=None):
        """Take the `parts.Parts`; nothing happens yet.

        `reader`: a `reader.CardReader`. `on_exchange`, as `tap.run` has it, hears every exchange
        of the first tap, if that comes within 150 s. `keys`: those of the settings in another
        order; None: as they are.
        """
        self._parts = parts
        self._reader = reader
        self._on_exchange = on_exchange
        self._record_until = clock.ticks_add(clock.ticks_ms(), _RECORD_MS)
        self._lamps = parts.lamps
        self._events = parts.events
        self._config = parts.config
        self._keys = keys or parts.config.keys()
        self._frame_at = clock.ticks_ms()  # when the next frame is due
        self._surveying = False  # so that the reader calls for frames
        reader.meanwhile = self._meanwhile
        self._untold = []  # the Card and the Findings that neither lamps nor console know yet
        self._dark_at = None  # when a lifted card's lamps go out, or what they hid is lost
        self._brief = False  # the result stays so shortly that a press may show it again, once
        self._sounding = None
        # The last card's number. It begins anywhere, so that no card of the next start has it, and
        # nobody learns how many there were.
        self._taps = getrandbits(16)
        self._looks = 0  # for a card, since garbage was collected

    # The lamps and the console, beside everything else

    def _show(self, change, *args):
        self._show_findings()  # they come first
        change(*args)
        self._frame()

    def _tell(self, event):
        if self._untold:
            self._frame()
        self._events.tell(event)

    def _show_findings(self):
        while self._untold:
            found = self._untold.pop(0)
            if isinstance(found, Card):
                self._lamps.reading(found.keys)
                self._events.tell(card_event(found.kind, self._taps))
            else:
                self._lamps.finding(found.id, found.state)
                self._events.tell(key_event(found))

    def _frame(self):
        """Show and tell what is new; return the milliseconds until the next frame is due."""
        self._show_findings()
        wait = self._lamps.render()
        self._frame_at = clock.ticks_add(clock.ticks_ms(), wait)
        return wait

    def _meanwhile(self):
        """Do the frame that is due, while the card thinks."""
        if clock.ticks_diff(clock.ticks_ms(), self._frame_at) >= 0:
            self._frame()

    async def light(self):
        """Do frame after frame, forever; those of a survey only if the card is a slow one.

        An RP2040 hears nothing while it writes to the strip, and its UART holds 32 bytes: so not
        while a longer answer is due.
        """
        while True:
            late = _LATE_MS if self._surveying else 0
            wait = clock.ticks_diff(self._frame_at, clock.ticks_ms()) + late
            if wait > 0:
                await clock.sleep_ms(min(wait, BREATH_FRAME_MS))
                continue
            for _ in range(_PAUSES):
                if not self._reader.long_answer:
                    break
                await clock.sleep_ms(_PAUSE_MS)
            self._frame()

    async def watch_button(self):
        """Handle each short press: it darkens a result, or in layout 1 steps through it.

        After a hold of less than 10 s it shows the result that has just gone dark, once.
        """
        button = self._parts.button
        button.look()
        while True:
            await clock.sleep_ms(POLL_MS)
            if button.look() == RELEASED:
                self._pressed()

    def _pressed(self):
        stays_ms = self._lamps.step()
        if stays_ms:
            self._frame_at = clock.ticks_ms()
            if self._dark_at is not None:
                self._darken_after(max(stays_ms, self._config.hold_s * 1000))
        elif self._dark_at is not None:
            if self._lamps.again():
                self._frame_at = clock.ticks_ms()
                self._darken_after(_AGAIN_MS)
            else:
                self._darken()
                # Screens forget it as well.
                self._tell(ready_event(self._parts.board.name, __version__, self._config))

    def _fade(self):
        """Darken a result whose time is over; forget it, unless a press may show it again."""
        if self._brief and self._lamps.hide():
            self._brief = False
            self._frame_at = clock.ticks_ms()
            self._darken_after(_AGAIN_MS)
        else:
            self._darken()

    def _darken(self):
        self._dark_at = None
        self._show(self._lamps.ready)

    def _sound(self, times):
        if self._config.sound:
            self._sounding = asyncio.create_task(self._parts.buzzer.sound(times))

    # What a survey reports while it runs

    def started(self):
        """A survey starts or restarts: discard everything shown so far."""
        self._dark_at = None
        self._show(self._lamps.reading, [key.id for key in self._keys])

    def card(self, card):
        """The survey knows the kind of the card and which keys to ask."""
        self._untold.append(card)

    def finding(self, finding):
        """The survey has a key's answer, or will get none: the next frame shows it."""
        self._untold.append(finding)

    # From card to card

    async def serve(self):
        """Open the reader, reopen it whenever it is lost, and read cards."""
        told = None
        while True:
            try:
                await self._reader.open()
                told = None
                self._be_ready()
                while True:
                    await self._round()
            except NoTypeBError:
                code = "no_type_b"
            except PN532Error:
                code = "reader_lost"
            if code != told:
                told = code
                self._tell(fault_event(code))
                self._notice(look.READER_LOST, None)
            self._events.beat(clock, code)
            self._parts.watchdog.feed()
            await clock.sleep_ms(_REOPEN_MS)

    def _be_ready(self):
        self._darken()
        self._tell(ready_event(self._parts.board.name, __version__, self._config))
        while self._config.replaced:
            self._notice(look.SETTINGS, look.NOTICE_MS)
            self._tell(fault_event("settings", self._config.replaced.pop(0)))
        gc.collect()

    def _notice(self, flashes, ms):
        """Report something about the device or a card for `ms`, or until it changes (None)."""
        self._show(self._lamps.device, flashes)
        self._darken_after(ms)

    def _darken_after(self, ms):
        self._dark_at = None if ms is None else clock.ticks_add(clock.ticks_ms(), ms)

    async def _round(self):
        """Look for a card once, and see it through until it is lifted."""
        if self._on_exchange and clock.ticks_diff(clock.ticks_ms(), self._record_until) > 0:
            self._on_exchange = None
        found = await self._reader.find()
        if found is None:
            if self._dark_at is not None and clock.ticks_diff(clock.ticks_ms(), self._dark_at) > 0:
                self._fade()
            self._looks += 1
            if self._looks >= _COLLECT:
                self._looks = 0
                gc.collect()  # else a card would wait for it in the middle of its tap
            self._events.beat(clock)
            await clock.sleep_ms(self._config.poll_ms)
            return
        self._taps += 1
        if found == TYPE_B_CARD:
            await self._tap()
        else:
            await self._not_asked(found)
        self._tell(removed_event())
        self._looks = _COLLECT
        restart.well()

    async def _tap(self):
        self._surveying = True
        try:
            result = await tap.run(self._reader, self._keys, clock, self, self._on_exchange)
        finally:
            self._surveying = False
            self._on_exchange = None  # it hears only the first tap, however that ends
        stays_ms = self._config.hold_s * 1000
        if result.complete and not result.findings:
            self._notice(look.OTHER_CARD, None)
            self._sound(2)
            stays_ms = look.NOTICE_MS
        else:
            self._show_findings()
            if result.complete:
                self._lamps.read()
            else:
                self._lamps.not_read()
            event = result_event(result.complete, result.ms, result.findings, self._taps)
            self._tell(event)
            wait = self._frame()  # the result at once
            self._sound(1 if result.complete else 2)
            if wait < BREATH_FRAME_MS:  # `light` may sleep for longer
                await clock.sleep_ms(wait)
                self._frame()
        while await self._reader.present():
            self._events.beat(clock, None, self._taps)
            await clock.sleep_ms(self._config.poll_ms)
        await self._reader.release()
        self._brief = stays_ms < _AGAIN_MS
        self._darken_after(stays_ms)

    async def _not_asked(self, found):
        """Report several cards, or a card of Type A or F, until `find` returns something else.

        None of them is activated, so the reader looks again to see whether they are there. It
        thereby also finds a Type B card that joins a Type A card, and the last one of several.
        """
        self._tell(card_event(found, self._taps))
        self._notice(look.SEVERAL if found == SEVERAL else look.OTHER_CARD, None)
        self._sound(2)
        while True:
            await clock.sleep_ms(self._config.poll_ms)
            now = await self._reader.find()
            if now != found:
                break
            self._events.beat(clock, None, self._taps)
        if now == TYPE_B_CARD:
            await self._reader.release()
        self._darken_after(look.NOTICE_MS)

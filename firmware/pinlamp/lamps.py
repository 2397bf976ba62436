"""The lamps: each shows the findings or the state of the device."""

from mynacard import state

from . import look
from .layout import OVERALL, PLACES, lamps

FRAME_MS = 40  # between two steps of a lamp that moves
BREATH_FRAME_MS = 50  # of one that breathes, four times as slowly
_STEP_MS = 5000  # how long a press shows one key in layout 1

_DARK = 0
_TEST = 1
_READY = 2
_READING = 3
_READ = 4
_DEVICE = 5  # `_flashes` violet flashes


class Lamps:
    """The lamps of one layout. `render` shows what the other methods have set."""

    def __init__(self, strip, layout, clock):
        """`strip`: `strip.Strip` with `layout` pixels (12, 8, 5 or 1)."""
        self._strip = strip
        self._clock = clock
        self._groups = lamps(layout)
        # Without an overall lamp the last lamp shows the device's states until a result.
        self._own_overall = self._groups[-1] == (OVERALL,)
        if self._own_overall:
            self._groups = self._groups[:-1]
        self._count = layout
        self._states = {}
        self._hidden = None  # (mode, flashes, states) of a result that may be shown again
        self._tested = 0  # the lit lamp of the lamp test
        self.mark = None  # the demo mode's running light: white, over everything else
        self._marked = None  # where it was shown last
        self._looks = [None] * len(self._groups)  # of each lamp of keys; None: to be found
        self._edge = 0  # when the next of them changes by itself
        self._show(_DARK)

    def _show(self, mode, flashes=0):
        self._forget()
        self._hidden = None
        self._mode = mode
        self._flashes = flashes
        self._stepped = -1  # place of the last shown key in the stepping order
        self._step = None  # (key, since when) while it shows one

    def _forget(self):
        for index in range(len(self._looks)):
            self._looks[index] = None

    def dark(self):
        """All lamps off."""
        self._states = {}
        self._show(_DARK)

    def test(self, index):
        """Light only the lamp `index`, white: the lamp test."""
        self._show(_TEST)
        self._tested = index

    def ready(self):
        """Wait for a card: the overall lamp breathes white."""
        self._states = {}
        self._show(_READY)

    def hide(self):
        """As `ready`, but `again` can show the result once more; False without a result."""
        if not self._states:
            return False
        hidden = (self._mode, self._flashes, self._states)
        self.ready()
        self._hidden = hidden
        return True

    def again(self):
        """Show the result that `hide` hid; False if there is none."""
        if self._hidden is None:
            return False
        mode, flashes, self._states = self._hidden
        self._show(mode, flashes)
        return True

    def reading(self, keys):
        """A read starts: the lamps of these key ids wait, all others are dark."""
        self._states = {key: None for key in keys}
        self._show(_READING)

    def finding(self, key, found):
        """A key has its answer, or none: its lamp shows its state."""
        self._states[key] = found
        for index, group in enumerate(self._groups):
            if key in group:
                self._looks[index] = None

    def read(self):
        """All answers are there: the overall lamp shows the worst state, the card may go."""
        self._show(_READ)

    def not_read(self):
        """The card left too early: the answers stay, the overall lamp shows "again, please"."""
        self._show(_DEVICE, look.NOT_READ)

    def device(self, flashes):
        """The device reports something: key lamps dark, so many violet flashes overall."""
        self._states = {}
        self._show(_DEVICE, flashes)

    def step(self):
        """Layout 1: show the next key, locked ones first; after the last one overall again.

        Its place in `layout.PLACES` comes first, as that many short white winks. Returns how long
        the lamp shows the key, in ms, or 0 without a result to step through.
        """
        if self._groups or self._mode != _READ:
            return 0
        order = self._stepping_order()
        self._stepped += 1
        if self._stepped == len(order):
            self._stepped, self._step = -1, None
            return look.CYCLE_MS
        key = order[self._stepped]
        self._step = (key, self._clock.ticks_ms())
        return _winks_ms(key) + _STEP_MS

    def _stepping_order(self):
        answered = [key for key in PLACES if self._states.get(key, state.ABSENT) != state.ABSENT]
        locks = (state.LOCKED, state.BY_DESIGN)
        first = [key for key in answered if self._states[key] in locks]
        return first + [key for key in answered if key not in first]

    def render(self):
        """Light the strip as it must be now; return the milliseconds until its next change."""
        now_ms = self._clock.ticks_ms()
        if self.mark != self._marked:
            self._marked = self.mark
            self._forget()
        wait = self._clock.ticks_diff(self._edge, now_ms)
        if wait <= 0 or None in self._looks:
            wait = self._render_keys(now_ms)
            self._edge = self._clock.ticks_add(now_ms, wait)
        if self._own_overall or self._mode in (_READY, _READING, _DEVICE):
            wait = min(wait, self._overall(self._count - 1, now_ms))
        if self.mark is not None:
            self._strip.set(self.mark, look.WHITE, look.FULL)
        self._strip.show()
        return wait

    def _render_keys(self, now_ms):
        """Put the lamps of keys that are new or that blink; return when to do so again."""
        wait = look.CYCLE_MS
        for index, group in enumerate(self._groups):
            appearance = self._looks[index]
            if appearance is None:
                appearance = self._looks[index] = self._of_keys(index, group)
            elif appearance[1] is look.STEADY:
                continue
            wait = min(wait, self._put(index, appearance, now_ms))
        return wait

    def _put(self, index, appearance, now_ms):
        colour, pattern, level = appearance
        self._strip.set(index, colour, level if look.is_on(pattern, now_ms) else 0)
        return look.until_edge(pattern, now_ms)

    def _of_keys(self, index, group):
        if self._mode == _TEST:
            return look.TEST if index == self._tested else look.DARK
        states = [self._states[key] for key in group if key in self._states]
        if not states:
            return look.DARK
        if state.LOCKED in states:
            return look.STATES[state.LOCKED]
        if None in states:
            return look.READING
        return look.STATES[state.worst(states)]

    def _overall(self, index, now_ms):
        if self._mode == _READY:
            self._strip.set(index, look.WHITE, look.breath(now_ms))
            return BREATH_FRAME_MS
        if self._mode == _READING:
            self._strip.set(index, look.WHITE, look.motion(now_ms))
            return FRAME_MS
        if self._step:
            return self._one_key(index, now_ms)
        if self._mode == _DEVICE:
            appearance = look.DEVICE[self._flashes]
        elif self._mode == _READ and self._states:
            appearance = look.STATES[state.worst(self._states.values())]
        elif self._mode == _TEST and index == self._tested:
            appearance = look.TEST
        else:
            appearance = look.DARK
        return self._put(index, appearance, now_ms)

    def _one_key(self, index, now_ms):
        key, since = self._step
        past = self._clock.ticks_diff(now_ms, since)
        if past >= _winks_ms(key) + _STEP_MS:
            self._step = None
            return 1
        if past < _winks_ms(key):
            lit = past % look.WINK < look.WINK // 2
            self._strip.set(index, look.WHITE, look.FULL if lit else 0)
        else:
            self._put(index, look.STATES[self._states[key]], now_ms)
        return FRAME_MS


def _winks_ms(key):
    return (PLACES.index(key) + 1) * look.WINK

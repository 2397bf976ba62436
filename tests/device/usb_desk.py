"""A desk with a PaSoRi on it, in MicroPython for WebAssembly: see usb_worker.js.

What goes in and out is JSON. Time is real.
"""

import time

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.air.picc import Picc
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.pasori.rcs300 import RCS300
from pinlamp_tools.emulator.pasori.rcs380 import RCS380
from pinlamp_tools.emulator.pasori.usb_faults import FAULTS, Faults

KINDS = {"rcs300": RCS300, "rcs380": RCS380}


class _Clock:
    def __init__(self):
        self._last = time.ticks_us()
        self._now = 0

    def now_us(self):
        now = time.ticks_us()
        self._now += time.ticks_diff(now, self._last)
        self._last = now
        return self._now


field = Field()
_faults = Faults()
_clock = _Clock()
_seed = 1
_reader = None


def plug(kind):
    """Plug a reader in; return what a browser sees of it."""
    global _reader
    _reader = KINDS[kind](field, _clock.now_us, _faults)
    return {"pid": _reader.pid, "interfaces": _reader.interfaces}


def unplug():
    """Pull it out."""
    _reader.unplug()


def faults(kind):
    """Return the names of a reader's faults."""
    return [name for name, readers, _ in FAULTS if kind in readers]


def arm(name, which, at_byte=None, times=1):
    """Let a fault strike, from the command `which` on, counted from 0; see Faults.arm."""
    left = [which]

    def when(command):
        left[0] -= 1
        return left[0] < 0

    _faults.struck = 0
    _faults.arm(name, at_byte, when, times)


def disarm():
    """Return how often the fault struck, and let it strike no more."""
    _faults.disarm()
    return _faults.struck


def out(data):
    """Take a transfer from the host."""
    try:
        _reader.write(bytes(data))
    except OSError:
        pass  # unplugged: the browser says so


def packet():
    """Return the next packet to the host, or None."""
    try:
        found = _reader.read()
    except OSError:
        return None
    return None if found is None else list(found)


def tap(name):
    """Replace what lies on the reader by the card or the cards of that name."""
    global _seed
    _seed += 1
    field.lift()
    field.put(cards.make(name, cards.Prng(_seed)))


def marked(pupi, application_data, token):
    """Lay a card down that tells these marks, as hexadecimal; no token: its own."""
    field.lift()
    (card,) = cards.make("fresh", cards.Prng(1))
    process, unlisted = card.icc.process, bytes.fromhex(token)

    def says(apdu):
        answer = process(apdu)
        if unlisted and apdu[1] == 0xB0 and apdu[4] > 3:
            return unlisted + b" " * (apdu[4] - len(unlisted)) + b"\x90\x00"
        return answer

    card.icc.process = says
    pupi, application_data = bytes.fromhex(pupi), bytes.fromhex(application_data)
    field.put([Picc(card.icc, pupi, application_data, card.info[4:], cards.Prng(1))])


def lift(frames=0):
    """Take the cards away, now or after so many frames."""
    if frames:
        field.lift_after(frames)
    else:
        field.lift()


def presented():
    """Return how many PINs were presented to all cards."""
    return field.presented

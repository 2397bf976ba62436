"""The cards of a soak: those of the catalogue, and random My Number Cards.

They also have faults that nobody has seen on a card: missing applets and files, senseless answers,
counters above their maximum. Runs under MicroPython.
"""
# mypy: ignore-errors

from mynacard.keys import JPKI, LICENCE
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.applet import File, Pin
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.emulator.card.content import PINS

_WORDS = (
    b"\x90\x00",
    b"\x63\x00",
    b"\x69\x84",
    b"\x69\x83",
    b"\x6a\x82",
    b"\x6a\x83",
    b"\x6a\x88",
    b"\x69\x86",
    b"\x6a\x86",
    b"\x67\x00",
    b"\x6d\x00",
    b"\x6e\x00",
    b"\x6f\x00",
    b"\x63\xcf",
    b"\x63\x10",
    b"\x62\xc3",
    b"\x00\x00",
)
_TOKENS = (
    b"JPKIAPICCTOKEN",
    b"JPKIAPGPSETOKEN",
    b"JPKIAPIOSTOKEN",
    b"JPKIAPICCTOKEN3",
    b"JPKIAPIOSTOKEN\x00\x00",
    b"JPKIAPICCTOKEN2\x00",
    b"jpkiapicctoken2",
    b"",
)
_CERTIFICATES = (b"\x00\x8f\x00", b"\x8f\x00\x00", b"\x00\x00\x00", b"\x01\x01\x01", b"\x00\x8f")
_PROCESSING_US = (1_000, 5_000, 10_000, 20_000)
NAMES = tuple([card.name for card in CARDS])


def choose(rng):
    """Return (name, cards to lay down together), half of the time from the catalogue."""
    processing_us = _PROCESSING_US[rng(len(_PROCESSING_US))]
    if rng(2):
        name = NAMES[rng(len(NAMES))]
        return name, cards.make(name, rng, processing_us)
    made = cards.make("licence", rng, processing_us)
    _change(made[0].icc, rng)
    return "random", made


def _change(icc, rng):
    applets = {applet.aid: applet.files for applet in icc.applets}
    for aid, ef, _, maximum in PINS.values():
        if rng(100) < 4:
            del applets[aid][ef]
        else:
            _change_pin(applets[aid][ef], maximum, rng)
    if rng(100) < 30:
        applets[JPKI][0x0008] = File(_CERTIFICATES[rng(len(_CERTIFICATES))])
    if rng(100) < 20:
        token = _TOKENS[rng(len(_TOKENS))]
        applets[JPKI][0x0006] = File(token + b" " * (32 - len(token)))
    elif rng(100) < 5:
        applets[JPKI][0x0006] = File(b"JPKIAPICCTOKEN2")  # shorter than it must be
    if rng(100) < 30:
        applets[LICENCE][0x001A] = File(bytes((0xC1, 0x01, rng(3))))
    for aid, file in ((JPKI, 0x0006), (JPKI, 0x0008), (LICENCE, 0x001A)):
        if rng(100) < 3:
            del applets[aid][file]
    icc.applets[:] = [applet for applet in icc.applets if rng(100) >= 4]


def _change_pin(pin: Pin, maximum, rng):
    chance = rng(100)
    if chance < 45:
        return
    if chance < 65:
        pin.left = rng(maximum + 1)
    elif chance < 80:
        pin.left = 0
        pin.locked_word = (b"\x63\xc0", b"\x69\x84", b"\x69\x83")[rng(3)]
    elif chance < 85:
        pin.left = rng(16)
    else:
        pin.word = _WORDS[rng(len(_WORDS))] if rng(4) else rng.take(2)

"""The page's simulator: the firmware, its chip and its cards in one MicroPython in the browser.

It runs as `simulator` in a worker; `page` is the JavaScript module that the worker registers. The
functions pass text alone: JavaScript need not keep Python objects alive.
"""
# mypy: ignore-errors

import page

from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.air.field import PULL_AFTER_FRAMES, Field
from machine import connect


field = Field()
connect(Chip(field))


def _told(card):
    """Return the card; the page sees each command to it and its answer."""
    if card.kind != "B":
        return card
    process = card.icc.process

    def told(apdu):
        answer = process(apdu)
        page.exchange(bytes(apdu).hex(), bytes(answer).hex(), field.presented)
        return answer

    card.icc.process = told
    return card


def tap(name):
    """Replace what lies on the reader by the card or the cards of that name."""
    field.lift()
    rng = cards.Prng(page.seed())  # the browser's MicroPython has no os.urandom
    field.put([_told(card) for card in cards.make(name, rng)])


def lift():
    """Take the card away."""
    field.lift()


def pull(name):
    """Hold the card of that name to the reader, and pull it away half-way."""
    tap(name)
    field.lift_after(PULL_AFTER_FRAMES)


async def main():
    """Run the firmware as its main.py does. The page shows a crash."""
    from pinlamp import start

    try:
        await start.main()
    except SystemExit:
        pass  # the firmware asked for a reset: the page starts it again

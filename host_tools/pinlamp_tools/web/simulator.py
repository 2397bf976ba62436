"""The page's simulator: the firmware, its chip and its cards in one MicroPython in the browser.

Loaded there as `simulator`; `page` is the JavaScript module that the page registers. What the page
calls takes and gives JSON, so that nothing is kept alive on the other side.
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
    """Let the page see each command to a card and its answer."""
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
    """Hold the card or the cards of that name to the reader, instead of what lies there."""
    field.lift()
    rng = cards.Prng(page.seed())  # there is no os.urandom here
    field.put([_told(card) for card in cards.make(name, rng)])


def lift():
    """Take the card away."""
    field.lift()


def pull(name):
    """Hold that card to the reader and pull it away in the middle."""
    tap(name)
    field.lift_after(PULL_AFTER_FRAMES)


async def main():
    """Run the firmware as its main.py does; a crash is the page's to show."""
    from pinlamp import start

    try:
        await start.main()
    except SystemExit:
        pass  # it has asked for a reset: the page starts it anew

"""A session with a PC/SC reader: one card on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..recording.sources import from_pcsc
from ..recording.tape import NAMELESS, Tape
from .card import HOLDERS, answer, card_of
from .found import Found
from .talk import Talk

STEPS = 1


def session(
    found: Found, talk: Talk, part: str | None, lang: str, save: Callable[[], None]
) -> None:
    """Read cards as long as the person has some. Raises click's errors for those of PC/SC.

    `part`: a text in the reader's name. `save` is called after each card.
    """
    talk.begin(STEPS)
    talk.step("card")
    talk.say("report")
    while talk.ready("pcsc_lay" if not found.data.get("cards") else "pcsc_another"):
        tape = Tape()
        model, licence = from_pcsc(tape, part, False, lang)
        card = card_of(tape, "pcsc", model, licence)
        if card is None or not keep(found, card):
            talk.bad("card_none")
            continue
        told = card["report"]
        exchanges = sum(one["count"] for one in told["ms"].values())
        talk.card(told["complete"], exchanges, card["ms"])
        ask_holder(found, talk)
        if told["complete"] and found.data["host"] == "win32":
            found.answer("windows_pcsc", True)
        save()
    if not found.data.get("cards"):
        found.skip("card")


def keep(found: Found, card: dict[str, Any]) -> bool:
    """Keep the entry of a card at once: the session may end before its person says what it was.

    A reader's name that the file does not allow, as one in Japanese, stays out of it. Return
    whether the entry was taken: then it is the last one.
    """
    nameless = {**card, "report": {**card["report"], "reader": NAMELESS}}
    for entry in (card, nameless):
        if found.add("cards", entry):
            answer(found, entry)
            return True
    return False


def ask_holder(found: Found, talk: Talk) -> None:
    """Ask what kind of card the last one was."""
    *others, last = found.data["cards"]
    last = {**last, "holder": talk.choose("holder", HOLDERS)}
    found.put("cards", [*others, last])
    answer(found, last)

"""A card in a session's file: its report, its times, and the open questions that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..recording.report import report
from ..recording.tape import Tape
from ..recording.trace import TraceError, parse
from ..recording.trace import replay as answers_in
from ..show.heard import ALWAYS
from .found import Found

HOLDERS = ("adult", "child", "face", "phone", "other", "not_said")
PROVENANCE = "first light"

_ON_PURPOSE = ("auth", "juki", "common", "text_pin")
_TRIES = ("text_a", "visual_a", "visual_birth")


def card_of(
    tape: Tape,
    reader: str,
    model: str,
    licence: bool,
    us: Sequence[int] = (),
    present: bool | None = None,
) -> dict[str, Any] | None:
    """Return the entry of a tap for the list `cards`, without its holder; None for a broken one.

    `reader`: a link or "pcsc"; `model`: a PC/SC reader's, or the chip's name. `us`: the exact
    times of the exchanges. `present`: what R(NAK) told of the card that still lay there.
    """
    trace = tape.trace(PROVENANCE, model, licence)
    if not trace.exchanges:
        return None
    if len(us) >= len(trace.exchanges):  # more of them: the tap began anew in between
        times = us[-len(trace.exchanges) :]
        exact = [replace(e, ms=t / 1000) for e, t in zip(trace.exchanges, times, strict=True)]
        trace = replace(trace, exchanges=tuple(exact))
    try:
        parse(trace.lines())
        list(answers_in(trace))
    except TraceError:
        return None
    return {
        "reader": reader,
        "holder": "not_said",
        "ms": trace.ms,
        "present": present,
        "report": report(trace, tape.fwi),
    }


def answer(found: Found, card: dict[str, Any]) -> None:
    """Answer the open questions that the entry of a whole card decides."""
    told = card["report"]
    if not told["complete"]:
        return
    found.answer("present_works", card["present"])
    shortest = min((one["min"] for one in told["ms"].values()), default=None)
    found.answer("card_command_us", None if shortest is None else round(shortest * 1000))
    found.answer("card_fwi", told["fwi"])
    found.answer("first_6f00", told["first_word"] == "6F00")
    found.answer("applet_6283", "6283" in told["applets"].values())
    words = [key["word"] for key in told["keys"].values()]
    if not any(words):
        return  # a card whose keys are not asked
    if told["kind"] == "my_number_card":
        states = [told["keys"].get(key, {}).get("state") for key in ALWAYS]
        found.answer("key_lacking", "absent" in states)
    found.answer("query_9000", "9000" in words)
    found.answer("query_6983", "6983" in words)
    for key in _TRIES:
        found.answer(f"{key}_left", told["keys"].get(key, {}).get("left"))
    certificates = told["certificates"]
    if card["holder"] in ("child", "face") and certificates is not None:
        # Neither has a signature certificate, whose byte is the first.
        found.answer("no_certificate_00", certificates[:2] == "00")
    if card["holder"] == "face":
        locked = [told["keys"].get(key, {}).get("left") == 0 for key in _ON_PURPOSE]
        found.answer("face_locks", all(locked))

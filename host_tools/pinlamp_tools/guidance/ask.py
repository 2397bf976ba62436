"""`pinlamp guide --ask`: asks what the way to the office depends on, and says where to go."""

from __future__ import annotations

from typing import Any

import click
from rich.text import Text

from ..show.names import Names
from ..show.reading import Reading
from ..show.rows import numbers
from ..show.strange import tell
from ..show.terminal import console, lines
from .plan import QUESTIONS, pair_to_ask, plan
from .render import grid
from .sources import old
from .texts import guidance, today

LAMPS = 12
_YES, _NO = ("y", "yes", "はい"), ("n", "no", "いいえ")


def ask_locked(lang: str) -> list[dict[str, Any]]:
    """Ask which lamps of the ring are red; return a finding for each of these.

    A lamp that is not red may be anything: green, on its last try, not read.
    """
    names, words = Names(lang), guidance(lang)["plan"]
    lamps = numbers(LAMPS)
    out = console()
    rows = [(str(number), names.key(key)) for key, number in lamps.items() if key != "overall"]
    out.print(grid(rows, ["12"], out.width))
    while True:
        given = str(click.prompt(words["which"])).replace(",", " ").replace("、", " ").split()
        red = [key for key, number in lamps.items() if str(number) in given and key != "overall"]
        if red and len(red) == len(set(given)):
            return [{"id": key, "state": "locked"} for key in red]
        tell(words["again"])


def ask(kind: str, findings: list[dict[str, Any]], lang: str) -> None:
    """Ask the questions that matter for a complete result, and print where to go.

    Raise UsageError if nothing is locked.
    """
    data = guidance(lang)
    words = data["plan"]
    answers: dict[str, bool | None] = {}
    found = plan(data, kind, findings, True, answers)
    if found is None:
        raise click.UsageError("--ask is about a My Number Card on which something is locked")
    out = console()
    other = pair_to_ask(findings)
    if other is not None:
        asked = words["pair"].format(key=Names(lang).key(other))
        out.print(Text(lines(asked, out.width)))
        good = _answer(words["prompt"]) is True
        findings = [*findings, {"id": other, "state": "ok" if good else "unknown"}]
        found = plan(data, kind, findings, True, answers) or found
    for name in QUESTIONS:
        if name in found["ask"]:
            out.print(Text(lines(words["ask"][name], out.width)))
            answers[name] = _answer(words["prompt"])
    found = plan(data, kind, findings, True, answers)
    out.print(Text("\n" + lines(f"■ {words['title']}", out.width), "bold"))
    out.print(grid(found["rows"], list(words["labels"].values()), out.width))
    late = old(data, found["checked"], today())
    if late:
        out.print(Text(lines(late, out.width), "bold"))


def ask_of(reading: Reading, lang: str) -> None:
    """Ask about a reading, if something is locked for which there is a way; else say nothing."""
    kind, findings, complete = reading.result()
    if kind is not None and plan(guidance(lang), kind, findings, complete, {}):
        click.echo()
        ask(kind, findings, lang)


def _answer(prompt: str) -> bool | None:
    given = str(click.prompt(prompt, default="", show_default=False)).strip().lower()
    return True if given in _YES else False if given in _NO else None

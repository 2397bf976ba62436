"""`pinlamp guide --ask`: asks what the way to the office depends on, and says where to go."""

from __future__ import annotations

from typing import Any

import click
from rich.text import Text

from ..show.names import Names
from ..show.reading import Reading
from ..show.rows import LAYOUTS, OVERALL, PLACES, lamps
from ..show.strange import tell
from ..show.terminal import console, lines
from .plan import QUESTIONS, pair_to_ask, plan
from .render import grid
from .sources import old
from .texts import guidance, today

_YES, _NO = ("y", "yes", "はい"), ("n", "no", "いいえ")


def ask_locked(lang: str) -> list[dict[str, Any]]:
    """Ask which lamps of the device are red; return a finding for each key of these.

    Of a red lamp of several keys nobody knows which it means: all of them count as locked. A lamp
    that is not red may be anything: green, on its last try, not read.
    """
    names, words = Names(lang), guidance(lang)["plan"]
    layout = _layout(words)
    groups = [(key,) for key in PLACES] if layout == 1 else lamps(layout)  # 1: as it winks them
    label = {str(at): keys for at, keys in enumerate(groups, 1) if keys != (OVERALL,)}
    out = console()
    rows = [
        (number, names.key(keys[0]) if len(keys) == 1 else names.joined(keys))
        for number, keys in label.items()
    ]
    out.print(grid(rows, ["12"], out.width))
    while True:
        given = set(_typed(words["winks" if layout == 1 else "which"]))
        if given and given <= set(label):
            red = [key for number, keys in label.items() if number in given for key in keys]
            return [{"id": key, "state": "locked"} for key in red]
        tell(words["again"])


def _layout(words: dict[str, Any]) -> int:
    """Ask how many lamps the device has, as one number means another key on another label."""
    known = {str(count): count for count in LAYOUTS}
    while True:
        given = _typed(words["lamps"], str(LAYOUTS[0]))
        if len(given) == 1 and given[0] in known:
            return known[given[0]]
        tell(words["lamps_again"])


def _typed(prompt: str, default: str | None = None) -> list[str]:
    given = str(click.prompt(prompt, default=default, show_default=False))
    return given.replace(",", " ").replace("、", " ").split()


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

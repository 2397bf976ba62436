"""The talk of a session with its person: short questions, answered by one key."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..show.strange import tell, visible
from ..show.wrap import wrap

TEXTS = json.loads(Path(__file__).with_name("texts.json").read_text("utf-8"))

_WIDEST = 80
_INDENT = "  "
_WIDE = "WF"  # East Asian widths of two columns


def _columns(text: str) -> float:
    return sum(2 if unicodedata.east_asian_width(one) in _WIDE else 1 for one in text)


class Talk:
    """Says and asks in one language. Ctrl-C and the end of the input raise click.Abort."""

    def __init__(self, lang: str) -> None:
        """`lang`: "ja" or "en"."""
        self._texts: dict[str, str] = TEXTS[lang]
        self._yes_no = (self._texts["yes"], self._texts["no"])
        self._asked = False  # something in this step: a gap comes before the next question
        self._step = 0
        self._steps = 0
        self.reader = "PN532"  # what the texts call the device's reader

    def text(self, name: str, **facts: Any) -> str:
        """Return a text of texts.json."""
        shown = {
            name: visible(fact) if isinstance(fact, str) else fact for name, fact in facts.items()
        }
        return self._texts[name].format(**{"reader": self.reader, **shown})

    def begin(self, steps: int) -> None:
        """Say how many steps there will be."""
        self._steps = steps

    def step(self, name: str) -> None:
        """Begin a step: its number and its title."""
        self._step += 1
        self._asked = False
        click.echo()
        click.secho(f"{self._step}/{self._steps}  {self.text('step_' + name)}", bold=True)

    def say(self, name: str, **facts: Any) -> None:
        """Say a text, broken into lines."""
        click.echo(self._broken(self.text(name, **facts)))

    def good(self, name: str, **facts: Any) -> None:
        """Say what went well."""
        click.secho(self._broken(self.text(name, **facts), "✓ "), fg="green")

    def bad(self, name: str, **facts: Any) -> None:
        """Say what did not."""
        click.secho(self._broken(self.text(name, **facts), "✗ "), fg="red")

    def card(self, complete: bool, exchanges: int, ms: int) -> None:
        """Say how a tap went."""
        if complete:
            self.good("card_read", count=exchanges, ms=ms)
        else:
            self.bad("card_part")

    def seen(self, name: str) -> bool | None:
        """Ask what the person sees: yes, no, or Enter for "not sure" (None)."""
        return {"y": True, "n": False, "": None}[self._key(name, ("y", "n", ""), "seen")]

    def ready(self, name: str, **facts: Any) -> bool:
        """Ask the person to do something; False if they leave it out."""
        return self._key(name, ("", "s"), "ready", **facts) == ""

    def again(self, name: str, **facts: Any) -> bool:
        """Ask whether to try once more; Enter says yes."""
        return self._key(name, ("", "s"), "again", **facts) == ""

    def choose(self, name: str, values: Sequence[str], **facts: Any) -> str:
        """Ask for one of `values` by its number, each with the text NAME_VALUE; Enter: the last.

        The last one is "none of these".
        """
        self._gap()
        click.echo(self._broken(self.text(name, **facts)))
        for number, value in enumerate(values, 1):
            said = self._texts.get(f"{name}_{value}", value.upper())
            tell(f"{_INDENT}  {number}  {said}")
        keys = [str(number) for number in range(1, len(values) + 1)]
        got = self._key(None, (*keys, ""), "choose", last=keys[-1])
        return values[int(got) - 1] if got else values[-1]

    def _key(self, name: str | None, keys: Sequence[str], hint: str, **facts: Any) -> str:
        """Return one of `keys` that the person typed; ask again for anything else."""
        if name is not None:
            self._gap()
            click.echo(self._broken(self.text(name, **facts)))
        prompt = click.style(f"{_INDENT}{self.text('hint_' + hint, **facts)} >", dim=True)
        while True:
            typed = click.prompt(prompt, default="", show_default=False, prompt_suffix=" ")
            # Japanese keyboards often type in full width: NFKC makes ASCII of it.
            typed = unicodedata.normalize("NFKC", typed).strip().lower()
            typed = {self._yes_no[0]: "y", self._yes_no[1]: "n"}.get(typed, typed)
            if typed in keys:
                return typed
            click.echo(self._broken(self.text("what")))

    def _gap(self) -> None:
        if self._asked:
            click.echo()
        self._asked = True

    def _broken(self, text: str, sign: str = "") -> str:
        most = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns) - 4
        lines = [line for part in text.split("\n") for line in wrap(part, most, _columns)]
        gap = " " * len(sign)
        return "\n".join(
            _INDENT + (gap if number else sign) + line for number, line in enumerate(lines)
        )

"""`pinlamp guide` and `pinlamp explain`: the guidance without a card."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from ..exits import NOT_READ
from ..show.heard import states_of
from ..show.options import ask_option, lang_option, no_such, slip_option, sources_option
from . import choose
from .sources import old, told
from .texts import guidance, index, phrases, today

_MY_NUMBER_CARD = "my_number_card"
_LOCKS = ("locked", "by_design")
_NO_STATE = "--print wants KIND KEY STATE: the slip is for a result"


def _one_of(what: str, value: str, names: Sequence[str]) -> str:
    if value in names:
        return value
    raise click.UsageError(no_such(what, value, names))


def _kind_and_key(data: dict[str, Any], words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the kind of card and the words after it; without a kind, a My Number Card."""
    kinds, keys = choose.kinds(data), choose.keys_of(data, _MY_NUMBER_CARD)
    if words[0] in keys:
        return _MY_NUMBER_CARD, list(words)
    return _one_of("kind of card or key", words[0], [*kinds, *keys]), list(words[1:])


@click.command()
@click.argument("words", metavar="[KIND] [KEY] [STATE]", nargs=-1)
@slip_option
@ask_option
@sources_option
@lang_option
def guide(words: tuple[str, ...], slip: bool, questions: bool, sources: bool, lang: str) -> int:
    """Say what a state means, where it is unlocked and what to bring.

    You may omit KIND for a My Number Card. Without STATE: list the possible values.
    """
    from ..show.terminal import console
    from . import listing
    from .ask import ask, ask_locked
    from .render import paragraphs, show_slip

    data = guidance(lang)
    out = console()
    if not words:
        if slip:
            raise click.UsageError(_NO_STATE)
        if questions:
            ask(_MY_NUMBER_CARD, ask_locked(lang), lang)
            return 0
        listing.show_all(out, data, lang)
        return 0
    kind, rest = _kind_and_key(data, words)
    keys = choose.keys_of(data, kind)
    if not keys:
        if slip:
            raise click.UsageError(f"{kind} is not asked: there is no slip for it")
        if rest:
            raise click.UsageError(f"{kind} has no keys: it is not asked")
        (advice,) = choose.advise(data, kind, [], True)
        out.print(paragraphs(advice, lang, out.width, sources))
        return 0
    key = _one_of("key", rest[0], keys) if rest else None
    state = _one_of(f"state of {key}", rest[1], states_of(key)) if rest[1:] else None
    if rest[2:]:
        raise click.UsageError(f"{' '.join(rest[2:])} is too much: give KIND KEY STATE")
    if key is None or state is None:
        if slip:
            raise click.UsageError(_NO_STATE)
        if key is None:
            listing.show_keys(out, kind, keys, lang)
        else:
            listing.show_states(out, data, kind, key)
    elif questions:
        ask(kind, [{"id": key, "state": state}], lang)
    elif slip:
        if state not in _LOCKS:
            raise click.UsageError(f"{state} needs no counter: there is no slip for it")
        show_slip(kind, [{"id": key, "state": state}], True, lang)
    else:
        advice = choose.entry(data, kind, key, state)
        out.print(paragraphs(advice, lang, out.width, sources))
    return 0


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the topics' ids and keys as JSON.")
@sources_option
@lang_option
def explain(text: str, as_json: bool, sources: bool, lang: str) -> int:
    """Say what an app or a counter may have meant by TEXT, how to tell, and where to go."""
    from rich.text import Text

    from ..show.terminal import console, lines
    from .explain import explain as look_up
    from .render import grid

    data = phrases()
    topics = look_up(data, index(), unicodedata.normalize("NFKC", text))
    if as_json:
        found = [{"id": topic["id"], "keys": topic["keys"], **topic[lang]} for topic in topics]
        print(json.dumps(found))
        return 0 if topics else NOT_READ
    out = console()
    if not topics:
        out.print(Text(lines(data["offer"][lang], out.width)))
        for topic in data["topics"]:
            out.print(Text(lines("- " + topic[lang]["title"], out.width)))
        raise click.ClickException(data["unknown"][lang])
    fields = data["fields"][lang]
    names = guidance(lang)
    for number, topic in enumerate(topics):
        if number:
            out.print()
        out.print(Text(lines("■ " + topic[lang]["title"], out.width), "bold"))
        texts = dict(topic[lang])
        if topic["keys"]:
            texts["keys"] = choose.named(names, None, topic["keys"])
        rows = [(title, texts[field]) for field, title in fields.items() if field in texts]
        out.print(grid(rows, list(fields.values()), out.width))
        source, checked = told(names, topic["source"])
        late = old(names, checked, today())
        if sources:
            out.print(grid([("", " / ".join(source))], list(fields.values()), out.width, "dim"))
        if late:
            out.print(Text(lines(late, out.width, 2), "bold"))
    return 0

"""`pinlamp guide` and `pinlamp explain`: the guidance alone."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Sequence

import click

from ..exits import NOT_READ
from ..show.options import lang_option, slip_option
from . import choose
from .texts import guidance, phrases


def _one_of(what: str, value: str, names: Sequence[str]) -> str:
    if value in names:
        return value
    near = difflib.get_close_matches(value, names, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise click.UsageError(f"there is no {what} {value}: {hint}there are {', '.join(names)}")


@click.command()
@click.argument("kind", required=False)
@click.argument("key", required=False)
@click.argument("state", required=False)
@slip_option
@lang_option
def guide(kind: str | None, key: str | None, state: str | None, slip: bool, lang: str) -> int:
    """Say what a state means, who unlocks it and what to bring.

    Without KIND KEY STATE: what can be asked for.
    """
    from rich.text import Text

    from ..show.terminal import console, lines
    from .render import paragraphs, show_slip

    data = guidance(lang)
    out = console()
    if slip and state is None:
        if kind in choose.kinds(data) and not choose.keys_of(data, str(kind)):
            raise click.UsageError(f"{kind} is not asked: there is no slip for it")
        raise click.UsageError("--print wants KIND KEY STATE: the slip is for a result")
    if kind is None:
        for name in choose.kinds(data):
            title = data["kinds"][name]["title"]
            out.print(Text(lines(f"{name:<16}{title}", out.width)))
            if keys := choose.keys_of(data, name):
                out.print(Text(lines(" ".join(keys), out.width, 2), "dim"))
        states = " ".join(data["states"])
        out.print(Text("\n" + lines(f"STATE: {states}", out.width)))
        out.print(Text("\npinlamp guide my_number_card visual_b locked\n"))
        out.print(Text(lines(data["safety"], out.width), "dim"))
        return 0
    _one_of("kind of card", kind, choose.kinds(data))
    keys = choose.keys_of(data, kind)
    if not keys:
        if key is not None:
            raise click.UsageError(f"{kind} has no keys: it is not asked")
        (advice,) = choose.advise(data, kind, [], True)
        out.print(paragraphs(advice, lang, out.width))
        return 0
    if key is None or state is None:
        raise click.UsageError(f"give KEY and STATE too: keys of {kind} are {', '.join(keys)}")
    _one_of("key", key, keys)
    _one_of(f"state of {key}", state, choose.states_of(key))
    if slip:
        show_slip(kind, [{"id": key, "state": state}], True, lang)
    else:
        out.print(paragraphs(choose.entry(data, kind, key, state), lang, out.width))
    return 0


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the topics' ids and keys as JSON.")
@lang_option
def explain(text: str, as_json: bool, lang: str) -> int:
    """Say what an app or a counter may have meant by TEXT, how to tell, and where to go."""
    from rich.text import Text

    from ..show.terminal import console, lines
    from .explain import explain as look_up
    from .render import grid

    data = phrases()
    topics = look_up(data, unicodedata.normalize("NFKC", text))
    if as_json:
        found = [{"id": topic["id"], "keys": topic["keys"], **topic[lang]} for topic in topics]
        print(json.dumps(found))
        return 0 if topics else NOT_READ
    if not topics:
        raise click.ClickException(data["unknown"][lang])
    out = console()
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
    return 0

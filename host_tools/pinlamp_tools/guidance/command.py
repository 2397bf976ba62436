"""`pinlamp guide` and `pinlamp explain`: the guidance alone."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Sequence

import click

from ..once import NOT_READ
from ..params import lang_option, slip_option
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

    from .show import console, paragraphs, show_slip

    data = guidance(lang)
    out = console()
    if kind is None:
        for name in choose.kinds(data):
            keys = " ".join(choose.keys_of(data, name))
            out.print(Text(f"{name:<16}{data['kinds'][name]['title']}"))
            if keys:
                out.print(Text("  " + keys, "dim"))
        states = " ".join(data["states"])
        out.print(Text(f"\nSTATE: {states}\n\npinlamp guide my_number_card visual_b locked\n"))
        out.print(Text(data["safety"], "dim"))
        return 0
    _one_of("kind of card", kind, choose.kinds(data))
    keys = choose.keys_of(data, kind)
    if not keys:
        if key is not None:
            raise click.UsageError(f"{kind} has no keys: it is not asked")
        (advice,) = choose.advise(data, kind, [], True)
        out.print(paragraphs(advice, lang))
        return 0
    if key is None or state is None:
        raise click.UsageError(f"give KEY and STATE too: keys of {kind} are {', '.join(keys)}")
    _one_of("key", key, keys)
    _one_of(f"state of {key}", state, choose.states_of(key))
    if slip:
        show_slip(kind, [{"id": key, "state": state}], True, lang)
    else:
        out.print(paragraphs(choose.entry(data, kind, key, state), lang))
    return 0


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the topics' ids and keys as JSON.")
@lang_option
def explain(text: str, as_json: bool, lang: str) -> int:
    """Say what an app or a counter may have meant by TEXT, how to tell, and where to go."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    from ..wrap import wrap
    from .explain import explain as look_up
    from .show import console

    data = phrases()
    topics = look_up(data, unicodedata.normalize("NFKC", text))
    if as_json:
        found = [{"id": topic["id"], "keys": topic["keys"], **topic[lang]} for topic in topics]
        print(json.dumps(found, ensure_ascii=False))
        return 0 if topics else NOT_READ
    if not topics:
        raise click.ClickException(data["unknown"][lang])
    out = console()
    fields = data["fields"][lang]
    column = max(map(cell_len, fields.values())) + 2
    names = guidance(lang)
    for number, topic in enumerate(topics):
        if number:
            out.print()
        out.print(Text("■ " + topic[lang]["title"], "bold"))
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(no_wrap=True)
        lines = dict(topic[lang])
        if topic["keys"]:
            lines["keys"] = names["joint"].join(names["short"][key] for key in topic["keys"])
        for field, title in fields.items():
            if field in lines:
                text = "\n".join(wrap(lines[field], 79 - column, cell_len))
                grid.add_row("  " + title, text)
        out.print(grid)
    return 0

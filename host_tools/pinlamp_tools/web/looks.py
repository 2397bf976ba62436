"""The looks of states on the page, as CSS: colours of `show.colours`, patterns of `pinlamp.look`.

A mark shows a lamp's two seconds as a bar: people see the pattern without the colour and without
motion. Words have the lamp's colour, in a shade that can be read.
"""

from __future__ import annotations

from mynacard import state
from pinlamp import look

from ..show import colours

_DIM = 35  # percent of a mark's height


def css() -> str:
    """Return the rules for `.mark` and for words, each with a state as its class."""
    lamps = {name: "#{:02x}{:02x}{:02x}".format(*rgb) for name, rgb in colours.LAMPS.items()}
    dark = _variables(_inks(colours.PAGE_BY_NIGHT))
    rules = [
        _variables({**lamps, **_inks(colours.PAGE_BY_DAY)}),
        f"@media (prefers-color-scheme: dark) {{ {dark} }}",
    ]
    for found in look.STATES:
        name = colours.name(found)
        if not name:
            continue
        rules.append(f".mark.{found} {{ --bar: {_bar(found, name)}; }}")
        if name in colours.PAGE_BY_DAY:
            weight = 700 if found == state.LOCKED else 600
            rules.append(f":is(td, h3, .headline).{found} {{ color: var(--{name}-ink); }}")
            rules.append(f"td.{found} {{ font-weight: {weight}; }}")
    return "\n".join([*rules, ""])


def _inks(shades: dict[str, str]) -> dict[str, str]:
    return {f"{name}-ink": shade for name, shade in shades.items()}


def _variables(values: dict[str, str]) -> str:
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in values.items()) + " }"


def _bar(found: str, name: str) -> str:
    _, pattern, level = look.STATES[found]
    if level < look.FULL:
        return f"linear-gradient(0deg, var(--{name}) {_DIM}%, transparent 0)"
    if pattern == look.STEADY:
        return f"var(--{name})"
    stops = []
    for start, end in pattern:
        begin = f"transparent 0 {start / look.CYCLE_MS:.2%}, " if start else ""
        stops.append(f"{begin}var(--{name}) 0 {end / look.CYCLE_MS:.2%}")
    return f"linear-gradient(90deg, {', '.join(stops)}, transparent 0)"

"""The architecture, drawn from the imports: rooms, arrows, floors, and docs/architecture.svg.

    python tests/architecture.py docs/architecture.svg [--check]

A room is a library (`pn532`, `mynacard`, `isodep`, `pasori`), the device's `pinlamp`, or a module
or folder at the root of `pinlamp_tools`. An arrow is an import, even inside a function, or a
command that `cli` names in its table. With --check this writes nothing; the exit status is 1 if
the picture would change. Graphviz's layout differs between versions, so the check compares the
graph itself, which the picture carries in a comment.
"""

import ast
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

from places import ROOT

TOOLS = "pinlamp_tools"
PACKAGES = {
    "pn532": ROOT / "lib" / "pn532" / "pn532",
    "mynacard": ROOT / "lib" / "mynacard" / "mynacard",
    "isodep": ROOT / "lib" / "isodep" / "isodep",
    "pasori": ROOT / "lib" / "pasori" / "pasori",
    "pinlamp": ROOT / "firmware" / "pinlamp",
    TOOLS: ROOT / "host_tools" / TOOLS,
}
_LIBRARY = "#dcefe6"
_COLOURS = {
    "pn532": _LIBRARY,
    "mynacard": _LIBRARY,
    "isodep": _LIBRARY,
    "pasori": _LIBRARY,
    "pinlamp": "#fdf0d5",
}
_HOST = "#e6ebf5"


def modules():
    """Return {dotted name: file} of every module of the project."""
    found = {}
    for package, folder in PACKAGES.items():
        for file in sorted(folder.rglob("*.py")):
            parts = (package, *file.relative_to(folder).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def room_of(module):
    """Return the room of a module by its dotted name, or None for a module of another project."""
    package, _, rest = module.partition(".")
    if package == TOOLS:
        return rest.partition(".")[0] or None
    return package if package in PACKAGES else None


def rooms():
    """Return {room: set of the rooms that it imports}."""
    arrows_of = {}
    for module, file in modules().items():
        room = room_of(module)
        if room is None:  # pinlamp_tools/__init__.py, which imports nothing
            continue
        arrows = arrows_of.setdefault(room, set())
        for imported in _imports(module, file):
            other = room_of(imported)
            if other is not None and other != room:
                arrows.add(other)
    return arrows_of


def circles(arrows_of):
    """Return the rooms from which a path of arrows leads back to them."""
    return sorted(room for room in arrows_of if room in _reached(arrows_of, room))


def floors(arrows_of):
    """Return {room: floor}: 0 without imports; otherwise above every room that it imports."""
    floor = {}
    while len(floor) < len(arrows_of):
        ready = [r for r in arrows_of if r not in floor and all(o in floor for o in arrows_of[r])]
        for room in ready:
            floor[room] = 1 + max((floor[other] for other in arrows_of[room]), default=-1)
        assert ready, f"a circle among {sorted(set(arrows_of) - set(floor))}"
    return floor


def graph(arrows_of):
    """Return the graph in Graphviz's language, without arrows that follow from two others."""
    lines = [
        "digraph imports {",
        "  rankdir=TB; nodesep=0.25; ranksep=0.5; splines=true;",
        '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=13];',
        '  edge [color="#8b93a1", arrowsize=0.6];',
    ]
    for room in sorted(arrows_of):
        lines.append(f'  {room} [fillcolor="{_COLOURS.get(room, _HOST)}"];')
    for room in sorted(arrows_of):
        for other in sorted(arrows_of[room]):
            if not any(other in _reached(arrows_of, via) for via in arrows_of[room] - {other}):
                lines.append(f"  {room} -> {other};")
    return "\n".join([*lines, "}", ""])


def _reached(arrows_of, start):
    found, ways = set(), list(arrows_of[start])
    while ways:
        room = ways.pop()
        if room not in found:
            found.add(room)
            ways += arrows_of[room]
    return found


def _imports(module, file):
    """Yield the absolute dotted names of a module's imports."""
    tree = ast.parse(file.read_text("utf-8"))
    package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif isinstance(node, ast.Constant) and module == f"{TOOLS}.cli":
            text = node.value  # of the table of commands: ".simulator.command"
            if isinstance(text, str) and re.fullmatch(r"(\.\w+)+", text):
                yield TOOLS + text


def comment(text):
    """Return the graph's text in the picture."""
    return f"<!-- {html.escape(text)} -->"


def main():
    """Write the picture, or check it; return the exit status."""
    out = Path(sys.argv[1])
    text = graph(rooms())
    if "--check" in sys.argv[2:]:
        if out.exists() and comment(text) in out.read_text("utf-8"):
            return 0
        print(f"{out} does not show today's imports: make architecture", file=sys.stderr)
        return 1
    dot = shutil.which("dot")
    if dot is None:
        print("Graphviz is missing (Debian: graphviz)", file=sys.stderr)
        return 1
    drawn = subprocess.run(
        [dot, "-Tsvg"], input=text, capture_output=True, text=True, check=True
    ).stdout
    out.write_text(drawn.rstrip() + "\n" + comment(text) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

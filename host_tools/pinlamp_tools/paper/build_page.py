"""The pages of docs/builds: one for each build and language, made from its data.

    python -m pinlamp_tools.paper.build_page docs [--check]

What is said of a board, a pin or a part comes from builds.json and the board's board.json; the
words around it are in build_page.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ..show.names import LANGUAGES
from ..show.strange import tell
from .builds import Build, builds
from .wiring import by_grove, grounds_to_split, wires

TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("build_page.json").read_text("utf-8"))
_SUFFIX = {"ja": ".ja", "en": ""}


def page(build: Build, lang: str) -> str:
    """Return a build's page as Markdown."""
    texts = TEXTS[lang]
    board = build.board
    title = texts["title"].format(board=board.title, part=_part(build, lang))
    sections = [
        [f"# {title}", texts["top"].format(name=build.name)],
        [texts["nobody"].format(board=board.title, board_name=board.name)],
        [texts["time"].format(minutes=build.minutes)],
        [f"## {texts['parts']}", _table(texts["parts_head"], _parts(build, lang))],
        [f"## {texts['wiring']}", *_wiring(build, lang)],
        [f"## {texts['program']}", *_program(build, lang)],
        [f"## {texts['first']}", texts["first_text"].format(last=board.strip.layout)],
        [f"## {texts['unseen']}", _table(texts["unseen_head"], texts["unseen_rows"])],
        [f"## {texts['label']}", *_label(build, lang)],
        [
            f"## {texts['case']}",
            texts["case_text" if build.case else "no_case"].format(name=build.name),
        ],
    ]
    made = f"<!-- {texts['made']} -->"
    blocks = [block for section in sections for block in section]
    return "\n\n".join([*blocks, made]) + "\n"


def _table(head: str, rows: list[str]) -> str:
    rule = "|".join(["---"] * (head.count("|") + 1))
    return "\n".join([f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


def _part(build: Build, lang: str) -> str:
    """Return the part with the lamps in words."""
    kind, _, number = build.strip.partition("-")
    return str(TEXTS[lang]["strips"][kind].format(n=number.replace("x", " × ")))


def _parts(build: Build, lang: str) -> list[str]:
    texts, board = TEXTS[lang], build.board
    any_board = texts["any_board"].format(title=board.title, image=board.image)
    look = texts["boards"].get(board.name, any_board)
    lamps = texts["kinds"][board.strip.shape].format(part=_part(build, lang))
    module = texts["module_look"].format(link=_link(build))
    rows = [f"{texts['board_part']} | {look}", f"{texts['module']} | {module}"]
    rows += [f"{texts['lamps']} | {lamps}", f"{texts['diode']} | {texts['diode_look']}"]
    rows += [texts["cables"][build.cable], texts["usb"]]
    parts = {wire.part for wire in wires(board)}
    return rows + [texts[part] for part in ("buzzer", "button") if part in parts]


def _link(build: Build) -> str:
    return "HSU (UART)" if build.link == "hsu" else build.link.upper()


def _wiring(build: Build, lang: str) -> Iterator[str]:
    texts, board = TEXTS[lang], build.board
    drawn = wires(board)
    yield texts["unplug"]
    yield f"![{texts['wiring_picture']}](../wiring/{build.name}.svg)"
    rows = []
    for wire in drawn:
        pin = texts["by_diode"].format(pin=wire.pin) if wire.partner == "5V" else wire.pin
        part = texts["wired"][wire.part]
        rows.append(f"{pin} | {texts['colours'][wire.colour]} | {part} | {wire.partner}")
    yield _table(texts["wires_head"], rows)
    notes = [texts["places"][board.name]] if board.name in texts["places"] else []
    notes += [texts["colour_grove"] if by_grove(board) else texts["colour_note"]]
    notes += [texts["uart"]] if build.link == "hsu" else []
    notes += [texts["split"].format(count=grounds_to_split(board))]
    notes += [texts["pads"], texts["diode_line"]]
    notes += [texts["reset"]] if "rst" in board.pins else []
    notes += [texts["builtin"]] if board.button and board.button.builtin else []
    notes += [texts["own_dark"]] if any(s.name == "internal" for s in board.strips) else []
    yield "\n".join(f"- {note}" for note in notes)
    picture = texts["switches"].format(link=_link(build))
    yield f"![{picture}](../wiring/switches-{build.link}.svg) {texts['switch_line']}"


def _program(build: Build, lang: str) -> Iterator[str]:
    """The three commands. A board with a drive of its own gets MicroPython by that."""
    texts, board = TEXTS[lang], build.board
    drive = board.chip == "rp2040"
    yield texts["install"]
    image = texts["image_uf2" if drive else "image"]
    yield image.format(image=board.image, suffix=".bin")
    lines = [" ".join(("pinlamp deploy", *build.options)), "pinlamp doctor"]
    first = f"pinlamp flash --board {board.name} --image FILE.bin"
    lines = [*lines, "pinlamp watch"] if drive else [first, *lines]
    yield "\n".join(f"    {line}" for line in lines)
    yield texts["blank"]


def _label(build: Build, lang: str) -> Iterator[str]:
    yield TEXTS[lang]["label_text"].format(name=build.name)
    yield f"    pinlamp board label {build.board_name} --strip {build.strip} -o {build.name}.svg"


def pages() -> dict[Path, str]:
    """Return every page by its path within docs/."""
    return {
        Path("builds", f"{build.name}{_SUFFIX[lang]}.md"): page(build, lang)
        for build in builds()
        for lang in LANGUAGES
    }


@click.command()
@click.argument("docs", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something differs.")
def main(docs: Path, check: bool) -> None:
    """Make the builds' pages in DOCS."""
    wanted = pages()
    there = {path.relative_to(docs) for path in docs.glob("builds/*")}
    stale = [str(path) for path in sorted(there - set(wanted))]
    for path, text in wanted.items():
        file = docs / path
        if not file.exists() or file.read_text("utf-8") != text:
            stale.append(str(path))
    if check:
        if stale:
            tell("`make builds` would change: " + ", ".join(stale))
            sys.exit(1)
        return
    (docs / "builds").mkdir(parents=True, exist_ok=True)
    for path in there - set(wanted):
        (docs / path).unlink()
    for path, text in wanted.items():
        (docs / path).write_bytes(text.encode())  # the same bytes on Windows
        tell(str(path))


if __name__ == "__main__":
    main()

"""The documents: every link leads somewhere, both languages say the same, every command exists."""

import json
import re
import shlex

import click
import jsonschema
import pytest

from mynacard import keys, state
from pinlamp.settings import PROFILES, Settings
from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.deploy.settings import TAKES
from pinlamp_tools.paper import build_page
from places import ROOT
from pn532.status import NAMES

PAGES = (
    "install",
    "buy",
    "wire",
    "flash",
    "first-light",
    "use",
    "security",
    "simulator",
    "traces",
)
PAGES += ("limits", "case", "story", "pasori")
OWN = ("architecture", "events", "protocol", "pn532", "verified")  # in English alone
FILES = [ROOT / "docs" / f"{page}{lang}.md" for page in PAGES for lang in ("", ".ja")]
FILES += [ROOT / "docs" / f"{page}.md" for page in OWN]
# Made by `make builds`.
FILES += [ROOT / "docs" / path for path in build_page.pages()]
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
HABITS = [ROOT / f"{name}.md" for name in ("CONTRIBUTING", "SECURITY", "CHANGELOG")]
OTHERS = [
    *ROOT.glob(".github/**/*.md"),
    *ROOT.glob("lib/*/README.md"),
    ROOT / "tests" / "README.md",
    ROOT / "tests" / "traces" / "PROVENANCE.md",
]


def _commands(path):
    """Return the indented commands of a page, without what comes behind a #."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        match = re.match(r" {4,}(pinlamp|make|mpremote) .*", line)
        if match:
            found.append(line.split("  #")[0].strip())
    return found


def test_no_page_is_forgotten():
    pages = {path for path in ROOT.rglob("*.md") if not _hidden(path.relative_to(ROOT))}
    assert pages == {*FILES, *READMES, *HABITS, *OTHERS}


def _hidden(path):
    return path.parts[0].startswith(".") and path.parts[0] != ".github" or path.parts[0] == "dist"


@pytest.mark.parametrize("path", FILES + READMES + HABITS + OTHERS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        if not target.startswith("https://"):
            file, _, heading = target.partition("#")
            assert (path.parent / file).exists(), target
            assert not heading, "a heading changes its name sooner than a file"


def test_every_file_that_a_page_names_is_there():
    folders = "docs|tests|lib|firmware|boards|host_tools"
    for path in FILES + READMES + HABITS:
        text = path.read_text("utf-8")
        for named in re.findall(rf"`((?:{folders})/[\w./]+)`", text):
            assert (ROOT / named).exists(), (path.name, named)


def test_every_target_of_make_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    workflows = [*(ROOT / ".github" / "workflows").glob("*.yml")]
    for path in FILES + READMES + HABITS + OTHERS + workflows:
        text = path.read_text("utf-8")
        for target in re.findall(r"(?:`|run: |^ {4,})make ([a-z][a-z-]+)", text, re.M):
            assert f"\n{target}:" in makefile, (path.name, target)


def test_the_boards_are_counted_by_nobody():
    count = re.compile(r"\b(\d+|[Nn]ine|[Tt]en) boards|[0-9九十]+(種類|枚)の基板")
    for path in FILES + READMES + HABITS:
        assert not count.search(path.read_text("utf-8")), path.name


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_commands_and_sections(page):
    english, japanese = (ROOT / "docs" / f"{page}{lang}.md" for lang in ("", ".ja"))
    assert _commands(english) == _commands(japanese)
    headings = [
        len(re.findall(r"^#+ ", path.read_text("utf-8"), re.M)) for path in (english, japanese)
    ]
    assert headings[0] == headings[1]
    assert len(english.read_text("utf-8").splitlines()) < 70


@pytest.mark.parametrize("path", FILES + READMES + HABITS, ids=lambda path: path.name)
def test_every_command_of_ours_is_understood(path):
    for line in _commands(path):
        program, *words = shlex.split(line)
        if program != "pinlamp":
            continue
        command, context = cli.cli, click.Context(cli.cli, info_name="pinlamp")
        while isinstance(command, click.Group) and words:
            command = command.get_command(context, words.pop(0))
            assert command is not None, line
        # Parsing names an option or an argument that does not exist; nothing is run.
        command.make_context(command.name, words)


@pytest.mark.parametrize("lang", ["", ".ja"])
def test_the_page_of_wiring_names_pins_as_a_board_does(lang):
    page = (ROOT / "docs" / f"wire{lang}.md").read_text("utf-8")
    boards = [Board.named(name) for name in names()]
    known = {board.pin_name(pin) for board in boards for pin in board.printed.values()}
    told = re.findall(r"[A-Z]*\d+ / GPIO\d+", page)
    assert len(told) >= 6 and set(told) <= known
    for chip, pin in re.findall(r"(ESP32[CS]\d)(?:'s |の )(D\d+ / GPIO\d+)", page):
        board = Board.named(f"xiao_{chip.lower()}")
        assert pin in {board.pin_name(number) for number in board.printed.values()}
    assert all(f"wiring/switches-{link}.svg" in page for link in ("hsu", "i2c", "spi"))
    assert "RSTO" in page and "1N4001" in page


@pytest.mark.parametrize("lang", ["", ".ja"])
def test_the_page_of_use_has_every_setting_with_its_defaults(lang):
    page = (ROOT / "docs" / f"use{lang}.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.M)
    told = {name: (values, *defaults) for name, values, *defaults in rows}
    assert set(told) == set(TAKES)
    for column, profile in enumerate(PROFILES, 1):
        used = Settings({"profile": profile}, 12, 12)
        for name in set(TAKES) - {"layout"}:  # which is the board's
            assert told[name][column] == str(getattr(used, name)).lower()
    for name, takes in TAKES.items():
        for value in re.findall(r"\d+|true|false|pocket|counter", takes.partition(";")[0]):
            assert value in told[name][0]


def test_the_docs_name_the_two_commands_that_a_card_is_queried_by():
    for lang in ("", ".ja"):
        text = (ROOT / "docs" / f"security{lang}.md").read_text("utf-8")
        for command in ("00 20 00 80", "00 20 00 86", "00 A4 04 0C", "00 A4 02 0C", "00 B0 00 00"):
            assert command in text


def test_the_page_of_events_has_every_word_of_the_schema_and_valid_examples():
    schema = json.loads((ROOT / "docs" / "events.schema.json").read_text("utf-8"))
    page = (ROOT / "docs" / "events.md").read_text("utf-8")
    validator = jsonschema.Draft202012Validator(schema)
    examples = [json.loads(line) for line in page.splitlines() if line.startswith("    {")]
    assert len(examples) >= 7 and all(map(validator.is_valid, examples))
    parts = schema["$defs"]
    words = [one["properties"]["type"]["const"] for one in parts.values() if "properties" in one]
    for values in (
        parts["card"]["properties"]["kind"],
        parts["fault"]["properties"]["code"],
        parts["state"],
    ):
        words += values["enum"]
    assert [word for word in words if f"`{word}`" not in page] == []


def test_the_protocol_s_table_has_the_commands_of_a_tap_in_their_order():
    from pinlamp_tools.recording.trace import load

    page = (ROOT / "docs" / "protocol.md").read_text("utf-8").split("## ")[1]
    found = re.findall(r"^\| [A-Z][^|]+\| `([0-9A-F ]+)` \|", page, re.M)
    trace = load(ROOT / "tests" / "traces" / "fresh.jsonl")
    sent = [exchange.command.hex().upper() for exchange in trace.exchanges]
    assert [command.replace(" ", "") for command in found] == sent[: len(found)]
    assert f"{len(sent)} exchanges" in page


def test_the_page_of_the_chip_names_the_status_codes_as_the_driver_does():
    page = (ROOT / "docs" / "pn532.md").read_text("utf-8").split("## Status codes")[1]
    rows = re.findall(r"^\| `([0-9A-F]{2})` \| (.+) \|$", page, re.M)
    assert {int(code, 16): name for code, name in rows} == NAMES


def test_the_protocol_s_table_of_answers_is_that_of_the_program():
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8").split("## What an answer means")[1]
    rows = dict(re.findall(r"^\| (`[^|]+) \| `(\w+)`[^|]*\|", page, re.M))
    words = {
        word: told for cell, told in rows.items() for word in re.findall(r"`(\w\w \w\w)`", cell)
    }
    assert len(words) == 10
    for word, told in words.items():
        assert state.of_counter(bytes.fromhex(word), 2)[0] == told, word
    for word in range(0x10000):
        found, _, _ = state.of_counter(bytes((word >> 8, word & 0xFF)), 10)
        known = f"{word >> 8:02X} {word & 0xFF:02X}" in words or word >> 4 == 0x63C
        assert known != (found == state.UNKNOWN), hex(word)
    by_design = re.search(r"has `auth` \[S\], (.+) \[I\] locked", page)[1]
    ids = ["auth", *re.findall(r"`(\w+)`", by_design)]
    assert set(ids) == {key.id for key in keys.KEYS if key.by_design}


def test_the_protocol_s_sources_and_maxima_are_those_of_the_facts():
    """What is graded [I] or [?] is no maximum here; a floor says "at least", with its grade."""
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(text_a|visual_a|visual_birth)` (.*)", page, re.M))
    assert len(rows) == 3
    assert "| at least 10 |" in rows["text_a"] and "tries I" in rows["text_a"]
    assert "| at least 10 |" in rows["visual_a"] and "tries S sc-tools" in rows["visual_a"]
    assert "| not known |" in rows["visual_birth"] and "tries ?" in rows["visual_birth"]

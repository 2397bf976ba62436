"""The builds: their data, and the pages that are made of it, word for pin with the board's own."""

import asyncio
import os
import re
import shlex
import shutil

import jsonschema
import pytest
from click.testing import CliRunner

from pinlamp import look
from pinlamp.layout import OVERALL, lamps
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.boards.rules import problems
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.paper import build_page, builds, pictures, wiring
from places import ROOT
from pretend import TRIES, Pretend, deploy

BUILDS = builds.builds()
CYCLE_S = look.CYCLE_MS / 1000
BOTH = [(build, lang) for build in BUILDS for lang in ("ja", "en")]
ROW = {"board": "xiao_esp32c3", "link": "i2c", "strip": "strip-60", "minutes": 60}
ROW = {**ROW, "cable": "wires", "case": False}


def _deploy_options(page):
    """Return the options of a page's `pinlamp deploy`, by their names."""
    (line,) = re.findall(r"^ {4}pinlamp (deploy .*)$", page, re.M)
    words = shlex.split(line)[1:]
    return dict(zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.name)
def test_a_build_can_work_and_lights_the_part_that_it_names(build):
    assert problems(build.board.data()) == []
    assert build.board.strip.part == build.strip
    assert build.board.strip.layout >= 5, "each lamp has one key or two"


def test_the_three_builds_that_are_promised_are_there():
    told = {(build.board_name, build.strip) for build in BUILDS}
    promised = {("m5stack_atom_lite", "stick-8"), ("esp32_devkitc", "ring-12")}
    assert told >= {*promised, ("pico_w", "ring-12")}


@pytest.mark.parametrize(("build", "lang"), BOTH)
def test_a_page_has_every_wire_with_the_board_s_own_names_and_no_other(build, lang):
    page, texts, board = build_page.page(build, lang), build_page.TEXTS[lang], build.board
    rows = [line.split(" | ") for line in page.splitlines() if line.count(" | ") == 3]
    wires = [row for row in rows if texts["wires_head"] != " | ".join(row).strip("| ")]
    assert len(wires) == len(wiring.wires(board))
    printed = {f"{name} / GPIO{pin}" for name, pin in board.printed.items()}
    for first, _colour, _part, _pin in wires:
        pin = re.split(r" \(|[(,]", first.strip("| "))[0]
        assert pin in printed | {"3V3", "GND", "5V", "VBUS"}, first
    told = set(re.findall(r"[A-Z]*\d+ / GPIO\d+", page))
    used = {board.pin_name(pin) for name, pin in board.pins.items() if name != "id"}
    assert used <= told <= printed
    assert (texts["wired"]["button"] + " | A" in page) is not board.button.builtin


@pytest.mark.parametrize(("build", "lang"), BOTH)
def test_a_page_says_what_the_label_and_the_commands_are_for(build, lang):
    page = build_page.page(build, lang)
    options = _deploy_options(page)
    assert options == {"--board": build.board_name, "--link": build.link, "--strip": build.strip}
    assert f"pinlamp board label {build.board_name} --strip {build.strip} -o" in page
    assert (f"pinlamp case {build.name} -o case-{build.name}\n" in page) is build.case
    assert str(build.board.image) in page and str(build.minutes) in page
    last = build.board.strip.layout
    assert lamps(last)[-1] == (OVERALL,) and look.OTHER_CARD == 3
    assert re.search(rf"(ランプ|Lamp ){last}.*(紫に3回|violet three times)", page)


def test_a_build_needs_nothing_but_its_row():
    for name in names():
        (build,) = builds.read({"another-one": {**ROW, "board": name}})
        for lang in ("ja", "en"):
            page = build_page.page(build, lang)
            assert build.board.title in page and "another-one" in page and "60" in page
            assert "{" not in page, "a word was not filled in"


@pytest.mark.parametrize(
    "wrong", [{"link": "usb"}, {"minutes": 1}, {"colour": "red"}, {"cable": "string"}]
)
def test_a_row_that_is_no_build_is_refused(wrong):
    with pytest.raises(jsonschema.ValidationError):
        builds.read({"a": {**ROW, **wrong}})


def test_the_pages_are_checked(tmp_path):
    run = CliRunner()
    assert run.invoke(build_page.main, [str(tmp_path)]).exit_code == 0
    page = tmp_path / "builds" / f"{BUILDS[0].name}.md"
    good = page.read_bytes()
    assert good == (ROOT / "docs" / "builds" / page.name).read_bytes(), "make builds"
    page.write_bytes(good.replace(b"G26", b"G25"))
    (tmp_path / "builds" / "old.md").touch()
    done = run.invoke(build_page.main, [str(tmp_path), "--check"])
    assert done.exit_code == 1 and page.name in done.output and "old.md" in done.output
    run.invoke(build_page.main, [str(tmp_path)])
    assert run.invoke(build_page.main, [str(tmp_path), "--check"]).exit_code == 0


def test_docs_has_the_pictures_of_the_builds_and_no_others(tmp_path, monkeypatch):
    wanted = {f"{build.name}.svg" for build in BUILDS}
    found = {path.name for path in (ROOT / "docs" / "wiring").iterdir()}
    assert found == wanted | {f"switches-{link}.svg" for link in ("hsu", "i2c", "spi")}
    labels = {path.name.partition(".")[0] for path in (ROOT / "docs" / "labels").iterdir()}
    assert labels == {build.name for build in BUILDS}
    monkeypatch.setattr(pictures, "builds", lambda: builds.read({"new-one": ROW}))
    done = CliRunner().invoke(pictures.main, [str(ROOT / "docs"), "--check"])
    assert done.exit_code == 1
    assert "labels/new-one.ja.pdf" in done.output
    if shutil.which("dot") or os.environ.get("CI"):  # else it says that these are not checked
        for stale in ("wiring/new-one.svg", f"wiring/{BUILDS[0].name}.svg"):
            assert stale in done.output


def _edges(film, colour):
    """Return how often a pixel turned to `colour`, a test of its drive."""
    lit = [colour(rgb) for rgb in film]
    return sum(now and not before for before, now in zip([False, *lit], lit))


async def _filmed(device, count):
    """Return what each of the first `count` pixels shows in a cycle of the lamps."""
    films = [[] for _ in range(count)]
    loop = asyncio.get_running_loop()
    end = loop.time() + CYCLE_S
    while loop.time() < end:
        await asyncio.sleep(0.02)
        for index, film in enumerate(films):
            film.append(tuple(device.pixels[3 * index : 3 * index + 3]))
    return films


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.name)
async def test_the_first_test_of_a_page_is_what_its_device_does(build, tmp_path, micropython):
    """Deployed as the page says; then a transit card is laid down."""
    options = _deploy_options(build_page.page(build, "en"))
    board = Board.named(options["--board"])
    async with Pretend(tmp_path / "flash", chip=board.chip) as device:
        await device.repl(lambda repl: deploy(repl, board, options["--link"], options["--strip"]))
        await device.event("ready")
        device.field.put(cards.make("transit"))
        assert (await device.event("card"))["kind"].startswith("other")
        for _ in range(TRIES):  # a busy machine may miss a flash
            films = await _filmed(device, build.board.strip.count)
            assert len(device.pixels) == 3 * build.board.strip.count
            violet = [_edges(film, lambda rgb: rgb[0] == rgb[2] > rgb[1]) for film in films]
            assert violet[:-1] == [0] * (len(films) - 1)
            if violet[-1] in (3, 4):
                break
        assert violet[-1] in (3, 4), "three flashes; a fourth one may be cut by the film's end"

"""Lamps on paper: as far apart as on the part, in SVG and PDF, each with its number beside it."""

import math
import os
import re
import shutil
import subprocess

import pytest

import drawn
from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board
from pinlamp_tools.paper import label, parts
from pinlamp_tools.paper.text_width import width

MM = 25.4 / 72  # of a point


def _needs(program):
    missing = shutil.which(program) is None and not os.environ.get("CI")
    return pytest.mark.skipif(missing, reason=f"{program}: apt install poppler-utils")


@pytest.fixture
def pinlamp(capsys):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        return status, capsys.readouterr().err

    return run


PITCH = [("ring-12", 30 * math.sin(math.pi / 12)), ("stick-8", 6.35), ("matrix-5x5", 5)]
PITCH += [("strip-30", 1000 / 30), ("strip-60", 1000 / 60), ("strip-144", 1000 / 144)]


@pytest.mark.parametrize(("name", "pitch"), PITCH)
@pytest.mark.parametrize("given", [None, 4, 9.5])
@pytest.mark.parametrize("board", ["pico_w", "m5stack_atom_lite", "m5stack_atom_matrix"])
def test_lamps_on_paper_are_as_far_apart_as_on_the_part(
    board, name, pitch, given, tmp_path, pinlamp
):
    file = tmp_path / "label.svg"
    arguments = ["board", "label", board, "--strip", name, "-o", file]
    arguments += ["--pitch", given] if given else []
    assert pinlamp(*arguments) == (0, "")
    svg = file.read_text("utf-8")
    circles = drawn.circles(svg)
    wanted = given or pitch
    assert len(circles) >= (8 if name == "stick-8" else 12)
    nearest = [
        min(math.dist(one[:2], two[:2]) for two in circles if two is not one) for one in circles
    ]
    rows = {}
    for x, y, _ in circles:
        rows.setdefault(y, []).append(x)
    if name.startswith("ring"):
        assert nearest == pytest.approx([wanted] * 12, abs=0.02)
        middle = sum(x for x, _, _ in circles) / 12, sum(y for _, y, _ in circles) / 12
        apart = {round(math.dist(middle, circle[:2]), 2) for circle in circles}
        assert max(apart) - min(apart) < 0.02
    else:
        for row in rows.values():
            gaps = [b - a for a, b in zip(row, row[1:])]
            assert gaps == pytest.approx([wanted] * len(gaps), abs=0.01)
    if name.startswith("matrix") and board == "m5stack_atom_matrix":
        assert sorted(rows) == pytest.approx([min(rows) + n * wanted for n in range(5)], abs=0.01)
    # A hole is no larger than the lamp, and leaves paper to its neighbour.
    assert all(radius <= 2.5 and 2 * radius < wanted for _, _, radius in circles)
    # The sheet says what it fits.
    said = "".join(text for *_, text in drawn.texts(svg))
    assert f"{round(wanted, 2):g} mm" in said and f"{name.split('-')[0]} of " in said


def test_the_pieces_of_a_long_strip_meet_half_way_between_two_lamps(tmp_path, pinlamp):
    file = tmp_path / "label.svg"
    arguments = ("board", "label", "pico_w", "--strip", "strip-30", "-o", file)
    assert pinlamp(*arguments) == (0, "")
    svg = file.read_text("utf-8")
    found = re.findall(r'<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)" fill="none"', svg)
    rects = [tuple(map(float, rect)) for rect in found]
    pieces = [rect for rect in rects if abs(rect[2] - 4 * 1000 / 30) < 0.01]
    assert len(pieces) == 3
    for x, y, wide, high in pieces:
        lamps_of = [at for at, down, _ in drawn.circles(svg) if y < down < y + high]
        assert len(lamps_of) == 4
        assert lamps_of[0] - x == pytest.approx(500 / 30, abs=0.01)
        assert x + wide - lamps_of[-1] == pytest.approx(500 / 30, abs=0.01)


@_needs("pdftocairo")
@pytest.mark.parametrize(("name", "pitch"), PITCH[:3])
def test_the_pdf_has_the_lamps_where_the_svg_has_them(name, pitch, tmp_path, pinlamp):
    for suffix in ("svg", "pdf"):
        file = tmp_path / f"label.{suffix}"
        assert pinlamp("board", "label", "pico_w", "--strip", name, "-o", file) == (0, "")
    again = tmp_path / "again.svg"
    subprocess.run(["pdftocairo", "-svg", tmp_path / "label.pdf", again], check=True)
    # Before its transform a path is in the PDF's own points, from the lower left corner.
    pattern = r'<path style="fill:none[^>]*d="(M(?: [-\d.]+){2}(?: C(?: [-\d.]+){6}){4}) *Z?'
    found = []
    for path in re.findall(pattern, again.read_text("utf-8")):
        numbers = list(map(float, re.findall(r"-?[\d.]+", path)))
        x, y = (sum(numbers[at] for at in range(axis, 24, 6)) / 4 for axis in (0, 1))
        found.append((x * MM, 297 - y * MM))
    circles = drawn.circles((tmp_path / "label.svg").read_text("utf-8"))
    assert len(found) == len(circles)
    for (x, y), circle in zip(sorted(found), sorted(circles)):
        assert (x, y) == pytest.approx(circle[:2], abs=0.05)


@pytest.mark.parametrize(
    ("name", "pitch", "wanted", "said"),
    [
        ("strip-96", None, 1000 / 96, "1 mに96個のテープ"),
        ("stick-5", 7, 7, "5個のスティック"),
        ("ring-8", 9, 9, "8個のリング"),
        ("ring-60", 8, 8, "60個のリング"),
        ("matrix-8x8", 8.9, 8.9, "8 × 8のマトリクス"),
        ("matrix-4x4", 10, 10, "4 × 4のマトリクス"),
    ],
)
def test_a_part_that_has_no_row_is_drawn_by_its_name(name, pitch, wanted, said, tmp_path, pinlamp):
    file = tmp_path / "label.svg"
    arguments = ["board", "label", "pico_w", "--strip", name, "--lang", "ja", "-o", file]
    if pitch:
        status, err = pinlamp(*arguments)
        assert status == 2 and "--pitch MM" in err and len(err.splitlines()) == 1
    assert pinlamp(*arguments, *(["--pitch", pitch] if pitch else [])) == (0, "")
    svg = file.read_text("utf-8")
    circles = drawn.circles(svg)
    nearest = [
        min(math.dist(one[:2], two[:2]) for two in circles if two is not one) for one in circles
    ]
    assert len(circles) == Board.named("pico_w").with_strip(name).strip.layout
    assert nearest == pytest.approx([wanted] * len(circles), abs=0.02)
    assert said in "".join(text for *_, text in drawn.texts(svg))


def test_a_name_of_no_part_is_wrong_use(tmp_path, pinlamp):
    status, err = pinlamp(
        "board", "label", "pico_w", "--strip", "rope-3", "-o", tmp_path / "x.svg"
    )
    assert status == 2 and "there is no strip rope-3: there are ring-12" in err


@pytest.mark.parametrize("name", parts.NAMES)
@pytest.mark.parametrize("pitch", [None, 3, 4, 6])
def test_no_number_covers_another_or_a_lamp(name, pitch):
    part = parts.named(name)
    board = Board.named("m5stack_atom_matrix").with_strip(name)
    part = part.with_pitch(pitch) if pitch else part
    svg = label.draw(board, "ja", part).svg()
    circles = drawn.circles(svg)
    top = min(y for _, y, _ in circles) - 8
    below = max(y for _, y, _ in circles) + 8
    beside = [
        (x - width(text) * size / 2 / 1.1, y - 0.7 * size, x + width(text) * size / 2 / 1.1, y)
        for x, y, size, text in drawn.texts(svg)
        if text.isdecimal() and top < y < below and any(abs(x - at) < 12 for at, *_ in circles)
    ][: len(circles)]
    for index, (left, up, right, down) in enumerate(beside):
        for x, y, radius in circles:
            near = max(left - x, 0, x - right), max(up - y, 0, y - down)
            assert math.hypot(*near) > radius - 0.05
        for other in beside[:index]:
            apart = left >= other[2] or other[0] >= right or up >= other[3] or other[1] >= down
            assert apart


def test_every_part_says_where_its_measures_are_from():
    assert {name for name, _ in PITCH} <= set(parts.NAMES)
    for part in map(parts.named, parts.NAMES):
        assert re.match(r"\[[SI]\] .", part.source), part.name
        assert part.led <= part.pitch
        assert part.name.split("-")[0] in ("ring", "stick", "strip", "matrix")

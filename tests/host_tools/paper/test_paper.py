"""Wiring pictures, and that the pictures of docs/ are up to date."""

import html
import json
import os
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from pinlamp_tools import cli, paths
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.paper import pictures, wiring
from places import ROOT


def _needs(program, package):
    missing = shutil.which(program) is None and not os.environ.get("CI")
    reason = f"{program} is not installed: apt install {package}"
    return pytest.mark.skipif(missing, reason=reason)


@pytest.fixture
def pinlamp(capsys):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        return status, capsys.readouterr().err

    return run


@_needs("dot", "graphviz")
@pytest.mark.parametrize("name", names())
def test_a_wiring_picture_has_every_pin_and_both_warnings(name, tmp_path, pinlamp):
    board = Board.named(name)
    kind = sorted(board.links)[0]
    file = tmp_path / "w.svg"
    assert pinlamp("board", "wiring", name, "--link", kind, "-o", file) == (0, "")
    svg = html.unescape(file.read_text("utf-8"))
    for wire, pin in board.links[kind].items():
        if wire not in ("id", "strip", "buzzer"):
            assert f"{pin} ({wire.upper()})" in svg
    for words in ("VCC (3V3)", "つながない", "leave it open", "never to VCC", "74AHCT125"):
        assert words in svg
    assert board.title in svg and f"({kind.upper()}): 1 " in svg


def test_red_is_5_v_and_goes_to_the_strip_alone():
    for name in names():
        board = Board.named(name)
        for kind in board.links:
            made = wiring.harness(board.with_link(kind))
            for pins, cable, part in made["connections"]:
                (ours,), (wires,), (theirs,) = pins.values(), cable.values(), part.values()
                colours = made["cables"][next(iter(cable))]["colors"]
                for pin, wire, partner in zip(ours, wires, theirs):
                    assert (colours[wire - 1] == "RD") == ("5V" in pin) == (partner == "5V")
                if "PN532" in part:
                    assert ("3V3", "VCC (3V3)") in list(zip(ours, theirs))
                    assert len(wires) == len(colours) - 1 and colours[-1] == "RD"


def test_strip_and_buzzer_move_out_of_a_link_s_way():
    parts = wiring.harness(Board.named("m5stack_atom_lite").with_link("spi"))["connectors"]
    pins = parts["m5stack_atom_lite"]["pins"]
    assert "26 (LED)" in pins and "32 (buzzer)" in pins and "33 (MISO)" in pins


@_needs("dot", "graphviz")
def test_a_title_of_any_letters_can_be_drawn(tmp_path, pinlamp):
    board = {**Board.named("pico_w").data(), "title": '机の "上" <b> & 1:2'}
    (tmp_path / "board.json").write_text(json.dumps(board))
    assert pinlamp("board", "wiring", tmp_path, "-o", tmp_path / "w.svg") == (0, "")
    assert board["title"] in html.unescape((tmp_path / "w.svg").read_text("utf-8"))


@_needs("dot", "graphviz")
def test_a_wiring_picture_is_the_same_every_time(tmp_path, pinlamp):
    files = [tmp_path / "1.svg", tmp_path / "2.svg"]
    for file in files:
        assert pinlamp("board", "wiring", "xiao_esp32c3", "-o", file) == (0, "")
    assert files[0].read_bytes() == files[1].read_bytes()


@_needs("dot", "graphviz")
def test_a_stale_picture_is_found(tmp_path):
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", docs)
    run = CliRunner()
    checked = run.invoke(pictures.main, [str(docs), "--check"])
    assert checked.exit_code == 0, checked.output
    stale = ("labels/pico_w.ja.svg", "sheets/counter.en.pdf", "wiring/pico_w-i2c.svg")
    for file in (*stale, "story.ja.svg"):
        good = (docs / file).read_bytes()
        if file.endswith("pdf"):  # of another drawing
            (docs / file).write_bytes((docs / "sheets/counter.ja.pdf").read_bytes())
        else:
            (docs / file).write_bytes(good.replace(b"</text>", b"!</text>", 1))
        ended = run.invoke(pictures.main, [str(docs), "--check"])
        assert ended.exit_code == 1 and file in ended.output
        (docs / file).write_bytes(good)


@_needs("dot", "graphviz")
def test_a_board_of_the_project_wants_its_pictures_and_the_command_is_named(tmp_path, monkeypatch):
    new = tmp_path / "nobody_s_board"
    shutil.copytree(paths.BOARDS / "pico_w", new)
    (new / "board.json").write_text(
        json.dumps(replace(Board.named("pico_w"), name=new.name).data())
    )
    monkeypatch.setattr(paths, "BOARDS", tmp_path)
    assert names() == (new.name,)
    monkeypatch.setattr(pictures, "_STICK", new.name)
    ended = CliRunner().invoke(pictures.main, [str(ROOT / "docs"), "--check"])
    assert ended.exit_code == 1 and "`make pictures` would change: " in ended.output
    for file in [
        f"{at}/{new.name}{end}" for at, end in (("labels", ".ja.pdf"), ("wiring", "-spi.svg"))
    ]:
        assert file in ended.output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("label", "pico_w", "-o", "x.txt"), 2, ".svg or .pdf"),
        (("label", "pico_w", "-o", "no/such/folder/x.svg"), 2, "No such file"),
        (("wiring", "pico_w", "-o", "x.png"), 2, ".svg"),
        (("wiring", "pico_w", "--link", "usb", "-o", "x.svg"), 2, "hsu, i2c, spi"),
        (("label", "esp8266", "-o", "x.svg"), 2, "there is no board esp8266"),
    ],
)
def test_wrong_use_is_said_in_one_line(arguments, status, words, pinlamp, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended, err = pinlamp("board", *arguments)
    assert ended == status and words in err and len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())

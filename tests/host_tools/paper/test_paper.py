"""Wiring pictures, and that the pictures of docs/ are up to date."""

import html
import json
import os
import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from pinlamp_tools import cli, paths
from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.paper import pictures, switches, wiring
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
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    for wire, pin in board.links[kind].items():
        if wire not in ("id", "strip", "buzzer"):
            assert f"{board.pin_name(pin)} ({wire.upper()})" in texts
    for words in ("VCC (3V3)", "VCC to 3V3 only", "VCCは3V3だけ", "1N4001"):
        assert words in svg
    for words in ("つながない", "leave it open", "never to VCC"):
        assert (words in svg) is bool(board.grove), "only a Grove cable has a wire to leave open"
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
                    grove = wiring.by_grove(board.with_link(kind))
                    assert colours[len(wires) :] == (["RD"] if grove else [])


@pytest.mark.parametrize("name", names())
def test_a_board_with_an_rcs660s_has_its_wires_and_no_switch_of_a_pn532(name):
    plain = Board.named(name).with_link("hsu")
    board = replace(plain, reader="rcs660s")
    made = wiring.harness(board)
    module = made["connectors"]["RC-S660/S"]
    assert module["pins"] == ["3.3 V [I]", "GND", "RX", "TX"]
    assert "[?]" in module["notes"] and "PN532" not in json.dumps(made)
    assert "スイッチ" not in module["notes"] and "switches" not in module["notes"]
    drawn = {wire.partner: wire.pin for wire in wiring.wires(board) if wire.part == "RC-S660/S"}
    assert drawn["RX"] == f"{board.pin_name(board.pins['tx'])} (TX)"
    assert drawn["3.3 V [I]"] == "3V3"
    rest = [w for w in wiring.wires(board) if w.part != "RC-S660/S"]
    assert rest == [w for w in wiring.wires(plain) if w.part != "PN532"]


@_needs("dot", "graphviz")
def test_an_rcs660s_is_drawn_and_shown_by_its_name(tmp_path, pinlamp, capsys):
    board = replace(Board.named("m5stack_atom_lite"), reader="rcs660s").data()
    (tmp_path / "board.json").write_text(json.dumps(board))
    assert pinlamp("board", "wiring", tmp_path, "-o", tmp_path / "w.svg") == (0, "")
    svg = html.unescape((tmp_path / "w.svg").read_text("utf-8"))
    assert "RC-S660/S" in svg and "PN532" not in svg and "never to RC-S660/S" in svg


def test_strip_and_buzzer_move_out_of_a_link_s_way():
    parts = wiring.harness(Board.named("m5stack_atom_lite").with_link("spi"))["connectors"]
    pins = parts["m5stack_atom_lite"]["pins"]
    assert "G26 / GPIO26 (LED)" in pins and "G32 / GPIO32 (buzzer)" in pins
    assert "G33 / GPIO33 (MISO)" in pins


@pytest.mark.parametrize("name", names())
def test_a_wiring_picture_has_the_board_s_own_names_and_wires_nothing_that_is_built_in(name):
    board = Board.named(name)
    for link in board.links:
        board = board.with_link(link)
        printed = {f"{word} / GPIO{pin}" for word, pin in board.printed.items()}
        own = {"3V3", "5V", "VBUS (5V)", "GND"}
        drawn = wiring.wires(board)
        assert {wire.pin.partition(" (")[0] for wire in drawn} - {"VBUS"} <= printed | own
        assert ("button" in {wire.part for wire in drawn}) is not board.button.builtin
        for wire in drawn:
            if board.grove and "GPIO" in wire.pin:
                pin = int(re.search(r"GPIO(\d+)", wire.pin)[1])
                colour = {board.grove["yellow"]: "YE", board.grove["white"]: "WH"}.get(pin)
                assert colour in (None, wire.colour)


def test_a_wiring_picture_says_how_many_wires_one_ground_is_split_to():
    notes = wiring.harness(Board.named("pico_w"))["connectors"]["pico_w"]["notes"]
    assert "One GND for 4 wires" in notes and "GNDは4本" in notes
    atom = Board.named("m5stack_atom_lite")
    assert [wiring.grounds_to_split(atom.with_link(link)) for link in ("hsu", "spi")] == [2, 2]


@pytest.mark.parametrize("link", ["hsu", "i2c", "spi"])
def test_the_switches_of_a_link_are_drawn_as_they_are_named(link):
    words = switches.SETTINGS[link]
    note = wiring.harness(Board.named("esp32_devkitc").with_link(link))["connectors"]["PN532"]
    assert f"({link.upper()}): 1 {words[0]}, 2 {words[1]}" in note["notes"]
    knobs = [
        thing.at
        for thing in switches.draw(link).things
        if getattr(thing, "kind", "") == "rect" and thing.at[2:] == (4.5, 4.5)
    ]
    assert ["ON" if y < 10 else "OFF" for _, y, _, _ in knobs] == list(words)


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
    stale = ("labels/pico-ring.ja.svg", "sheets/counter.en.pdf", "wiring/pico-ring.svg")
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
def test_all_pictures_are_those_of_every_board_on_every_link(tmp_path, monkeypatch):
    new = tmp_path / "boards" / "nobody_s_board"
    shutil.copytree(paths.BOARDS / "pico_w", new)
    data = replace(Board.named("pico_w"), name=new.name).data()
    (new / "board.json").write_text(json.dumps(data), "utf-8")
    monkeypatch.setattr(paths, "BOARDS", tmp_path / "boards")
    monkeypatch.setattr(pictures, "builds", tuple)
    old = tmp_path / "all" / "labels" / "old.svg"
    old.parent.mkdir(parents=True)
    old.touch()
    ended = CliRunner().invoke(pictures.main, [str(tmp_path / "all"), "--all"])
    assert ended.exit_code == 0, ended.output
    made = {
        path.name for part in ("labels", "wiring") for path in (old.parents[1] / part).iterdir()
    }
    labels = {f"{new.name}.{lang}.{end}" for lang in ("ja", "en") for end in ("svg", "pdf")}
    links = {f"{name}-{link}.svg" for name in (new.name, "switches") for link in data["links"]}
    assert made == labels | links


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

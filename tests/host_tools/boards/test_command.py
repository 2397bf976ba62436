"""`pinlamp board`, as a user types it."""

import json

import pytest
from click.testing import CliRunner

from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board, names


@pytest.fixture
def pinlamp(capsys):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_list_has_every_board_in_80_columns(pinlamp):
    status, out, _ = pinlamp("board", "list")
    lines = out.splitlines()
    assert status == 0
    assert [line.split()[0] for line in lines[1:]] == list(names())
    assert max(map(len, lines)) <= 80
    for name in names():
        assert Board.named(name).image in out


def test_show_has_every_pin_and_every_source(pinlamp):
    status, out, _ = pinlamp("board", "show", "--sources", "m5stack_atom_lite")
    assert status == 0
    flat = " ".join(out.split())
    for text in ("SDA G26 / GPIO26", "MOSI G19 / GPIO19", "(in use) GPIO27 1 pixels", "250 mA"):
        assert text in flat
    for text in ("strip DIN G33 / GPIO33 12 pixels", "the board's own button GPIO39", "red 5 V"):
        assert text in flat


def test_show_and_check_are_in_japanese_too(pinlamp):
    _, out, _ = pinlamp("board", "show", "--sources", "m5stack_atom_lite", "--lang", "ja")
    flat = " ".join(out.split())
    for text in ("PN532をHSU (UART)で(使用中) TX G26", "基板にあるボタン GPIO39", "根拠([I]"):
        assert text in flat
    for text in ("つないだランプ DIN G33 / GPIO33 LED 12個", "赤 5 V。PN532につながないこと"):
        assert text in flat
    assert pinlamp("board", "check", "pico_w", "--lang", "ja")[:2] == (0, "pico_w: よい\n")
    refused = pinlamp("board", "label", "pico_w", "--strip", "rig", "-o", "x.svg", "--lang", "ja")
    assert "strip" in refused[2] and "つないだ" not in refused[2], "a name to be typed"


@pytest.mark.parametrize(("lang", "red"), [("en", "never to the"), ("ja", "つながないこと")])
def test_show_has_the_reader_that_the_board_has_and_only_its_wires(pinlamp, tmp_path, lang, red):
    data = Board.named("m5stack_atom_lite").data()
    data["links"]["hsu"]["rst"] = 25
    (tmp_path / "board.json").write_text(json.dumps({**data, "reader": "rcs660s"}))
    status, out, _ = pinlamp("board", "show", tmp_path, "--lang", lang)
    assert status == 0 and "PN532" not in out and "I2C" not in out and "RST" not in out
    (line,) = [line for line in out.splitlines() if red in line]
    assert "RC-S660/S" in line
    (line,) = [line for line in out.splitlines() if "UART" in line]
    assert "RC-S660/S" in line and "G26 / GPIO26" in line


def test_check_without_a_name_checks_all(pinlamp):
    status, out, _ = pinlamp("board", "check")
    assert status == 0
    assert out.splitlines() == [f"{name}: good" for name in names()]


def test_a_board_of_ones_own_by_folder_and_by_file(pinlamp, tmp_path):
    status, out, err = pinlamp(
        *("board", "new", "-o", tmp_path / "My-Desk", "--from", "xiao_esp32s3"),
        *("--title", "窓口の机", "--link", "spi"),
    )
    assert (status, err) == (0, "")
    file = tmp_path / "My-Desk" / "board.json"
    made = json.loads(file.read_text("utf-8"))
    assert (made["name"], made["title"], made["link"]) == ("my_desk", "窓口の机", "spi")
    assert pinlamp("board", "check", file.parent, file)[0] == 0
    again = pinlamp("board", "new", "-o", file.parent, "--from", "pico_w", "--title", "x")
    assert again[0] != 0 and json.loads(file.read_text("utf-8")) == made
    made["strips"][0]["pin"] = 0
    file.write_text(json.dumps(made))
    status, out, _ = pinlamp("board", "check", "esp32_devkitc", file)
    assert status == 1
    assert out.startswith("esp32_devkitc: good\n") and "strapping" in out


def test_new_asks_for_what_is_not_given(tmp_path):
    answers = f"pico_w\n{tmp_path / 'a'}\n\n\n8\n"
    done = CliRunner().invoke(cli.cli, ["board", "new"], input=answers)
    assert done.exit_code == 0, done.output
    made = json.loads((tmp_path / "a" / "board.json").read_text("utf-8"))
    assert made["link"] == "hsu"
    (strip,) = made["strips"]
    assert (strip["count"], strip["layout"], strip["shape"]) == (8, 8, "row")
    answers = f"m5stack_atom_matrix\n{tmp_path / 'b'}\n\n\n\n"
    done = CliRunner().invoke(cli.cli, ["board", "new"], input=answers)
    made = json.loads((tmp_path / "b" / "board.json").read_text("utf-8"))
    assert made["strips"] == Board.named("m5stack_atom_matrix").data()["strips"]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(("lamps", "shape"), [(12, "ring"), (8, "row"), (5, "row"), (1, "row")])
def test_any_board_with_a_strip_of_ones_own(pinlamp, tmp_path, name, lamps, shape):
    folder, like = tmp_path / "mine", Board.named(name)
    arguments = ("--from", name, "--title", "x", "--link", like.link, "--lamps", lamps)
    status, _, err = pinlamp("board", "new", "-o", folder, *arguments)
    if not any(strip.name == "strip" for strip in like.strips):
        assert status == 1 and "has no place for a strip" in err
        return
    assert status == 0
    made = json.loads((folder / "board.json").read_text("utf-8"))
    strip = made["strips"][0]
    assert (strip["name"], strip["count"], strip["layout"]) == ("strip", lamps, lamps)
    assert strip["shape"] == shape and len(made["strips"]) == len(like.strips)
    out = tmp_path / "label.svg"
    assert pinlamp("board", "label", folder, "--lang", "en", "-o", out)[0] == 0
    said = out.read_text("utf-8")
    assert said.count("<circle") == lamps


def test_a_new_board_takes_no_source_over_and_says_so_until_it_has_its_own(pinlamp, tmp_path):
    folder = tmp_path / "mine"
    file = folder / "board.json"
    arguments = ("--from", "esp32_devkitc", "--title", "Mine", "--link", "hsu")
    assert pinlamp("board", "new", "-o", folder, *arguments)[0] == 0
    made, like = json.loads(file.read_text("utf-8")), Board.named("esp32_devkitc")
    assert set(made["sources"]) == set(like.sources) - {"seal"} and "seal" not in made
    for source in made["sources"].values():
        assert source == "[?] not looked up yet: copied from esp32_devkitc"
    status, out, _ = pinlamp("board", "check", folder)
    assert (
        status == 0
        and "not looked up yet: image, printed, links, strips" in out
        and str(file) in out
    )
    shown = pinlamp("board", "show", "--sources", folder)[1]
    assert "[?]: nobody has looked it up yet" in shown and "links: [?] not looked up" in shown
    made["sources"] = dict.fromkeys(made["sources"], "[S] the maker's own drawing")
    file.write_text(json.dumps(made))
    assert pinlamp("board", "check", folder)[1] == f"{folder}: good\n"


def test_a_link_that_the_parent_has_not_is_refused(pinlamp, tmp_path):
    data = Board.named("esp32_devkitc").data()
    del data["links"]["spi"]
    (tmp_path / "board.json").write_text(json.dumps(data))
    arguments = ("--from", tmp_path, "--title", "x", "--link", "spi")
    status, _, err = pinlamp("board", "new", "-o", tmp_path / "new", *arguments)
    assert status == 1 and "has no spi: it has hsu, i2c" in err


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"{}"])
def test_a_file_that_is_no_board(pinlamp, tmp_path, text):
    (tmp_path / "board.json").write_bytes(text)
    status, out, err = pinlamp("board", "check", tmp_path)
    assert status == 1 and out.startswith(f"{tmp_path}: ") and err == ""
    status, out, err = pinlamp("board", "show", tmp_path)
    assert status == 1 and len(err.splitlines()) == 1 and "internal" not in err


def test_check_goes_on_after_one_that_is_not_there(pinlamp, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "board.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder" / "board.json").mkdir(parents=True)
    names = ("esp8266", tmp_path / "empty", tmp_path / "folder", tmp_path / "bad", "pico_w")
    status, out, err = pinlamp("board", "check", *names)
    assert status == 2 and "no board esp8266" in err and len(err.splitlines()) == 1
    assert f"{tmp_path / 'empty'}/board.json: No such file" in out
    assert f"{tmp_path / 'folder'}/board.json: Is a directory" in out
    assert f"{tmp_path / 'bad'}: the file: " in out and out.endswith("pico_w: good\n")


@pytest.mark.parametrize(
    "title", ["[red]x[/foo]", "\x1b[2Jx", "a\nb", "\ud800", "", "窓口の机 [1]"]
)
def test_a_title_is_shown_as_it_is_or_refused(pinlamp, tmp_path, title):
    made = {**Board.named("esp32_devkitc").data(), "title": title}
    (tmp_path / "board.json").write_text(json.dumps(made))
    status, out, err = pinlamp("board", "show", tmp_path)
    assert "internal" not in err and "\x1b" not in out + err
    assert (status == 0) == (title in out and "[" in title and title.isprintable())


@pytest.mark.parametrize("verb", ["check", "show"])
def test_an_unknown_name_names_those_there_are(pinlamp, verb):
    status, _, err = pinlamp("board", verb, "esp8266")
    assert status == 2 and "pico_w" in err and len(err.splitlines()) == 1

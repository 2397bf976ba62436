"""A board as an object; and every board of the project is whole by its board.json alone."""

import json
from dataclasses import FrozenInstanceError

import pytest

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board, ChoiceError, file_of, names, read
from pinlamp_tools.boards.rules import problems, wires

MATRIX = "m5stack_atom_matrix"


@pytest.mark.parametrize("name", names())
def test_a_board_has_the_name_of_its_folder_and_a_source_for_what_it_says(name):
    board, file = Board.named(name), file_of(name)
    assert board.name == name, f"{file}: its name has to be that of its folder"
    said = {"image", "links", "strips", "budget_ma"}
    said |= {
        part
        for part in ("buzzer", "button", "printed", "grove", "seal")
        if getattr(board, part) is not None
    }
    assert set(board.sources) == said, f"{file}: sources: give each of {sorted(said)} its own"
    assert board.not_looked_up == (), f"{file}: sources: say where you found {board.not_looked_up}"
    for part, source in board.sources.items():
        assert len(source) > 20, f"{file}: sources: {part}: say where that is known from"


@pytest.mark.parametrize("name", names())
def test_a_board_uses_no_pin_twice_and_none_that_starts_the_chip_wrongly(name):
    board, file = Board.named(name), file_of(name)
    used = [pin for what, pin in board.pins.items() if what not in ("id", "strip", "buzzer")]
    used += [board.strip_pin(strip, board.link) for strip in board.strips]
    used += [] if board.buzzer is None else [board.buzzer_pin(board.link)]
    button = [board.button.pin] if board.button else []
    assert len(set(used + button)) == len(used + button), f"{file}: a pin is used twice"
    if board.chip == "esp32":
        bad = {0, 1, 2, 3, 5, *range(6, 12), 12, 15, *range(34, 40)} & set(used)
        assert not bad, f"{file}: pins {bad} are no outputs for this"


@pytest.mark.parametrize("name", names())
def test_a_board_survives_the_way_onto_a_device(name):
    board = Board.named(name)
    assert Board.of(json.loads(json.dumps(board.data()))) == board


@pytest.mark.parametrize("name", ["esp32_devkitc", MATRIX])
def test_what_goes_onto_a_device_is_what_the_file_says_in_its_order(name):
    assert json.dumps(Board.named(name).data()) == json.dumps(read(name))


def test_a_pull_of_null_is_kept_and_none_is_up():
    data = read(MATRIX)
    data["button"] = {"pin": 39, "pressed": 0, "pull": None}
    assert Board.of(data).data()["button"] == {"pin": 39, "pressed": 0, "pull": None}
    del data["button"]["pull"]
    assert Board.of(data).button.pull == "up"


def test_a_board_cannot_change():
    board = Board.named("pico_w")
    with pytest.raises(FrozenInstanceError):
        board.link = "i2c"
    assert board.with_link("i2c").pins == board.links["i2c"] and board.link == "hsu"


def test_a_link_moves_strip_and_buzzer_but_not_the_board_s_own_pixels():
    board = Board.named(MATRIX)
    internal, strip = board.strips
    assert [board.strip_pin(strip, link) for link in ("hsu", "spi")] == [33, 26]
    assert [board.strip_pin(internal, link) for link in ("hsu", "spi")] == [27, 27]
    assert [board.buzzer_pin(link) for link in ("hsu", "spi")] == [22, 32]
    assert board.lit_pin == 27
    assert board.with_strip("strip").with_link("spi").lit_pin == 26


def test_a_lamp_is_its_pixels_or_one_of_them():
    board = Board.named(MATRIX)
    assert board.strip.pixels[11] == (21, 22, 23)
    assert board.in_layout(12) == board
    assert board.in_layout(8).strip.pixels == tuple((pixel,) for pixel in range(8))
    assert board.with_strip("strip").strip.pixels == tuple((pixel,) for pixel in range(12))


def test_a_link_or_strip_that_is_not_there_names_those_that_are():
    board = Board.named("pico_w")
    with pytest.raises(ChoiceError, match="Pico W has no uart: it has hsu, i2c, spi"):
        board.with_link("uart")
    with pytest.raises(ChoiceError, match="has no strip 'internal': it has strip"):
        board.with_strip("internal")


def test_a_board_begun_anew_takes_no_source_over():
    old = Board.named("pico_w")
    new = old.begun_anew("mine", "Mine")
    assert (new.name, new.title, new.links) == ("mine", "Mine", old.links)
    assert {*new.not_looked_up} == {*old.sources} - {"seal"} and old.not_looked_up == ()
    assert old.seal == "sealed" and new.seal is None  # nobody may believe that unseen


def test_no_board_of_that_name():
    with pytest.raises(KeyError):
        Board.named("esp8266")


def test_what_is_no_board_json_is_said_with_its_path(tmp_path):
    for text, words in ((None, "No such file"), ("{", "no JSON"), ("[]", "no JSON object")):
        if text is not None:
            (tmp_path / "board.json").write_text(text)
        with pytest.raises(paths.MissingError, match=words) as found:
            read(str(tmp_path))
        assert str(tmp_path / "board.json") in str(found.value)
    (tmp_path / "board.json").write_text(json.dumps({"name": "x"}))
    assert read(str(tmp_path)) == {"name": "x"}


# As the photographs of the makers show them: the board, a pin's number, what is printed there.
PRINTED = [
    ("xiao_esp32c3", 6, "D4 / GPIO6"),
    ("xiao_esp32c6", 22, "D4 / GPIO22"),
    ("xiao_esp32s3", 5, "D4 / GPIO5"),
    ("m5stack_atom_lite", 26, "G26 / GPIO26"),
    ("m5stack_atom_matrix", 33, "G33 / GPIO33"),
    ("m5stack_atoms3_lite", 38, "G38 / GPIO38"),
    ("pico_w", 22, "GP22 / GPIO22"),
    ("esp32_devkitc", 32, "IO32 / GPIO32"),
    ("esp32_s3_devkitc_1", 17, "17 / GPIO17"),
    ("m5stack_atom_lite", 27, "GPIO27"),
]


@pytest.mark.parametrize(("name", "pin", "words"), PRINTED)
def test_a_pin_has_the_name_that_is_printed_beside_it_and_its_number(name, pin, words):
    assert Board.named(name).pin_name(pin) == words


@pytest.mark.parametrize("name", names())
def test_every_wire_of_a_board_goes_to_a_pin_with_a_printed_name(name):
    board = Board.named(name)
    assert board.printed, f"{file_of(name)}: printed: name the pins as the board does"
    for link in board.links:
        button = board.button and board.button.builtin
        outside = [
            pin
            for part, pin in wires(board, link)
            if part != "internal" and not (button and part == "button")
        ]
        assert set(outside) <= set(board.printed.values())


def test_the_grove_cable_of_every_board_from_m5stack_has_its_colours():
    colours = {name: Board.named(name).grove for name in names() if Board.named(name).grove}
    assert colours == {
        "m5stack_atom_lite": {"yellow": 26, "white": 32},
        MATRIX: {"yellow": 26, "white": 32},
        "m5stack_atoms3_lite": {"yellow": 2, "white": 1},
    }


PARTS = [
    ("ring-12", 12, 12, "ring", None),
    ("ring-16", 16, 12, "ring", None),
    ("stick-8", 8, 8, "row", None),
    ("stick-5", 5, 5, "row", None),
    ("matrix-5x5", 25, 12, "grid", 5),
    ("matrix-4x2", 8, 8, "grid", 4),
    ("strip-60", 12, 12, "row", None),
    ("strip-144", 12, 12, "row", None),
]


@pytest.mark.parametrize(("part", "count", "layout", "shape", "columns"), PARTS)
def test_a_part_takes_the_place_of_the_owner_s_strip(part, count, layout, shape, columns):
    for name in ("pico_w", MATRIX):
        board = Board.named(name)
        chosen = board.with_strip(part)
        strip = chosen.strip
        assert (strip.count, strip.layout, strip.shape, strip.columns) == (
            *(count, layout, shape, columns),
        )
        # The ATOM Matrix has its matrix built in.
        place = "internal" if (name, part) == (MATRIX, "matrix-5x5") else "strip"
        (own,) = (each for each in board.strips if each.name == place)
        assert (strip.name, strip.part, strip.pin) == (place, part, own.pin)
        assert len(chosen.strips) == len(board.strips)
        assert problems(chosen.data()) == []


@pytest.mark.parametrize("part", ["ring", "ring-0", "ring-1000", "matrix-99x99", "stick-8 ", ""])
def test_a_part_of_no_known_form_is_refused_with_the_forms(part):
    with pytest.raises(ChoiceError, match="ring-N, stick-N, matrix-CxR"):
        Board.named("pico_w").with_strip(part)

"""What a board may be: every rule refuses a board that breaks it, and none of ours does."""

import pytest

from pinlamp_tools.boards.board import names, read
from pinlamp_tools.boards.rules import problems


@pytest.mark.parametrize("name", names())
def test_our_boards_can_work(name):
    assert problems(read(name)) == []


def _changed(name, changes):
    board = read(name)
    for path, value in changes.items():
        *folders, last = path.split(".")
        place = board
        for folder in folders:
            place = place[int(folder)] if isinstance(place, list) else place[folder]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return board


# What breaks it, a word of the reason, a word of the way out.
BROKEN = [
    ("esp32_devkitc", {"strips.0.pin": 12}, "strapping", "another pin"),
    ("esp32_devkitc", {"strips.0.pin": 6}, "flash", "another pin"),
    ("esp32_devkitc", {"strips.0.pin": 34}, "input-only", "output"),
    ("esp32_devkitc", {"strips.0.pin": 1}, "console", "another pin"),
    ("esp32_devkitc", {"strips.0.pin": 24}, "no such pin", "another pin"),
    ("esp32_devkitc", {"strips.0.pin": 60}, "no such pin", "last"),
    ("esp32_devkitc", {"buzzer": 25}, "twice", "move"),
    ("esp32_devkitc", {"links.hsu.tx": 35}, "input-only", "output"),
    ("esp32_devkitc", {"links.i2c.sda": 22}, "twice", "move"),
    ("esp32_devkitc", {"links.spi.cs": 5}, "strapping", "another pin"),
    ("esp32_devkitc", {"links.hsu.id": 0}, "hsu number 0", "use 1 or 2"),
    ("esp32_devkitc", {"button.pin": 2}, "strapping", "another pin"),
    ("esp32_devkitc", {"button.pin": 36}, "pull-up", "null"),
    ("esp32_devkitc", {"link": "uart"}, "link", "board.schema.json"),
    ("esp32_devkitc", {"links.hsu.tx": "32"}, "links.hsu.tx", "board.schema.json"),
    ("esp32_devkitc", {"budget_ma": 400}, "USB", "250 at most"),
    ("esp32_devkitc", {"budget_ma": 100}, "draw 189 mA", "fewer pixels"),
    ("esp32_devkitc", {"strips.0.count": 8}, "visual_birth", "smaller layout"),
    ("esp32_devkitc", {"strips.0.layout": 9}, "strips.0.layout", "board.schema.json"),
    ("m5stack_atom_matrix", {"strips.0.lamps.11": [25]}, "pixel 25", "the last of 25 is 24"),
    ("m5stack_atom_matrix", {"strips.0.lamps.11": [0]}, "two lamps", "each lamp its own"),
    ("m5stack_atom_matrix", {"strips.0.columns": 7}, "no grid", "mend"),
    ("m5stack_atom_matrix", {"strips.0.lamps": [[0], [1]]}, "overall", "smaller layout"),
    ("m5stack_atom_matrix", {"strips.0.lamps": []}, "sign", "would be hidden"),
    ("esp32_devkitc", {"strips.0.count": 12.0}, "strips.0.count", "board.schema.json"),
    ("esp32_devkitc", {"links.hsu.tx": 32.0}, "links.hsu.tx", "board.schema.json"),
    ("esp32_devkitc", {"button.pressed": 1}, "pull-up", "pressed 0"),
    ("m5stack_atom_lite", {"strips.1.name": "internal"}, "same name", "rename"),
    ("m5stack_atom_matrix", {"strips.0.layout": 8}, "has 8 lamps", "leave some out"),
    ("m5stack_atom_lite", {"button.pull": "up"}, "pull-up", "null"),
    ("esp32_s3_devkitc_1", {"links.i2c.sda": 19}, "USB port", "another pin"),
    ("esp32_s3_devkitc_1", {"links.i2c.sda": 30}, "flash", "another pin"),
    ("xiao_esp32c3", {"links.hsu.tx": 21}, "console's", "another pin"),
    ("m5stack_atom_lite", {"strips.1.pin": 3}, "console's", "another pin"),
    ("m5stack_atoms3_lite", {"buzzer": 43}, "console's", "another pin"),
    ("xiao_esp32c6", {"links.i2c.sda": 15}, "strapping", "another pin"),
    ("pico_w", {"links.hsu.tx": 12}, "cannot be tx of hsu 1", "data sheet"),
    ("pico_w", {"links.i2c.sda": 6, "links.i2c.irq": 3}, "cannot be sda of i2c 0", "data"),
    ("pico_w", {"links.spi.sck": 10}, "cannot be sck of spi 0", "data sheet"),
    ("pico_w", {"strips.0.pin": 23}, "by the board itself", "another pin"),
    ("m5stack_atom_lite", {"strips.1.pin": 18}, "GPIO18 is not led out", "G19, G21"),
    ("pico_w", {"button.pin": 25}, "GPIO25 is not led out", "GP0, GP1"),
    ("xiao_esp32c3", {"strips.0.pin": 9}, "pin D9 / GPIO9: a strapping pin", "another pin"),
    ("xiao_esp32c3", {"printed": {}}, "printed", "board.schema.json"),
    ("esp32_devkitc", {"strips.0.part": "circle-12"}, "no part circle-12", "ring-N"),
    ("esp32_devkitc", {"seal": "sealed"}, "esp32 cannot be sealed", "hindered"),
    ("xiao_esp32c3", {"seal": "hindered"}, "esp32c3 cannot be hindered", "no"),
    ("xiao_esp32c3", {"printed": {"D\n4": 6}}, "printed", "board.schema.json"),
]


@pytest.mark.parametrize(("name", "changes", "reason", "way_out"), BROKEN)
def test_a_board_that_cannot_work_is_refused_with_the_way_out(name, changes, reason, way_out):
    found = problems(_changed(name, changes))
    assert any(reason in problem and way_out in problem for problem in found), found


def test_a_link_may_move_strip_and_buzzer_out_of_its_way():
    board = read("m5stack_atom_lite")
    assert board["links"]["spi"]["mosi"] != board["strips"][1]["pin"]
    del board["links"]["spi"]["strip"]
    assert problems(board) == [
        "pin G33 / GPIO33 is used twice, by spi.miso and strip: move one of them"
    ]


def test_a_board_of_somebody_s_own_need_not_say_what_is_printed_on_it():
    board = read("pico_w")
    del board["printed"], board["sources"]["printed"]
    assert problems(board) == []
    board["strips"][0]["pin"] = 24
    assert problems(board)[0].startswith("strip: pin GPIO24: used by the board itself")


@pytest.mark.parametrize("nothing", [{}, [], None, 5, "x", {"name": []}])
def test_what_is_no_board_is_refused(nothing):
    assert problems(nothing)

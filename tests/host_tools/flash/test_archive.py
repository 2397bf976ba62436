"""The zip for Thonny: a device with its files works, and the same files give the same bytes."""

import io
import zipfile

import pytest

from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.flash import archive
from pretend import Pretend


def _content(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def _copy(repl, content):
    """Do as Thonny does: upload lib, main.py and board.json to /."""
    made = set()
    for name, data in content.items():
        folders = name.split("/")[:-1]
        for deep in range(1, len(folders) + 1):
            folder = "/" + "/".join(folders[:deep])
            if folder not in made:
                repl.make_folder(folder)
                made.add(folder)
        repl.write(f"/{name}", data)


async def test_a_device_with_its_files_works(tmp_path, micropython):
    content = _content(archive.archive(Board.named("esp32_devkitc").with_strip("stick-8")))
    del content["README.txt"]
    assert {name.partition("/")[0] for name in content} == {"lib", "main.py", "board.json"}
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(_copy, content)
        assert await device.works() == "esp32_devkitc"
        assert len(device.pixels) == 3 * 8
        assert await device.repl(Repl.home) == ""


def test_it_says_what_to_do_in_four_lines_of_both_languages():
    board = Board.named("m5stack_atom_lite")
    data = archive.archive(board)
    assert data == archive.archive(board)
    told = _content(data)["README.txt"].decode("utf-8-sig").split("\r\n\r\n")
    for text in told[:2]:
        title, *lines = text.strip().splitlines()
        assert board.title in title and len(lines) == 4
        assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4."]
        for word in ("Thonny", board.image, "lib", "main.py", "board.json"):
            assert word in text


def test_the_command_refuses_in_one_line_what_a_board_has_not(tmp_path, capsys):
    out = tmp_path / "p.zip"
    words = ["zip", "--board", "pico_w", "-o", str(out)]
    for more, status in ((["--link", "usb"], 2), (["--strip", "x"], 2), (["--link", "i2c"], 0)):
        assert cli.run_cli([*words, *more]) == status
        assert len(capsys.readouterr().err.splitlines()) == (1 if status else 0)
    assert b'"link":"i2c"' in _content(out.read_bytes())["board.json"]
    missing = tmp_path / "no" / "p.zip"
    assert cli.run_cli(["zip", "--board", "pico_w", "-o", str(missing)]) == 1
    with pytest.raises(FileNotFoundError):
        missing.stat()

"""What is put onto a device: its main.py, and the list of its files with their hashes."""

import hashlib
import json

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload


def test_main_py_has_three_lines_and_names_its_slot():
    for slot in payload.SLOTS:
        main = payload.main_py(slot)
        assert len(main.decode().splitlines()) == 3
        assert payload.home_of(main) == f"/{slot}"
    assert payload.home_of(paths.MAIN.read_bytes()) == ""
    assert payload.home_of(b'from os import chdir; chdir("/a")\n') is None


def test_files_json_names_every_file_with_its_hash():
    files = payload.slot_files(Board.named("pico_w"))
    listed = json.loads(files.pop("files.json"))["files"]
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert "pinlamp/start.mpy" in files and "pn532/spi.mpy" in files
    assert not any(str(paths.MAIN.parents[1]).encode() in data for data in files.values())

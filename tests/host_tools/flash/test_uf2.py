"""One .uf2 for a Pico W: what is where in it, and what is refused."""

import json
import struct

import pytest
from littlefs import LittleFS

import stock
from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pinlamp_tools.flash import chips, uf2

BOARD = Board.named("pico_w").with_strip("ring-12")
# MICROPY_HW_FLASH_STORAGE_BYTES of RPI_PICO_W, at the end of 2 MB of flash at 0x10000000.
SIZE = 848 * 1024
AT = 0x10000000 + (2 << 20) - SIZE


def _pages(data):
    """Return {address: page} of a .uf2 that is whole; see github.com/microsoft/uf2."""
    found = {}
    count = len(data) // 512
    assert len(data) == 512 * count
    for number in range(count):
        block = data[512 * number : 512 * (number + 1)]
        one, two, flags, address, size, index, total, family = struct.unpack_from("<8I", block)
        assert (one, two, block[-4:]) == (0x0A324655, 0x9E5D5157, b"\x30\x6f\xb1\x0a")
        assert (flags, size, family) == (0x2000, 256, 0xE48BFF56)  # RP2040
        assert (index, total) == (number, count)
        found[address] = block[32 : 32 + size]
    assert len(found) == count
    return found


@pytest.fixture(scope="module")
def made():
    return uf2.build(BOARD, stock.image("pico_w"))


def test_it_is_the_stock_image_and_behind_it_our_files(made):
    pages, before = _pages(made), _pages(stock.image("pico_w").read_bytes())
    assert {at: page for at, page in pages.items() if at in before} == before
    ours = {at: page for at, page in pages.items() if at not in before}
    assert min(ours) == AT and max(ours) < AT + SIZE and len(ours) % 16 == 0
    flash = bytearray(b"\xff" * SIZE)
    for at, page in ours.items():
        flash[at - AT : at - AT + 256] = page
    files = LittleFS(block_size=4096, block_count=SIZE // 4096, mount=False)
    files.context.buffer = flash
    files.mount()
    for name, data in payload.slot_files(BOARD).items():
        with files.open(f"/a/{name}", "rb") as file:
            assert file.read() == data
    with files.open("/main.py", "rb") as file:
        assert file.read() == payload.main_py("a")
    assert made == uf2.build(BOARD, stock.image("pico_w"))  # byte for byte


def test_the_command_says_how_to_drag_it(tmp_path, capsys):
    out = tmp_path / "one.uf2"
    words = ["image", "--board", "pico_w", "--image", str(stock.image("pico_w")), "-o", str(out)]
    assert cli.run_cli([*words, "--strip", "stick-8"]) == 0
    said = capsys.readouterr().out
    assert "hold BOOTSEL" in said and f"copy {out} onto the drive" in said
    content = b"".join(page for _, page in sorted(_pages(out.read_bytes()).items()))
    assert json.dumps("stick-8").encode() in content
    assert cli.run_cli([*words, "--strip", "stick-0"]) == 2


def _spoilt(data, at, word):
    return data[:at] + struct.pack("<I", word) + data[at + 4 :]


def test_what_is_no_image_of_a_pico_is_refused_in_one_line(tmp_path):
    good = stock.image("pico_w").read_bytes()
    path = tmp_path / "file.uf2"
    info = next(
        at for at in range(0, 0x400, 4) if good[512 + at : 516 + at] == b"\xf2\xeb\x88\x71"
    )
    for data, words in (
        (None, "No such file"),
        (b"", "no .uf2"),
        (b"hello" * 1000, "no .uf2"),
        (stock.image("esp32").read_bytes(), "no .uf2"),
        (good[:-512], "not whole"),
        (good + b"x", "not whole"),
        (_spoilt(good, 28, 0xE48BFF59), "another chip"),  # RP2350
        (_spoilt(good, 512 + info, 0), "no file system"),
        # A table of a billion entries, none of which tells of one.
        (
            _spoilt(_spoilt(good, 516 + info, 0x20000000), 520 + info, 0xFFFFFFF0),
            "no file system",
        ),
    ):
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(chips.FlashError, match=words) as caught:
            uf2.build(BOARD, path)
        assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("start", "size"),
    [
        (AT, 0),
        (AT, 5000),
        (AT, 4096),
        (AT, 8192),
        (AT, 128 * 1024),  # less than our files need
        (AT, 0x7FFFFFFF),
        (AT, 0x7FFFF000),
        (0xFFFFF000, 0x160000),
        (0x10000000, 0x160000),  # over MicroPython itself
        (0x100D5000, SIZE),  # over its last page
        (0x0FF00000, SIZE),  # before flash
        (0x20000000, SIZE),  # RAM
        (0x10F80000, SIZE),  # over the end of flash
    ],
)
def test_a_file_system_lies_behind_micropython_in_flash_and_takes_our_files(
    tmp_path, capsys, start, size
):
    good = stock.image("pico_w").read_bytes()
    at = good.index(struct.pack("<2I", AT, SIZE))
    path, out = tmp_path / "file.uf2", tmp_path / "one.uf2"
    path.write_bytes(_spoilt(_spoilt(good, at, start), at + 4, size))
    words = ["image", "--board", "pico_w", "--image", str(path), "-o", str(out), "--force"]
    assert cli.run_cli(words) != 0
    said = capsys.readouterr().err
    assert "has no file system: take MicroPython's own" in said and "internal" not in said
    assert not out.exists()

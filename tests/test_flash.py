"""Flashing, and the one-file image: its partition, its files, and the device that starts of it."""

import subprocess
import sys

import pytest

import stock
from pinlamp_tools import cli, house
from pinlamp_tools.deploy import payload
from pinlamp_tools.flash import chips, image
from pretend import Pretend

BOARD_OF = {
    "esp32": "esp32_devkitc",
    "esp32c3": "xiao_esp32c3",
    "esp32c6": "xiao_esp32c6",
    "esp32s3": "esp32_s3_devkitc_1",
}
_ENTRY = 32  # of a partition table (ESP-IDF, esp_flash_partitions.h)


def _partitions(data, offset):
    """Return {name: (type, subtype, offset, size)} of an image that begins at `offset`."""
    table = data[0x8000 - offset : 0x8C00 - offset]
    found = {}
    for at in range(0, len(table), _ENTRY):
        entry = table[at : at + _ENTRY]
        if entry[:2] != b"\xaa\x50":
            break
        place, size = (int.from_bytes(entry[i : i + 4], "little") for i in (4, 8))
        found[entry[12:28].rstrip(b"\0").decode()] = (entry[2], entry[3], place, size)
    return found


def _for_flash_of(megabytes, path, tmp_path):
    out = tmp_path / f"{megabytes}.bin"
    command = [sys.executable, "-m", "mp_image_tool_esp32.main", "-q", path, "-o", out]
    subprocess.run([*map(str, command), "-f", f"{megabytes}M"], check=True)
    return out


@pytest.mark.parametrize("chip", BOARD_OF)
def test_the_image_has_an_explicit_partition_with_our_files(chip):
    board = house.board(BOARD_OF[chip])
    offset = chips.CHIPS[chip].offset
    data = image.build(board, stock.image(chip))
    assert _partitions(data, offset)["vfs"] == (1, 0x81, 0x200000, 0x200000)
    assert len(data) == 0x400000 - offset
    assert data[0x200000 - offset :] == image.file_system(board)
    factory = _partitions(data, offset)["factory"]
    app = stock.image(chip).read_bytes()[factory[2] - offset :]
    assert data[factory[2] - offset :].startswith(app)
    assert set(data[factory[2] - offset + len(app) : 0x200000 - offset]) <= {0xFF}
    assert data == image.build(board, stock.image(chip))  # byte for byte


@pytest.mark.parametrize("megabytes", [4, 8, 16])
def test_flash_of_any_size_gets_the_same_partition(megabytes, tmp_path):
    path = _for_flash_of(megabytes, stock.image("esp32s3"), tmp_path)
    data = image.build(house.board("esp32_s3_devkitc_1"), path)
    assert chips.flash_size(data) == megabytes << 20
    assert _partitions(data, 0)["vfs"] == (1, 0x81, 0x200000, 0x200000)
    assert len(data) == 0x400000


async def test_micropython_mounts_it_and_a_tap_is_read(micropython, tmp_path):
    (tmp_path / "flash").write_bytes(image.file_system(house.board("esp32_devkitc")))
    async with Pretend(tmp_path / "flash") as device:
        assert (await device.event("ready"))["board"] == "esp32_devkitc"
        device.lay("sign_locked")
        result = await device.event("result")
        states = {key["id"]: key["state"] for key in result["keys"]}
        assert result["complete"] and states["sign"] == "locked" and states["auth"] == "ok"


@pytest.fixture
def pinlamp(capfd):
    def run(*arguments):
        status = cli.run_cli([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


def test_a_bare_board_is_flashed_and_the_hash_is_verified(pinlamp):
    from esp32_mock_bootloader import mock_bootloader

    with mock_bootloader(chip="esp32") as mock:
        small = stock.image("esp32")
        status, out, err = pinlamp(
            *("flash", "--board", "esp32_devkitc", "--port", mock.url(), "--image", small)
        )
    assert status == 0, out + err
    assert "Hash of data verified" in out
    assert "pinlamp deploy" in out


def test_dry_run_says_where_to(pinlamp):
    status, out, _ = pinlamp(
        *("flash", "--board", "esp32_devkitc", "--port", "/dev/x", "--dry-run"),
        *("--image", stock.image("esp32")),
    )
    assert status == 0 and "write-flash --erase-all 0x1000" in out
    assert payload.sha256(stock.image("esp32").read_bytes()) in out


def test_what_does_not_fit_is_refused_in_one_line(pinlamp, tmp_path):
    no_image = tmp_path / "text.bin"
    no_image.write_bytes(b"hello" * 10_000)
    for board, file, words in (
        ("esp32_devkitc", stock.image("esp32c3"), "is for esp32c3"),
        ("esp32_devkitc", no_image, "no image of an ESP32"),
        ("esp32_devkitc", tmp_path / "missing.bin", "No such file"),
        ("pico_w", stock.image("pico_w"), "BOOTSEL"),
    ):
        for verb, more in (("flash", ("--port", "/dev/x")), ("image", ("-o", tmp_path / "o"))):
            status, _, err = pinlamp(verb, "--board", board, "--image", file, *more)
            assert status == 1 and words in err and len(err.splitlines()) == 1
            assert not (tmp_path / "o").exists()
    status, _, err = pinlamp("flash", "--board", "esp32_devkitc", "--port", "/dev/x")
    assert status == 1 and "micropython.org/download/ESP32_GENERIC" in err

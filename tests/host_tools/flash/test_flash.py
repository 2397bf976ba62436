"""Flashing, and the one-file image: its partition, its files, and the device that starts of it."""

import json
import os
import re
import subprocess
import sys

import pytest

import stock
from pinlamp_tools import cli
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pinlamp_tools.flash import chips, command, download, image
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
    board = Board.named(BOARD_OF[chip])
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
    data = image.build(Board.named("esp32_s3_devkitc_1"), path)
    assert chips.flash_size(data) == megabytes << 20
    assert _partitions(data, 0)["vfs"] == (1, 0x81, 0x200000, 0x200000)
    assert len(data) == 0x400000


async def test_micropython_mounts_it_and_a_tap_is_read(micropython, tmp_path):
    (tmp_path / "flash").write_bytes(image.file_system(Board.named("esp32_devkitc")))
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
    assert "Next: pinlamp deploy --board esp32_devkitc\n" in out


def test_the_newest_stable_build_of_that_name_is_taken(tmp_path):
    names = ["v1.9.4", "v1.27.0", "v1.26.1", "v1.28.0-preview", "SPIRAM-v1.29.0"]
    (tmp_path / "esp32").mkdir()
    for name in names:
        (tmp_path / "esp32" / f"ESP32_GENERIC-{name}.bin").touch()
    (tmp_path / "esp32" / "ESP32_GENERIC_S3-v1.30.0.bin").touch()
    assert download.newest(tmp_path, "ESP32_GENERIC").name == "ESP32_GENERIC-v1.27.0.bin"
    assert download.newest(tmp_path, "ESP32_GENERIC_C3") is None


@pytest.mark.parametrize("network", [True, False])
def test_without_an_image_mpflash_fetches_it(tmp_path, network):
    """There is no network here: a stand-in for mpflash keeps files where that does."""
    from esp32_mock_bootloader import mock_bootloader

    (tmp_path / "mpflash").mkdir()
    (tmp_path / "mpflash" / "__main__.py").write_text(
        "import os, pathlib, shutil, sys\n"
        "assert sys.argv[1:] == 'download --board ESP32_GENERIC --version stable'.split()\n"
        "to = pathlib.Path(os.environ['MPFLASH_FIRMWARE']) / 'esp32'\n"
        "to.mkdir()\n"
        f"{network} and shutil.copy({str(stock.image('esp32'))!r},"
        " to / 'ESP32_GENERIC-v1.27.0.bin')\n"
    )
    (tmp_path / "mpflash" / "__init__.py").touch()
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    env["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    with mock_bootloader(chip="esp32") as mock:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pinlamp_tools", "flash", "--board", "esp32_devkitc"),
                *("--port", mock.url()),
            ],
            env=env,
            capture_output=True,
            text=True,
        )
    if network:
        assert done.returncode == 0 and "Hash of data verified" in done.stdout, done.stderr
    else:
        assert done.returncode == 1 and "check the network" in done.stderr.splitlines()[-1]


def test_after_a_one_file_image_nothing_is_left_to_deploy(pinlamp, tmp_path, monkeypatch):
    class Written:
        returncode = 0

    one, board = tmp_path / "one.bin", tmp_path / "my board"
    board.mkdir()
    (board / "board.json").write_text(
        json.dumps({**Board.named("xiao_esp32c3").data(), "name": "mine"})
    )
    stock_c3 = stock.image("esp32c3")
    status, out, _ = pinlamp("image", "--board", board, "--image", stock_c3, "-o", one)
    assert status == 0 and f"pinlamp flash --board '{board}' --image {one}\n" in out
    monkeypatch.setattr(command, "run", lambda *_: Written)
    for file, said in ((one, "Pinlamp are on the board"), (stock_c3, f"deploy --board '{board}'")):
        status, out, _ = pinlamp("flash", "--board", board, "--port", "/dev/x", "--image", file)
        assert status == 0 and said in out and (file == stock_c3) == ("deploy" in out)
    words = ("flash", "--board", "xiao_esp32c3", "--port", "/dev/x", "--image", one)
    status, _, err = pinlamp(*words)
    assert status == 1 and "is made for another board, mine" in err
    # A file system of somebody else's, or none.
    data = one.read_bytes()
    assert image.board_in(data, 0) == "mine"
    assert image.board_in(data[:0x200000] + b"\xff" * 0x200000, 0) is None
    assert image.board_in(data[:0x200000], 0) is None


@pytest.mark.parametrize("chip", ["esp32", "esp32s3"])
def test_an_image_that_is_cut_off_or_spoilt_is_refused(chip, tmp_path):
    offset = chips.CHIPS[chip].offset
    whole, path = stock.image(chip).read_bytes(), tmp_path / "spoilt.bin"
    one = image.build(Board.named(BOARD_OF[chip]), stock.image(chip))
    size = len(whole)

    def refused(data):
        path.write_bytes(data)
        with pytest.raises(chips.FlashError, match="(?s)^[^\n]*Download the .bin[^\n]*$"):
            chips.read(path, chips.CHIPS[chip])

    path.write_bytes(one)
    assert chips.read(path, chips.CHIPS[chip]) == one
    for end in (0x1000, 0x1001, 0x8000 - offset, 0x8010 - offset, 0x10000 - offset, size - 1):
        refused(whole[:end])
    for end in (size + 1, 0x200000 - offset, 0x200001 - offset, len(one) - 1):
        refused(one[:end])
    # In the boot loader's header, segments and digest, in the table, and in the application's.
    for at in (3, 23, 30, 0x2000, 0x8001 - offset, 0x8020 - offset, 0x8040 - offset):
        refused(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
    for at in (0, 23, 24, 0x50000, size - 0x10000 + offset - 33, size - 0x10000 + offset - 1):
        at += 0x10000 - offset
        refused(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
    refused(whole[0x10000 - offset :])  # the application alone, a .app-bin
    refused(whole[:0x8000] + bytes(len(whole) - 0x8000))


def test_dry_run_says_where_to(pinlamp):
    status, out, _ = pinlamp(
        *("flash", "--board", "esp32_devkitc", "--port", "/dev/x", "--dry-run"),
        *("--image", stock.image("esp32")),
    )
    assert status == 0 and "write-flash --erase-all 0x1000" in out
    assert payload.sha256(stock.image("esp32").read_bytes()) in out


def test_the_image_itself_is_not_overwritten_and_one_with_a_file_system_is_not_taken(
    pinlamp, tmp_path
):
    mine = tmp_path / "mine.bin"
    mine.write_bytes(stock.image("esp32").read_bytes())
    arguments = ("image", "--board", "esp32_devkitc", "--image", mine)
    status, _, err = pinlamp(*arguments, "-o", tmp_path / "." / "mine.bin")
    assert status == 1 and "another name" in err and len(err.splitlines()) == 1
    assert mine.read_bytes() == stock.image("esp32").read_bytes()
    assert pinlamp(*arguments, "-o", tmp_path / "one.bin")[0] == 0
    status, _, err = pinlamp(
        *("image", "--board", "esp32_devkitc", "--image", tmp_path / "one.bin"),
        *("-o", tmp_path / "two.bin"),
    )
    assert status == 1 and "Partition 'vfs' already exists" in err and len(err.splitlines()) == 1


def test_what_does_not_fit_is_refused_in_one_line(pinlamp, tmp_path):
    no_image = tmp_path / "text.bin"
    no_image.write_bytes(b"hello" * 10_000)
    for board, file, words in (
        ("esp32_devkitc", stock.image("esp32c3"), "is for esp32c3"),
        ("esp32_devkitc", no_image, "no image of an ESP32"),
        ("esp32_devkitc", tmp_path / "missing.bin", "No such file"),
        ("pico_w", stock.image("esp32"), "BOOTSEL|no .uf2"),
    ):
        for verb, more in (("flash", ("--port", "/dev/x")), ("image", ("-o", tmp_path / "o"))):
            status, _, err = pinlamp(verb, "--board", board, "--image", file, *more)
            unopened = words == "No such file"
            assert status == 1 + unopened and re.search(words, err)
            assert len(err.splitlines()) == 1
            assert not (tmp_path / "o").exists()
    status, _, err = pinlamp("flash", "--board", "esp32_devkitc", "--port", "/dev/x")
    assert status == 1 and "micropython.org/download/ESP32_GENERIC" in err

"""Each board is known by what its MicroPython says, and no other chip is taken for it."""

import pytest

from pinlamp_tools.boards.board import Board, names
from pinlamp_tools.deploy import payload, update, who
from pinlamp_tools.deploy.repl import DeviceError

# sys.implementation._machine: MICROPY_HW_BOARD_NAME " with " MICROPY_HW_MCU_NAME, read in the
# mpconfigboard.h of v1.27.0, v1.28.0 and 1c3c201149 (v1.29.0-preview). XIAO builds are in v1.28.0
# (C6) and v1.29 (C3, S3); the others of their chip run on them too.
OLD = ("1.27", "1.28")
NEW = ("1.29",)
SAYS = [
    (["esp32_devkitc"], OLD + NEW, "Generic ESP32 module with ESP32"),
    (["m5stack_atom_lite", "m5stack_atom_matrix"], OLD + NEW, "M5Stack ATOM with ESP32-PICO-D4"),
    (["esp32_s3_devkitc_1", "xiao_esp32s3"], OLD, "Generic ESP32S3 module with ESP32S3"),
    (["esp32_s3_devkitc_1", "xiao_esp32s3"], NEW, "Generic ESP32S3 module with ESP32-S3"),
    (["xiao_esp32s3"], NEW, "Seeed XIAO ESP32S3 with ESP32-S3"),
    (["m5stack_atoms3_lite"], OLD, "M5Stack AtomS3 Lite with ESP32S3"),
    (["m5stack_atoms3_lite"], NEW, "M5Stack AtomS3 Lite with ESP32-S3"),
    (["xiao_esp32c3"], OLD, "ESP32C3 module with ESP32C3"),
    (["xiao_esp32c3"], NEW, "ESP32C3 module with ESP32-C3"),
    (["xiao_esp32c3"], NEW, "Seeed XIAO ESP32C3 with ESP32-C3"),
    (["xiao_esp32c6"], ("1.27",), "ESP32C6 module with ESP32C6"),
    (["xiao_esp32c6"], ("1.28",), "Seeed XIAO ESP32C6 with ESP32C6"),
    (["xiao_esp32c6"], NEW, "Seeed XIAO ESP32C6 with ESP32-C6"),
    (["pico_w"], OLD + NEW, "Raspberry Pi Pico W with RP2040"),
]
ROWS = [
    (board, version, machine)
    for boards, versions, machine in SAYS
    for board in boards
    for version in versions
]
# Chips of MicroPython's boards that no board here has.
STRANGERS = (
    *("ESP32-C2", "ESP32-C5", "ESP32-H2", "ESP32-P4", "ESP32P4", "ESP32-S2", "ESP32-S2FN4R2"),
    *("RP2350", "RP2350-RISCV", "ESP8266"),
)


class _Saying:
    """A Repl that only says what it is."""

    def __init__(self, version, machine):
        self._port = "rp2" if "RP2" in machine else "esp32"
        self._told = version, machine

    def run(self, code, what):
        assert "_machine" in code
        version, machine = self._told
        return f"{self._port} {version} 6 {machine}\r\n".encode()


def _fits(board, version, machine):
    files = {"pinlamp/app.mpy": bytes([ord("M"), 6])}
    try:
        update.fits(_Saying(version, machine), Board.named(board), files)
    except DeviceError:
        return False
    return True


def test_every_board_is_in_the_table_in_every_version():
    assert {(board, version) for board, version, _ in ROWS} == {
        (board, version) for board in names() for version in OLD + NEW
    }


@pytest.mark.parametrize(("board", "version", "machine"), ROWS)
def test_a_board_takes_its_own_chip_and_no_other(board, version, machine):
    chip = Board.named(board).chip
    for name in names():
        assert _fits(name, version, machine) == (Board.named(name).chip == chip), name


@pytest.mark.parametrize("chip", STRANGERS)
def test_a_chip_that_no_board_has_is_refused(chip):
    for name in names():
        assert not _fits(name, "1.29", f"Some board with {chip}")


@pytest.mark.parametrize("module", ["ESP32-UNICORE", "ESP32-PICO-V3-02", "ESP32-D2WD"])
def test_a_module_named_for_the_chip_inside(module):
    assert who.of(f"esp32 1.28 6 A board with {module}").chip == "esp32"


def test_the_bytecode_of_our_files_is_what_the_table_asks_for():
    assert payload.compiled()["pinlamp/app.mpy"][1] == 6


# The boards of ours have these builds; which are in ports/esp32/boards and ports/rp2/boards there.
IN_EACH_RELEASE = {
    *("ESP32_GENERIC", "ESP32_GENERIC_C3", "ESP32_GENERIC_C6", "ESP32_GENERIC_S3"),
    *("M5STACK_ATOM", "M5STACK_ATOMS3_LITE", "RPI_PICO_W"),
}
RELEASES = {
    "1.28": IN_EACH_RELEASE | {"SEEED_XIAO_ESP32C6"},
    "1.29": IN_EACH_RELEASE | {"SEEED_XIAO_ESP32C3", "SEEED_XIAO_ESP32C6", "SEEED_XIAO_ESP32S3"},
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", names())
def test_the_image_of_a_board_can_be_had(name, release):
    assert Board.named(name).image in RELEASES[release]

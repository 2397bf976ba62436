"""A device with an RC-S660/S: its board, its files, its card on a tty, and its faults."""

import asyncio
import json
import os
import re
import select
import termios
import time
import tty
from dataclasses import replace

import pytest

from oracle import CARDS
from pasori.rcs660s import RCS660S
from pinlamp_tools.boards import rules
from pinlamp_tools.boards.board import Board, ChoiceError
from pinlamp_tools.deploy import payload
from pinlamp_tools.emulator.pasori.faults import NAMES

SELECT = bytes.fromhex("00a4040c0ad392f000260100000001")


@pytest.fixture
def board(tmp_path):
    """The path of a counter's board: one word more in the file of a board that there is."""
    data = Board.named("esp32_devkitc").data()
    data["reader"] = "rcs660s"
    path = tmp_path / "counter" / "board.json"
    path.parent.mkdir()
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_one_word_makes_a_board_of_it(board, pinlamp):
    data = json.loads(board.read_text("utf-8"))
    assert rules.problems(data) == []
    assert Board.of(data).data() == data
    with pytest.raises(ChoiceError, match="its link is hsu"):
        Board.of(data).with_link("i2c")
    (problem,) = rules.problems({**data, "link": "spi"})
    assert "its link is hsu and not spi" in problem
    (problem,) = rules.problems({**data, "reader": "rcs620s"})
    assert problem.startswith("reader: ")
    assert pinlamp("board", "check", board.parent).returncode == 0


def test_only_its_own_device_gets_the_library(board):
    plain = Board.named("esp32_devkitc")
    for files in (payload.slot_files, payload.root_files):
        assert not [name for name in files(plain) if "pasori" in name]
        assert [name for name in files(replace(plain, reader="rcs660s")) if "pasori/uart" in name]
    assert "reader" not in json.loads(payload.slot_files(plain)["board.json"])
    told = json.loads(payload.slot_files(replace(plain, reader="rcs660s"))["board.json"])
    assert told["reader"] == "rcs660s"


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("card", ["sign_locked", "face_auth", "transit"])
def test_the_device_reads_a_card_on_a_tty(board, pinlamp, card):
    done = pinlamp("run", "--once", "--json", "--board", board, "--card", card)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    # A busy machine may take the card for gone, and read it once more.
    assert {e["kind"] for e in events if e["type"] == "card"} == {CARDS[card]["kind"]}
    result = [event for event in events if event["type"] == "result"]
    if CARDS[card]["keys"]:
        states = {key["id"]: key["state"] for key in result[0]["keys"] if key["id"] != "licence"}
        assert states == {k: v["state"] for k, v in CARDS[card]["keys"].items() if k != "licence"}


@pytest.mark.usefixtures("micropython")
def test_with_the_profile_counter_the_device_asks_first_what_matters_there(board, pinlamp):
    def asked(*how):
        done = pinlamp("run", "--once", "--json", "--card", "fresh", "--profile", "counter", *how)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return [event["id"] for event in events if event["type"] == "key"][:4]

    assert asked("--board", board) == ["sign", "auth", "visual_b", "text_b"]
    assert asked() == ["sign", "auth", "juki", "text_pin"]


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize("fault", ["slot_busy", "stale_sequence", "freeze@40", "disturbed"])
def test_a_fault_on_the_tty_costs_no_try_and_no_result(board, pinlamp, fault):
    done = pinlamp("run", "--once", "--board", board, "--card", "sign_locked", "--fault", fault)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LOCKED" in done.stdout and "PINs presented: 0" in done.stdout
    assert re.search(rf"{fault.partition('@')[0]}.*1", done.stdout)


def test_a_fault_of_the_other_reader_is_refused(board, pinlamp):
    done = pinlamp("run", "--once", "--board", board, "--fault", "nad")
    assert done.returncode == 2 and "nad" in done.stderr
    done = pinlamp("run", "--once", "--fault", "freeze")
    assert done.returncode == 2 and "freeze" in done.stderr
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.usefixtures("micropython")
@pytest.mark.parametrize(("lang", "words"), [("en", "no RC-S660/S answ"), ("ja", "RC-S660/Sが")])
def test_a_module_that_does_not_answer_is_called_by_its_name(board, pinlamp, lang, words):
    far, near = os.openpty()
    path = os.ttyname(near)
    done = pinlamp("run", "--once", "--board", board, "--port", path, "--lang", lang)
    os.close(near)
    os.close(far)
    assert done.returncode == 1 and words in done.stderr and "PN532" not in done.stderr


class Clock:
    """Real time, in milliseconds."""

    def ticks_ms(self):
        return int(time.monotonic() * 1000)

    def ticks_add(self, ticks, delta):
        return ticks + delta

    def ticks_diff(self, end, start):
        return end - start

    async def sleep_ms(self, ms):
        await asyncio.sleep(ms / 1000)


class Uart:
    """A `machine.UART` on a tty of the PC."""

    def __init__(self, path):
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._fd)
        settings = termios.tcgetattr(self._fd)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(self._fd, termios.TCSANOW, settings)

    def any(self):
        return 64 if select.select([self._fd], [], [], 0)[0] else 0

    def readinto(self, buf):
        data = os.read(self._fd, len(buf))
        buf[: len(data)] = data
        return len(data)

    def write(self, data):
        return os.write(self._fd, data)

    def deinit(self):
        os.close(self._fd)


def test_any_program_finds_the_emulated_module_on_a_tty(started):
    process = started("emulate", "--reader", "rcs660s", "--card", "fresh")
    path = process.stdout.readline().strip()

    async def scene():
        reader = RCS660S(Uart(path), clock=Clock())
        await reader.open()
        assert await reader.find_b() is not None
        answer = await reader.exchange(SELECT)
        await reader.field_off()
        reader.close()
        return answer

    assert asyncio.run(scene()) == b"\x90\x00"

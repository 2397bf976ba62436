"""`pinlamp first-light` with a device that is not real, and a person at a terminal."""

import asyncio
import json
import subprocess
import sys

import jsonschema
import pytest

from person import Person
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy.settings import OfDevice
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.first_light.found import asked, validator
from plants import plant, search
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


@pytest.fixture(scope="module")
def flash(tmp_path_factory, micropython):
    """The flash of a device onto which Pinlamp was deployed."""
    path = tmp_path_factory.mktemp("flash") / "flash"

    async def make():
        async with Pretend(path) as device:
            await device.repl(deploy, BOARD, "hsu")

    asyncio.run(make())
    return path.read_bytes()


class Table:
    """A device on a table, its port under a name that stays, and the file to be written."""

    def __init__(self, device, folder):
        self.device = device
        self.port = folder / "tty"
        self.file = folder / "light.json"
        self.plug()

    def plug(self):
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(self.device.port)

    def person(self, lang="en"):
        words = ("first-light", "--port", self.port, "-o", self.file, "--lang", lang)
        return Person(*map(str, words))

    def found(self):
        found = json.loads(self.file.read_text("utf-8"))
        jsonschema.validators.validator_for(validator().schema)
        assert [error.message for error in validator().iter_errors(found)] == []
        return found


@pytest.fixture
def table(flash, tmp_path):
    """A context: a table with a device that has Pinlamp on it."""
    path = tmp_path / "device"
    path.write_bytes(flash)

    class Ready:
        async def __aenter__(self):
            self._device = Pretend(path)
            device = await self._device.__aenter__()
            await device.event("ready", timeout=30)
            return Table(device, tmp_path)

        async def __aexit__(self, *_):
            await self._device.__aexit__()

    return Ready()


async def first_half(person, device):
    await person.answers("one after the other, in their order, in white?", "y")
    await person.answers("Did the buzzer sound twice?", "yes")
    await person.answers("Now the colours.")
    await person.answers("Was that red, green, blue", "y")
    await person.answers("Now all lamps at once")
    await person.sees("Hold the button down")
    device.level(BOARD.button.pin, BOARD.button.pressed)
    await person.answers("")
    await person.sees("the button is down")
    device.level(BOARD.button.pin, 1 - BOARD.button.pressed)
    await person.answers("Is there a My Number Card at hand")
    await person.sees("Lay one card onto the PN532")
    (card,) = cards.make("fresh")
    device.field.put([plant(card, lambda apdu, answer: answer)])
    await person.sees("the card was read (29 exchanges")
    await person.sees("Take it away now.")
    device.field.lift()
    await person.answers("Which card is it?", "1")
    await person.answers("Another link as well?", "1")
    await person.answers("wire the PN532 for I2C")
    await person.answers("Is there a My Number Card at hand")
    await person.sees("no PN532 answers by I2C")
    await person.answers("Another link as well?", "")
    await person.answers("wire the PN532 for HSU")
    await person.sees("kB a second")
    await person.sees("With nobody reading, a line takes")


async def test_the_whole_session(table):
    async with table as table:
        device = table.device
        with table.person() as person:
            await first_half(person, device)
            await person.answers("The board runs as it does every day")
            await person.sees("wait until the last lamp")
            device.lay("worn")
            await person.answers("Do the lamps show what this table says?", "y")
            device.field.lift()
            await person.answers("a card that is pulled too early")
            await person.sees("Lay the card down")
            device.lay("worn")  # and it stays too long
            await person.answers("It was not pulled in the middle")
            device.field.lift()
            await person.sees("Lay the card down")
            while not device.events.empty():
                device.events.get_nowait()
            device.lay("worn")
            await device.event("key")
            device.field.lift()
            await person.answers("Is one of the lamps violet?", "y")
            await person.sees("Lay the same card down again")
            device.lay("worn")
            await person.sees("it was read this time")
            device.field.lift()
            await person.answers("Now one signal wire of the PN532 (TX)")
            await person.sees("Pull the PN532's TX wire.")
            device.without_chip()
            await person.answers("four flashes at a time?", "y")
            await person.sees("Put the TX wire back.")
            device.with_chip()
            await person.sees("it works again")
            await person.answers("Now the USB cable.")
            await person.sees("Pull the cable.")
            table.port.unlink()
            device.unplug()
            await person.sees("Plug it in again.")
            device.plug()
            table.plug()
            await person.sees("the board is back")
            await person.answers("The last one.")
            await person.answers("Is the card away?")
            await person.sees("That was all.")
            assert await person.ends() == 0
        found = table.found()
        assert device.field.presented == 0
        (table.file.parent / "device").unlink()
        search([], table.file.parent)
    assert found["ended"] == "done" and found["skipped"] == []
    assert found["board"] == BOARD.name and found["checks"]["type_b"] is True
    assert [card["report"]["kind"] for card in found["cards"]] == ["my_number_card"]
    assert [(one["link"], one["ok"]) for one in found["links"]] == [("hsu", True), ("i2c", False)]
    assert found["pulls"][0]["status"] == 0x01  # the chip says: time-out
    assert set(found["live"]) == {*json_properties("live")}
    assert all(value for name, value in found["live"].items())
    asked_here = set(asked("device", "pn532"))
    # A PC's MicroPython has no name of a build; the card is neither a child's nor for faces.
    assert asked_here - set(found["answers"]) == {"board_image", "no_certificate_00", "face_locks"}
    assert found["answers"]["visual_birth_left"] == 10


def json_properties(part):
    return validator().schema["properties"][part]["properties"]


async def test_ctrl_c_at_a_question_keeps_what_there_is_and_the_device_works(table):
    async with table as table:
        with table.person("ja") as person:
            await person.answers("順番に、白く光りましたか。", "maybe")
            await person.sees("その入力はわかりません。")
            await person.answers("", "ｙ")  # a Japanese keyboard in full width
            await person.answers("ブザーは2回鳴りましたか。", "はい")
            await person.sees("次は色です。")
            await person.sees(">")
            person.interrupts()
            assert await person.ends() == 130
            assert "途中で終わりました。" in person.seen and "Traceback" not in person.seen
        found = table.found()
        assert found["ended"] == "stopped" and found["answers"]["board_buzzer"] is True
        assert "cards" not in found
        assert await table.device.works() == BOARD.name


async def test_ctrl_c_while_the_device_waits_for_a_card(table):
    async with table as table:
        with table.person() as person:
            await to_the_card(person)
            before = table.device.ctrl_cs
            person.interrupts()
            while table.device.ctrl_cs == before:
                await asyncio.sleep(0.01)
            table.device.interrupt()
            assert await person.ends() == 130
        found = table.found()
        assert found["ended"] == "stopped" and found["links"][0]["ok"] is True
        assert await table.device.works() == BOARD.name


async def skips_the_check(person):
    for question in ("one after the other, in", "the buzzer sound"):
        await person.answers(question)
    for question in ("Now the colours", "Now all lamps", "Hold the button"):
        await person.answers(question, "s")


async def skips_the_first_half(person):
    await skips_the_check(person)
    await person.answers("Is there a My Number Card at hand", "s")
    await person.answers("Another link as well?", "3")


async def to_the_card(person):
    await skips_the_check(person)
    await person.answers("Is there a My Number Card at hand")
    await person.sees("Lay one card onto the PN532")


async def test_a_device_that_vanishes_leaves_a_file_that_says_so(table):
    async with table as table:
        with table.person() as person:
            await to_the_card(person)
            table.device.lay("fresh")
            await person.sees("Take it away now.")
            table.port.unlink()
            table.device.unplug()
            await person.sees("went away in the middle")
            await person.sees("It ended early.")
            assert await person.ends() == 1
            assert "Traceback" not in person.seen
        found = table.found()
        assert found["ended"] == "failed" and found["checks"]["chip"] is True
        assert found["cards"][0]["report"]["complete"] and found["answers"]["card_fwi"] == 10


async def test_a_device_that_vanishes_while_it_runs(table):
    async with table as table:
        with table.person() as person:
            await skips_the_first_half(person)
            await person.answers("The board runs as it does every day")
            await person.sees("wait until the last lamp")
            table.port.unlink()
            table.device.unplug()
            await person.sees("went away: plug")
            await person.sees("It ended early.")
            assert await person.ends() == 1
        found = table.found()
        assert found["ended"] == "failed" and found["live"]["ready_ms"] > 0


async def test_the_table_to_compare_is_that_of_the_device_s_own_lamps(table):
    async with table as table:
        await table.device.repl(lambda repl: OfDevice(repl).set("layout", "8"))
        with table.person() as person:
            await skips_the_first_half(person)
            await person.answers("The board runs as it does every day")
            await person.sees("wait until the last lamp")
            table.device.lay("worn")
            await person.sees("Do the lamps show what this table says?")
            person.interrupts()
            assert await person.ends() == 130
        lines = [" ".join(line.split()) for line in person.seen.splitlines()]
        (first,) = [at for at, line in enumerate(lines) if line.startswith("1 ① Signing")]
        told = [line for line in lines[first:] if line[:1].isdecimal()]
        assert told[2].startswith("3 Resident register + Card, common")
        assert [line[:2] for line in told] == [f"{number} " for number in range(1, 9)]
        assert told[7].startswith("8 Overall")


async def test_a_place_that_vanishes_can_come_back_before_the_end(table):
    async with table as table:
        stick = table.file.parent / "stick"
        stick.mkdir()
        table.file = stick / "light.json"
        with table.person() as person:
            await person.sees("the check found nothing wrong")
            table.file.unlink()
            stick.rmdir()
            await person.sees(">")
            person.interrupts()
            await person.sees("the file cannot be written: No such file or directory")
            stick.mkdir()
            await person.answers("Try to write it once more?")
            assert await person.ends() == 130
        assert table.found()["ended"] == "stopped"


async def test_a_device_that_tells_nothing_has_half_a_session(table):
    async with table as table:
        await table.device.repl(lambda repl: OfDevice(repl).set("profile", "counter"))
        with table.person() as person:
            await skips_the_check(person)
            # Its cards are other people's: one that lies there stays unread.
            table.device.lay("worn")
            await person.sees("This device is a counter's")
            await person.answers("Another link as well?", "3")
            await person.sees("pinlamp settings set events true")
            assert await person.ends() == 0
            assert "My Number Card at hand" not in person.seen
        found = table.found()
        assert found["ended"] == "done" and found["skipped"] == ["card_hsu", "live"]
        assert "live" not in found and "cards" not in found


async def test_a_bare_device_tells_its_build_and_what_to_do(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        table = Table(device, tmp_path)
        with table.person() as person:
            assert await person.ends() == 1
            assert "pinlamp deploy --board NAME" in person.seen
        assert table.found()["build"]["hz"] == 160_000_000


@pytest.mark.parametrize("file", ["there.json", "no-folder/light.json"])
def test_a_file_that_cannot_be_made_is_told_before_anything_else(pinlamp, tmp_path, file):
    (tmp_path / "there.json").write_text("mine")
    done = pinlamp("first-light", "-o", str(tmp_path / file), "--port", "/dev/there-is-none")
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert (tmp_path / "there.json").read_text() == "mine"


def test_a_disk_that_is_full_from_the_beginning_gets_no_file(tmp_path):
    file = tmp_path / "light.json"
    words = ["first-light", "-o", str(file), "--port", "/dev/there-is-none"]
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "pinlamp_tools"]
    done = subprocess.run([*limited, *words], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert "File too large" in done.stderr and not file.exists()

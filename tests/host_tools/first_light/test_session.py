"""`pinlamp first-light` with a device that is not real, and a person at a terminal."""

import asyncio
import json

import jsonschema
import pytest

from person import Person
from pinlamp_tools.boards.board import Board
from pinlamp_tools.first_light.found import questions, validator
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
    device.lay("fresh")
    await person.sees("Take it away now.")
    device.field.lift()
    await person.sees("the card was read (29 exchanges")
    await person.answers("Which card is it?", "1")
    await person.answers("Another link as well?", "")
    await person.sees("kB a second")
    await person.sees("with nobody reading, a line takes")


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
    assert found["ended"] == "done" and found["skipped"] == []

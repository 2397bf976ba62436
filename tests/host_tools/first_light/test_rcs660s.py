"""`pinlamp first-light` with a device that has an RC-S660/S, up to its everyday use."""

import json
from dataclasses import replace
from datetime import date

import pytest

from person import Person
from pinlamp_tools.boards.board import Board
from pinlamp_tools.first_light import verified
from pinlamp_tools.first_light.check import problems
from pinlamp_tools.first_light.found import asked, validator
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = replace(Board.named("esp32_devkitc"), reader="rcs660s")


async def test_a_session_with_an_rcs660s_answers_what_is_open_of_it(tmp_path):
    file = tmp_path / "light.json"
    async with Pretend(tmp_path / "flash", reader="rcs660s") as device:
        await device.repl(deploy, BOARD, "hsu")
        words = ("first-light", "--port", device.port, "-o", file, "--lang", "en")
        with Person(*map(str, words)) as person:
            await person.answers("one after the other, in their order, in white?", "y")
            await person.answers("Did the buzzer sound twice?", "y")
            await person.answers("Now the colours.", "s")
            await person.answers("Now all lamps at once", "s")
            await person.answers("Hold the button down", "s")
            await person.answers("Is there a My Number Card at hand")
            await person.sees("the RC-S660/S answers (HSU at 115200 bit/s)")
            await person.sees("Lay one card onto the RC-S660/S")
            device.lay("fresh")
            await person.sees("the card was read (29 exchanges")
            await person.sees("Take it away now.")
            device.field.lift()
            await person.answers("Which card is it?", "1")
            await person.sees("kB a second")
            person.interrupts()
            assert await person.ends() == 130
            assert "PN532" not in person.seen and "Another link" not in person.seen
        assert device.field.presented == 0
    found = json.loads(file.read_text("utf-8"))
    assert [error.message for error in validator().iter_errors(found)] == []
    assert found["reader"] == "rcs660s" and found["checks"]["type_b"] is True
    answers = found["answers"]
    assert (answers["rcs660s_answers"], answers["rcs660s_present"]) == (True, True)
    assert answers["rcs660s_pause_ms"] == 0  # the emulated module bears that
    assert set(answers) <= set(asked("device", "rcs660s"))
    assert not {"version_us", "present_works", "pulled_status"} & set(answers)
    assert [one["link"] for one in found["pulls"]] == ["hsu"]
    assert not [line for line in problems(found, date.today()) if "answers" in line]
    page = verified.page([found])
    seen = [line for line in page.splitlines() if "**seen**" in line and "`esp32" in line]
    table = page.split("## With an RC-S660/S")[1].split("##")[0]
    assert [line for line in seen if "| hsu |" in line] == []
    assert seen[0] in table and seen[0].count("**seen**") == 3  # answers, is pulled, was read

"""The screen of the simulated device: what it shows, and what its keys do to a simulator."""

import asyncio
import re

import pytest

from oracle import ASKED
from picture import line_with, picture
from pinlamp.layout import lamps
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.simulator import screen
from pinlamp_tools.simulator.screen import Screen
from pinlamp_tools.simulator.simulator import PortError
from scripted import BOARD, PIN, ScriptedSimulator


@pytest.fixture
def simulator(event_of):
    return ScriptedSimulator(event_of)


def device(simulator, card=None, lang="en", layout=12, port=None):
    return Screen(simulator, BOARD, lamps(layout), card, lang, port)


async def test_the_story_is_told_at_80_by_24(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Starting: lamp test" in line_with(app, "Overall")
        simulator.ready()
        await pilot.pause()
        assert "Hold a card to the reader" in line_with(app, "Overall")
        simulator.read(visual_b=("locked", 0))
        await pilot.pause()
        assert "LOCKED" in line_with(app, "Check no. B, card face")
        assert "Not locked (no wrong entry)" in line_with(app, "Check no. B, text input")
        assert "Not locked, 10 left (max. unknown)" in line_with(app, "Check no. A, card face")
        assert "Not asked" in line_with(app, "Driving licence")
        assert "Something is locked" in line_with(app, "Overall")
        assert any("The card may be lifted now" in line for line in picture(app))
        assert any(f"result complete {len(ASKED)} keys 412 ms" in line for line in picture(app))
        assert "PINs presented: 0" in picture(app)[0]


async def test_in_japanese_and_back(simulator):
    app = device(simulator, lang="ja")
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.ready()
        simulator.read()
        await pilot.pause()
        assert "ロックなし(間違いの記録なし)" in line_with(
            app, "署名用電子証明書(英数字6〜16文字)"
        )
        assert "ロックなし(残り10回・上限は未確認)" in line_with(app, "照合番号A・券面事項確認AP")
        assert "使えるという保証ではありません" in line_with(app, "全体")
        await pilot.press("j")
        assert "Not locked (no wrong entry)" in line_with(app, "Signing certificate")
        assert "PINs presented: 0" in picture(app)[0]
        assert "日本語" in picture(app)[-1]
        await pilot.press("j")
        assert "全体" in line_with(app, "使えるという保証ではありません")


async def test_the_words_follow_while_a_card_is_read(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.ready()
        simulator.tell(type="card", kind="my_number_card")
        simulator.tell(type="key", id="sign", state="last", left=1, max=5)
        await pilot.pause()
        assert "Last try" in line_with(app, "Signing certificate")
        assert "Reading" in line_with(app, "User authentication")
        assert "do not lift" in line_with(app, "Overall")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "card", "kind": "several"}, "Several cards"),
        ({"type": "card", "kind": "other_f"}, "another kind of card (Type F)"),
        ({"type": "card", "kind": "juki_card"}, "Resident register card"),
        ({"type": "fault", "code": "reader_lost"}, "does not answer"),
        ({"type": "fault", "code": "settings", "field": "layout"}, '"layout" is not usable'),
        ({"type": "fault", "code": "safe_mode"}, "Safe mode"),
        ({"type": "result", "complete": False, "ms": 7, "keys": []}, "Once more, please"),
    ],
)
async def test_what_the_device_has_to_say(simulator, event, words):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.ready()
        simulator.tell(**event)
        await pilot.pause()
        assert words in line_with(app, "Overall")


async def test_a_key_chooses_a_card_and_holds_it(simulator):
    names = [card.name for card in CARDS]
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        assert simulator.done.pop() == f"tap {names[1]}"
        assert f"{names[1]} *" in line_with(app, names[1])
        await pilot.press("l")
        assert simulator.done.pop() == "lift"
        assert not any(" *" in line for line in picture(app))
        await pilot.press("n")
        assert simulator.done.pop() == f"tap {names[2]}"
        await pilot.press("N", "N", "N")
        assert simulator.done[-3:] == [f"tap {names[i]}" for i in (1, 0, -1)]


async def test_a_key_pulls_the_card_away(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "p")
        assert simulator.done == [f"tap {CARDS[0].name}", "pull"]


async def test_a_card_that_is_to_be_pulled_is_held_first(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "p")
        assert simulator.done == [f"tap {CARDS[1].name}", "pull"]


@pytest.mark.parametrize("key", ["space", "b"])
async def test_a_key_presses_the_button_for_a_moment(simulator, key):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        assert simulator.done[-1] in ("press", "let go")
        await asyncio.wait_for(simulator.let_go.wait(), 10)
        assert simulator.done[-2:] == ["press", "let go"]


async def test_a_fault_is_chosen_shown_and_over_when_it_has_struck(simulator):
    app = device(simulator, lang="ja")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "故障" not in picture(app)[0] and "f 故障" in picture(app)[-1]
        await pilot.press("f")
        assert "故障: checksum" in picture(app)[0]
        await pilot.press("j", "f")
        assert "fault: zombie" in picture(app)[0]
        simulator.fault = None  # it has struck
        simulator.ready()
        await pilot.pause()
        assert "zombie" not in picture(app)[0]
        await pilot.press("f")
        assert simulator.fault == "zombie", "the same again"
        await pilot.press("f")
        assert simulator.fault == "card_gone"
        await pilot.press("f")
        assert simulator.fault is None
        assert "PINs presented: 0" in picture(app)[0]
        await pilot.press("f")
        assert simulator.fault == "checksum"


async def test_the_list_tells_about_the_card_that_is_chosen(simulator):
    app = device(simulator, lang="ja")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "down")
        assert any(CARDS[3].ja in line for line in picture(app))
        await pilot.press("j")
        assert any(CARDS[3].en in line for line in picture(app))


async def test_the_first_card_is_held_once_the_device_is_ready(simulator):
    app = device(simulator, card="worn")
    async with app.run_test(size=(80, 24)) as pilot:
        assert simulator.done == []
        simulator.ready()
        simulator.ready()  # after a recovery: not again
        await pilot.pause()
        assert simulator.done == ["tap worn"]
        assert any("worn *" in line for line in picture(app))


async def test_short_sounds_are_seen_and_counted(simulator, monkeypatch):
    monkeypatch.setattr(screen, "NOTE_S", 1.0)
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        for hz in (2000, 0, 2000, 0):
            simulator.on_tone(hz)
        await pilot.pause()
        assert "♪♪" in picture(app)[0]
        await until(pilot, lambda: "♪" not in picture(app)[0])


async def until(pilot, seen):
    async def wait():
        while not seen():
            await pilot.pause(0.02)

    await asyncio.wait_for(wait(), 10)


async def test_the_words_go_when_the_lamps_have_gone(simulator, monkeypatch):
    monkeypatch.setattr(screen, "FADE_S", 0.2)
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.ready()
        simulator.read(sign=("locked", 0))
        simulator.tell(type="removed")
        for _ in range(20):  # one lamp is still lit now and then
            simulator.pixels((63, 4, 0), *[(0, 0, 0)] * 11)
            await pilot.pause(0.02)
        assert "LOCKED" in line_with(app, "Signing certificate")
        simulator.pixels(*[(0, 0, 0)] * 11, (9, 9, 9))  # the white of a device that is ready
        await until(pilot, lambda: "LOCKED" not in line_with(app, "Signing certificate"))
        assert "Hold a card to the reader" in line_with(app, "Overall")


async def test_the_pixels_of_the_board_s_strip_are_shown(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        red = re.compile("fill: #ff[0-3]")
        simulator.pixels((63, 0, 0), *[(0, 0, 0)] * 11)
        simulator.on_pixels(PIN + 1, bytes(36))
        await pilot.pause()
        assert red.search(app.export_screenshot())
        simulator.pixels(*[(0, 0, 0)] * 12)
        await pilot.pause()
        assert not red.search(app.export_screenshot())


async def test_the_end_of_the_firmware_is_said(simulator):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.on_line("Traceback (most recent call last):")
        simulator.on_exit(1)
        await pilot.pause()
        assert "The firmware has ended (exit status 1)" in line_with(app, "Overall")
        assert any("Traceback" in line for line in picture(app))


async def test_a_real_reader_has_no_virtual_cards(simulator):
    simulator.faults = ()
    app = device(simulator, port="/dev/ttyUSB0")
    async with app.run_test(size=(80, 24)) as pilot:
        simulator.ready()
        await pilot.press("n", "p", "l", "enter", "down", "f")
        assert simulator.fault is None
        assert any("/dev/ttyUSB0" in line for line in picture(app))
        assert not any("bank_app_lockout" in line for line in picture(app))
        assert not any(done.startswith(("tap", "pull")) for done in simulator.done)


@pytest.mark.parametrize("layout", [12, 8, 5, 1])
async def test_any_size_of_terminal(simulator, layout):
    app = device(simulator, layout=layout, lang="ja")
    async with app.run_test(size=(60, 20)) as pilot:
        simulator.ready()
        simulator.read(visual_b=("locked", 0))
        await pilot.pause()
        assert "ロックされています" in line_with(app, "照合番号B")
        assert any("ロックされているものがあります" in line for line in picture(app))
        for size in ((200, 60), (80, 24), (20, 5), (1, 1), (132, 43)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "ロックされています" in line_with(app, "照合番号B")
        assert "終了" in picture(app)[-1]


async def test_at_80_by_24_everything_has_its_place(simulator):
    app = device(simulator, lang="ja")
    async with app.run_test(size=(80, 24)):
        lines = picture(app)
        assert "終了" in lines[-1]
        assert lines[0].rstrip().endswith("0")
        assert sum("①" in line or "照合番号" in line for line in lines) == 5


@pytest.mark.parametrize(("key", "status"), [("q", 0), ("ctrl+q", 0), ("ctrl+c", 130)])
async def test_leaving(simulator, key, status):
    app = device(simulator)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
    assert app.return_value == status
    assert simulator.done == ["stop"]


def test_a_bench_that_cannot_start(event_of):
    simulator = ScriptedSimulator(event_of, PortError("/dev/nothing: No such file or directory"))
    with pytest.raises(PortError):
        device(simulator).run(headless=True)

"""`pinlamp watch`: a real device's events on a screen, unplugged and back; and as lines."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import tty

import pytest

from oracle import ASKED
from picture import line_with, picture
from pinlamp_tools.boards.board import Board
from pinlamp_tools.show import cable
from pinlamp_tools.watch.command import _Printer
from pinlamp_tools.watch.console import event_of
from pinlamp_tools.watch.screen import Watch
from pretend import Pretend, deploy
from scripted import ScriptedConsole
from terminal import Terminal


def _card(**states):
    found = [{"id": key, "state": states.get(key, "ok"), "left": 3, "max": None} for key in ASKED]
    yield {"type": "card", "kind": "my_number_card"}
    yield from ({"type": "key", **key} for key in found)
    yield {"type": "result", "complete": True, "ms": 400, "keys": found}


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_story_at_80_by_24(lang):
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell({"type": "ready", "board": "esp32_devkitc", "version": "0.1.0"})
        await pilot.pause()
        assert "/dev/ttyX" in picture(app)[0]
        await console.tell(*_card(visual_b="locked"))
        await pilot.pause()
        all_ = "\n".join(picture(app))
        locked, title = (
            ("ロックされています", "■ ロックされています")
            if lang == "ja"
            else ("LOCKED", "■ Locked")
        )
        name = "照合番号B・券面事項確認AP" if lang == "ja" else "Check no. B, card face"
        assert locked in line_with(app, name)
        assert title in all_, all_
        await console.tell({"type": "removed"})
        await pilot.pause()
        assert locked in line_with(app, name)  # to be read at leisure
        await pilot.press("space")
        await pilot.pause()
        assert locked not in "\n".join(picture(app))


READY = {"type": "ready", "board": "esp32_devkitc", "version": "0.1.0", "results": True}


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_press_compares_the_next_reading_with_this_one(lang):
    waiting, said = {
        "ja": ("同じカードをもう一度かざしてください", "同じカードであれば、解除されています"),
        "en": ("Hold the same card to it once more", "If it is the same card, it is unlocked"),
    }[lang]
    console = ScriptedConsole()
    app = Watch(console, lang, bell=False)
    async with app.run_test(size=(80, 40)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell(READY, *_card(visual_b="locked"))
        await pilot.press("a")
        await pilot.pause()
        assert any(waiting in line for line in picture(app))
        await console.tell({"type": "removed"}, *_card())
        await pilot.pause()
        assert any(said in line for line in picture(app))
        await console.tell({"type": "removed"}, *_card())  # the next card: nobody asked
        await pilot.pause()
        assert not any(said in line for line in picture(app))


@pytest.mark.parametrize("between", ["nothing", "space", "counter", "unplugged"])
async def test_nothing_is_compared_unless_it_was_asked_for(between):
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 40)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell({**READY, "counter": True} if between == "counter" else READY)
        await console.tell(*_card(visual_b="locked"))
        if between != "nothing":
            await pilot.press("a")
        if between == "space":
            await pilot.press("space")
        if between == "unplugged":
            await console.plug("")
            await console.plug("/dev/ttyX")
        await console.tell(*_card())
        await pilot.pause()
        all_ = "\n".join(picture(app))
        assert "same card, it is" not in all_ and "once more (" not in all_


async def test_an_unplugged_device_leaves_nothing_on_the_screen_and_comes_back():
    console = ScriptedConsole()
    app = Watch(console, "en", bell=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell(*_card(sign="locked"))
        await console.plug("")
        await pilot.pause()
        all_ = "\n".join(picture(app))
        assert "No device is connected" in all_ and "LOCKED" not in all_
        await console.plug("/dev/ttyX", cable.BUSY)
        await pilot.pause()
        assert "/dev/ttyX cannot be opened" in line_with(app, "Overall")
        assert any("another program" in line for line in picture(app))
        await console.plug("/dev/ttyX", cable.DENIED)
        await pilot.pause()
        assert "You may not use /dev/ttyX" in line_with(app, "Overall")
        assert any("dialout" in line for line in picture(app))
        await console.plug("/dev/ttyX")
        await console.tell(*_card(auth="last"))
        await pilot.pause()
        assert "Last try" in line_with(app, "User authentication")


@pytest.mark.parametrize("kind", ["phone_ios", "my_number_card"])
async def test_key_lines_that_were_lost_stand_in_the_result(kind):
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 50)) as pilot:
        await console.plug("/dev/ttyX")
        keys = [
            {"id": "sign", "state": "locked", "left": 0, "max": 5},
            {"id": "auth", "state": "ok", "left": 3, "max": 3},
        ]
        result = {"type": "result", "complete": True, "ms": 1, "keys": keys}
        await console.tell({"type": "card", "kind": kind}, result)
        await pilot.pause()
        assert "LOCKED" in line_with(app, "Signing")
        all_ = "\n".join(picture(app))
        assert "■ Locked" in all_ and "■ Not locked" not in all_


async def test_a_card_whose_first_lines_were_lost_is_not_the_one_before():
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 50)) as pilot:
        await console.plug("/dev/ttyX")
        first, *rest = _card(visual_b="locked")
        await console.tell({"type": "card", "kind": "several"}, *rest)
        await pilot.pause()
        all_ = "\n".join(picture(app))
        assert "■ Locked" in all_ and "Several cards" not in all_


async def test_faults_other_cards_and_half_a_reading():
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell({"type": "fault", "code": "reader_lost"})
        await pilot.pause()
        assert "PN532" in line_with(app, "Overall")
        await console.tell({"type": "fault", "code": "battery_low"})
        await pilot.pause()
        assert "reports a fault (battery_low)" in line_with(app, "Overall")
        await console.tell({"type": "card", "kind": "several"})
        await pilot.pause()
        assert any("Several cards" in line for line in picture(app))
        keys = [{"id": "sign", "state": "unknown", "left": None, "max": 5}]
        await console.tell(
            {"type": "card", "kind": "my_number_card"},
            {"type": "result", "complete": False, "ms": 1, "keys": keys},
        )
        await pilot.pause()
        assert any("Not read" in line for line in picture(app))
        await pilot.press("j")
        await pilot.pause()
        assert any("もう一度" in line for line in picture(app))


async def test_a_real_device_as_lines_and_in_a_terminal(micropython, tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, Board.named("esp32_devkitc"))
        await device.event("ready")
        command = (sys.executable, "-m", "pinlamp_tools", "watch", device.port)
        lines = await asyncio.create_subprocess_exec(
            *command, *("--json", "--lang", "en"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert b"Listening" in await lines.stderr.readline()  # what came before, it does not see
        device.lay("bank_app_lockout")
        events = []
        async for line in lines.stdout:
            events.append(json.loads(line))
            if events[-1].get("complete"):
                break
            if events[-1]["type"] == "result":  # a busy machine: it says "again, please"
                device.field.lift()
            elif events[-1]["type"] == "removed":
                device.lay("bank_app_lockout")
        assert {key["id"]: key["state"] for key in events[-1]["keys"]}["visual_b"] == "locked"
        lines.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(lines.wait(), 10) == 130
        device.field.lift()
        await device.event("removed")
        terminal = Terminal("watch", device.port, "--lang", "en")
        try:
            await asyncio.to_thread(terminal.wait_for, device.port)
            device.lay("sign_locked")
            await asyncio.to_thread(terminal.wait_for, "LOCKED")
            terminal.type(b"\x03")
            await asyncio.to_thread(terminal.wait_for, "\x1b[?1049l")
            assert terminal.process.wait(10) == 130
            assert "Traceback" not in terminal.seen
        finally:
            terminal.close()


def test_whoever_has_heard_enough_ends_it(tmp_path):
    master, slave = pty.openpty()
    tty.setraw(slave)
    command = [sys.executable, "-m", "pinlamp_tools", "watch", os.ttyname(slave), "--json"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert "Listening" in watching.stderr.readline()
        os.write(master, b'{"v":1,"type":"removed"}\n')
        assert json.loads(watching.stdout.readline()) == {"v": 1, "type": "removed"}
        watching.stdout.close()
        os.write(master, b'{"v":1,"type":"removed"}\n')
        assert watching.wait(30) == 1 and watching.stderr.read() == ""
    finally:
        watching.kill()
        os.close(master)
        os.close(slave)


def test_a_port_that_cannot_be_opened_is_said(tmp_path):
    (tmp_path / "tty").write_text("")
    command = [sys.executable, "-m", "pinlamp_tools", "watch", str(tmp_path / "tty")]
    watching = subprocess.Popen([*command, "--lang", "en"], stderr=subprocess.PIPE, text=True)
    try:
        line = watching.stderr.readline()
        assert "tty cannot be opened: Does another program use it?" in line
    finally:
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130


def test_a_port_that_is_not_there(pinlamp, one_line):
    assert "is not there" in one_line(pinlamp("watch", "/dev/there-is-none"), 1)


PHONE = {"type": "card", "kind": "phone_ios"}
FOREIGN_KEY = {"id": "common", "state": "ok", "left": 3, "max": 3}


def _deep(levels):
    return b'{"v":1,"type":"fault","code":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize("levels", [897, 950, 997, 100_000])
def test_a_line_nested_deep_is_no_event_and_ends_nothing(levels):
    assert event_of(_deep(levels)) is None


@pytest.mark.parametrize("lost", [False, True])
async def test_a_key_that_a_phone_has_not_is_unknown_and_ends_nothing(lost):
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    keys = [{"id": "auth", "state": "ok", "left": 3, "max": 3}, FOREIGN_KEY]
    async with app.run_test(size=(80, 50)) as pilot:
        await console.plug("/dev/ttyX")
        told = [{"type": "key", **key} for key in keys]
        result = {"type": "result", "complete": True, "ms": 1, "keys": keys}
        await console.tell(PHONE, *(() if lost else told), result)
        await pilot.pause()
        assert "Not locked" in line_with(app, "User authentication")
        assert "unknown" in line_with(app, "Overall").lower()
        assert "Not locked" not in line_with(app, "Overall")
        await console.tell(*_card(sign="locked"))
        await pilot.pause()
        assert "LOCKED" in line_with(app, "Signing")


def test_a_key_that_a_phone_has_not_leaves_the_lines_going(capsys):
    printer = _Printer("en", False)
    printer.take({"v": 1, **PHONE})
    printer.take({"v": 1, "type": "result", "complete": True, "ms": 1, "keys": [FOREIGN_KEY]})
    capsys.readouterr()
    for event in _card(sign="locked"):
        printer.take({"v": 1, **event})
    assert "LOCKED" in capsys.readouterr().out


async def test_what_cannot_be_shown_and_a_reset_take_the_old_result_away():
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        for state in (None, cable.REPL, cable.LOADER, cable.LISTENING):
            await console.plug("/dev/ttyX")
            await console.tell(*_card(visual_b="locked"))
            await pilot.pause()
            assert "LOCKED" in "\n".join(picture(app))
            broken = {"type": "key"}  # no id: a KeyError
            await (console.plug("/dev/ttyX", state) if state else console.tell(broken))
            await pilot.pause()
            assert "LOCKED" not in "\n".join(picture(app))


class _Dying(ScriptedConsole):
    def listen(self, take, connected, stopped):
        self.die = threading.Event()
        self.take, self.connected = take, connected
        self._ready.set()
        self.die.wait(30)
        raise KeyError("whatever")


async def test_a_listener_that_died_shows_not_connected_and_listens_again():
    console = _Dying()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell(*_card(auth="last"))
        await pilot.pause()
        first = console.die
        first.set()
        for _ in range(50):
            await asyncio.sleep(0.1)
            if console.die is not first:
                break
        all_ = "\n".join(picture(app))
        assert "No device is connected" in all_ and "Last try" not in all_
        await console.plug("/dev/ttyX")
        await console.tell(*_card(auth="last"))
        await pilot.pause()
        assert "Last try" in "\n".join(picture(app))
        app._stopped.set()
        console.die.set()

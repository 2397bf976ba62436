"""An update that does not get to its end: a full flash, damage, a pulled cable, Ctrl-C."""

import asyncio
import contextlib
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pinlamp_tools.deploy.repl import DeviceError, Repl
from pinlamp_tools.deploy.transport import Transport
from pretend import Pretend, deploy, until

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


def _renamed(name):
    return replace(BOARD, name=name)


def _fill_up(repl):
    """Leave some 20 KB of the flash."""
    repl.run(
        "f=open('/mine','wb')\ntry:\n while True:f.write(bytes(4096))\nexcept OSError:pass\n"
        "try:f.close()\nexcept OSError:pass\n"
        "import os\nos.rename('/mine','/theirs')\nf=open('/theirs','wb')\n"
        "for _ in range(os.statvfs('/')[3]-6):f.write(bytes(4096))\nf.close()",
        "filling it up",
    )


class Flipping(Repl):
    """Sends one file with a bit that is another."""

    def write(self, path, data):
        if path.endswith("lamps.mpy"):
            data = data[:99] + bytes([data[99] ^ 1]) + data[100:]
        super().write(path, data)


async def test_a_full_file_system_and_a_file_that_arrives_damaged(tmp_path, monkeypatch):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, _renamed("old"))
        await device.event("ready")
        files = {name: data + b"\0" for name, data in payload.compiled().items()}
        monkeypatch.setattr(payload, "compiled", lambda *_: files)
        with pytest.raises(DeviceError, match="lamps.mpy is not on the device as it was sent"):
            await device.repl(deploy, _renamed("new"), kind=Flipping)
        assert (await device.event("ready"))["board"] == "old"
        await device.repl(Repl.clear, "/b")
        await device.event("ready")
        await device.repl(_fill_up)
        await device.event("ready")
        with pytest.raises(DeviceError, match="file system is full"):
            await device.repl(deploy, _renamed("new"))
        assert await device.works() == "old"


@pytest.mark.parametrize(
    ("sent", "heard"), [("'/b/settings.json')", "'//settings.json')"), ("_run(b", "run(b")]
)
async def test_a_byte_lost_on_the_way_to_the_device_costs_nothing(
    tmp_path, monkeypatch, sent, heard
):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.repl(lambda repl: repl.write("/a/settings.json", b'{"profile": "counter"}'))
        run = Transport.exec

        def lossy(transport, code):
            return run(transport, code.replace(sent, heard))

        with monkeypatch.context() as patched:
            patched.setattr(Transport, "exec", lossy)
            with pytest.raises(DeviceError, match="was not told everything"):
                await device.repl(deploy, BOARD, "hsu", "stick-8")
        await device.repl(deploy, BOARD, "hsu", "stick-8")
        settings = await device.repl(lambda repl: repl.read("/b/settings.json"))
        assert settings == b'{"profile": "counter"}'


@pytest.mark.parametrize(("losses", "ends"), [(1, ""), (99, "does not start again")])
async def test_a_reset_that_was_not_heard_is_told_again(tmp_path, monkeypatch, losses, ends):
    run = Transport.exec_raw_no_follow
    lost = []

    def lossy(transport, code):
        if "machine.reset()" in code and len(lost) < losses:
            lost.append(code)
            code = code.replace("reset", "rset")
        run(transport, code)

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        starts = device.starts
        with monkeypatch.context() as patched:
            patched.setattr(Transport, "exec_raw_no_follow", lossy)
            with pytest.raises(DeviceError, match=ends) if ends else contextlib.nullcontext():
                await device.repl(lambda repl: repl.read("/main.py"))
        assert lost and (device.starts > starts) == (not ends)
        await device.repl(lambda repl: None)
        assert await device.works() == BOARD.name


async def test_no_room_for_a_folder(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(_fill_up)
        with pytest.raises(
            DeviceError, match="making /folder.*: the device's file system is full"
        ):
            await device.repl(lambda repl: [repl.make_folder(f"/folder{n}") for n in range(99)])


@pytest.mark.parametrize("how", ["unplug", "cut"])
async def test_a_device_that_goes_away(tmp_path, how):
    loop = asyncio.get_running_loop()

    class Leaving(Repl):
        def write(self, path, data):
            if path == "/b/board.json":
                asyncio.run_coroutine_threadsafe(self.leave(), loop).result()
            super().write(path, data)

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, _renamed("old"))
        await device.event("ready")

        async def leave(_):
            getattr(device, how)()

        Leaving.leave = leave
        told = {"unplug": "went away in the middle", "cut": "did not arrive whole"}
        with pytest.raises(DeviceError, match=told[how]):
            await device.repl(deploy, _renamed("new"), kind=Leaving)
        if how == "cut":
            assert await device.works() == "old"
    async with Pretend(tmp_path / "flash") as device:
        assert await device.works() == "old"


def _lose(repl, lost):
    """Let one of two bytes of a command's beginning get lost while this connection lasts."""
    read = repl._transport.serial.read

    def without(size=1):
        data = read(size)
        return data[:1] if data == lost else data

    repl._transport.serial.read = without


# See "raw-paste mode" in MicroPython's reference.
BEGINNING = pytest.mark.parametrize("lost", [b"R\x01", b"\x80\x00"])


@BEGINNING
async def test_a_byte_that_gets_lost_leaves_no_device_stopped(tmp_path, lost):
    def work(repl):
        _lose(repl, lost)
        repl.write("/x", b"")

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, _renamed("old"))
        await device.event("ready")
        with pytest.raises(DeviceError, match="did not arrive whole"):
            await device.repl(work)
        assert await device.works() == "old"


@BEGINNING
async def test_a_byte_that_gets_lost_at_the_reset_has_it_told_again(tmp_path, lost):
    class Losing(Repl):
        tried = 0

        def _resets(self, hard):
            self.tried += 1
            if self.tried == 1:
                _lose(self, lost)
            return super()._resets(hard)

    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, _renamed("old"), kind=Losing)
        assert await device.works() == "old"


async def test_ctrl_c(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, _renamed("old"))
        await device.event("ready")
        journal = tmp_path / "flash.journal"
        journal.touch()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pinlamp_tools", "deploy", "--port", device.port),
            *("--board", "esp32_devkitc", "--force"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        # It is in safe mode, and being sent files.
        await until(lambda: journal.stat().st_size >= 60_000)
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert (process.returncode, out) == (130, b"") and b"Traceback" not in err
        assert await device.works() == "old"


async def test_ctrl_c_while_the_port_is_away_leaves_no_safe_mode(tmp_path):
    async with Pretend(tmp_path / "flash", chip="rp2040", away_s=1.5) as device:
        await device.repl(deploy, Board.named("pico_w"))
        await device.event("ready")
        starts = device.starts
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pinlamp_tools", "deploy", "--lang", "en"),
            *("--board", "pico_w", "--strip", "stick-8", "--port", device.port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        await until(lambda: device.starts > starts)  # it restarts without a watchdog
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 130
        assert (await device.works()) == "pico_w"


async def test_a_second_ctrl_c_says_what_is_left_to_do(tmp_path):
    async with Pretend(tmp_path / "flash", chip="rp2040", away_s=8) as device:
        await device.repl(deploy, Board.named("pico_w"))
        await until(lambda: Path(device.port).exists())
        starts = device.starts
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pinlamp_tools", "deploy", "--lang", "en"),
            *("--board", "pico_w", "--strip", "stick-8", "--port", device.port),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        await until(lambda: device.starts > starts)  # it restarts without a watchdog
        process.send_signal(signal.SIGINT)
        while b"Starting the device again" not in await asyncio.wait_for(
            process.stderr.readline(), 60
        ):
            pass
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert b"The device may have stopped: unplug it for a moment" in said


async def test_a_command_right_behind_another_waits_for_the_port(tmp_path):
    async with Pretend(tmp_path / "flash", chip="rp2040", away_s=1.5) as device:
        await device.repl(deploy, Board.named("pico_w"))
        await device.event("ready")
        for words in (("set", "brightness", "50"), ("get", "brightness")):
            process = await asyncio.create_subprocess_exec(
                *(
                    sys.executable,
                    "-m",
                    "pinlamp_tools",
                    "settings",
                    *words,
                    "--port",
                    device.port,
                ),
                stdout=asyncio.subprocess.PIPE,
            )
            out, _ = await asyncio.wait_for(process.communicate(), 60)
            assert process.returncode == 0
        assert out.split() == [b"50"]


async def test_ctrl_c_leaves_dark_lamps_and_a_watchdog_that_is_fed(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        await device.repl(deploy, BOARD)
        await device.works()
        assert any(device.pixels) and device.watchdog_ms == 8000

        def look(repl):
            answers = [repl.run("print(6 * 7)", "asking") for _ in range(3)]
            return answers, device.pixels, device.watchdog_ms

        answers, pixels, watchdog_ms = await device.repl(look)
        assert answers == [b"42\n"] * 3
        assert not any(pixels) and watchdog_ms == 0


async def test_after_ctrl_c_a_reset_is_no_crash_though_an_rp2040_calls_it_the_watchdog_s(tmp_path):
    flash = tmp_path / "flash"

    async def starts():
        """Start as after the watchdog, and let Ctrl-C be the last that happens."""
        async with Pretend(flash, cause="3") as device:
            await device.event("ready")
            repl = await asyncio.to_thread(Repl, device.port)
            crashes = await asyncio.to_thread(repl.read, "/a/crashes")
            repl.close()
            return crashes

    async with Pretend(flash) as device:
        await device.repl(deploy, BOARD)
        await device.event("ready")
    assert await starts() == b"1"  # it was running then: it hung
    assert await starts() == b"1"  # it was left to the REPL

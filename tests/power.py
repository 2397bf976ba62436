"""Power cuts: what is on a flash whose journal (see device/pretend_boot.py) breaks off."""

import json
import struct

from littlefs import LittleFS

from pinlamp_tools.deploy import payload
from pretend import BLOCKS


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

    def starts(self, settings):
        """Return the name of the board that starts from it, every file of it being whole.

        `settings`: what its settings.json has to be. None without a main.py: MicroPython alone.
        """
        files = self.files()

        def read(path):
            with files.open(path, "rb") as file:
                return file.read()

        if "main.py" not in files.listdir("/"):
            return None
        home = payload.home_of(read("/main.py"))
        for name, digest in json.loads(read(f"{home}/files.json"))["files"].items():
            assert payload.sha256(read(f"{home}/{name}")) == digest, name
        if settings is not None:
            assert read(f"{home}/settings.json") == settings  # the user's
        return json.loads(read(f"{home}/board.json"))["name"]


def writes(journal):
    """Return how many writes a journal has."""
    at, count = 0, 0
    while at < len(journal):
        at += 8 + struct.unpack_from("<II", journal, at)[1]
        count += 1
    return count


def cuts(before, journal, shares, settings=None):
    """Yield the flash as it is if the power is cut in each write, after 1/`shares` of it, 2/…"""
    flash = Flash(before, journal)
    while True:
        for part in range(1, shares + 1):
            if flash.write(part / shares) is None:
                return
            yield bytes(flash.data), flash.starts(settings)

"""The pretend device keeps its user away from this machine's own files."""

import asyncio
import os
import select

import pytest

import pretend

pytestmark = pytest.mark.usefixtures("micropython")

# A boot that is slow: it waits for the file GO before it mounts the flash.
SLOW = """
import os, time
print("starting")
while "go" not in os.listdir({folder!r}):
    time.sleep_ms(5)
exec(open({boot!r}).read())
"""


async def test_who_types_before_the_flash_is_mounted_meets_nothing(tmp_path, monkeypatch):
    """A Ctrl-C that came too early opened a REPL on this machine's /: deploying wrote there."""
    slow = tmp_path / "slow_boot.py"
    slow.write_text(SLOW.format(folder=str(tmp_path), boot=str(pretend.BOOT)), "utf-8")
    async with pretend.Pretend(tmp_path / "flash") as device:
        monkeypatch.setattr(pretend, "BOOT", slow)
        device.cut()  # and it starts again
        fd = os.open(device.port, os.O_RDWR | os.O_NOCTTY)
        try:
            await asyncio.to_thread(_read_until, fd, b"starting\n")
            os.write(fd, b"\x03import os; sorted(os.listdir('/'))\r")
            early = await asyncio.to_thread(select.select, [fd], [], [], 0.5)
            assert not early[0], os.read(fd, 4096)
            (tmp_path / "go").touch()
            await asyncio.to_thread(_read_until, fd, b">>> ")
            os.write(fd, b"import os; sorted(os.listdir('/'))\r")
            assert b"\n['host']" in await asyncio.to_thread(_read_until, fd, b"']")
        finally:
            os.close(fd)


def _read_until(fd, wanted):
    said = b""
    while wanted not in said:
        assert select.select([fd], [], [], 20)[0], said
        said += os.read(fd, 4096)
    return said

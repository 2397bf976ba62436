"""The screen in a terminal, with the real device behind it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest


class Terminal:
    """A terminal of 80 by 24 with the command in it."""

    def __init__(self, *arguments):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pinlamp_tools", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, text, timeout_s=60):
        """Read until `text` has come; AssertionError with what came instead."""
        end = time.monotonic() + timeout_s
        while text not in self.seen:
            assert select.select([self._master], [], [], end - time.monotonic())[0], self.seen
            try:
                self.seen += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                assert text in self.seen, self.seen
                return

    def type(self, keys):
        os.write(self._master, keys)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(micropython):
    opened = []

    def start(*arguments):
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize(("keys", "status"), [(b"q", 0), (b"\x03", 130)])
def test_the_real_device_in_a_terminal(terminal, keys, status):
    device = terminal("run", "--card", "bank_app_lockout", "--lang", "en")
    device.wait_for("Something is locked")
    device.type(keys)
    device.wait_for("\x1b[?1049l")  # the terminal is as it was
    assert device.process.wait(10) == status
    assert "Traceback" not in device.seen


def test_a_signal_leaves_the_terminal_as_it_was(terminal):
    device = terminal("run", "--lang", "en")
    device.wait_for("lamp test")
    device.process.send_signal(signal.SIGTERM)
    device.wait_for("\x1b[?1049l")
    assert device.process.wait(10) == 128 + signal.SIGTERM

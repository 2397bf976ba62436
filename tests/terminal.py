"""A real terminal that runs the command."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time


class Terminal:
    """A terminal of 80 by 24 that runs the command."""

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
        """Read until `text` comes; AssertionError with the text that came instead."""
        end = time.monotonic() + timeout_s
        while text not in self.seen:
            assert select.select([self._master], [], [], end - time.monotonic())[0], self.seen
            try:
                self.seen += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                assert text in self.seen, self.seen
                return

    def more(self, seconds):
        """Read what comes within so many seconds; return at once with the first of it."""
        if select.select([self._master], [], [], seconds)[0]:
            try:
                self.seen += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                time.sleep(min(seconds, 0.05))

    def type(self, keys):
        os.write(self._master, keys)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._master)

"""This machine posing as Windows, as far as possible: runs `pinlamp` without what Windows lacks.

    python tests/windows.py < commands

The commands are a JSON list of lists of arguments; each gets a line of JSON: [exit status,
standard output, standard error]. This overrides one function of the project, which tells the
system's name. It removes everything else from Python itself.
"""

import asyncio
import builtins
import contextlib
import io
import json
import os
import signal
import sys
import traceback

_MODULES = ("termios", "fcntl", "pty", "tty", "resource", "pwd", "grp")
# These have other modules for Windows, chosen by the system's name.
_HAVE_THEIR_OWN = (
    "serial.serialposix",
    "serial.tools",
    "mpremote.console",
    "click._termui_impl",
    "esp_pylib.serial_reset",
)
_SIGNALS = "SIGHUP SIGKILL SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGPIPE SIGTSTP SIGWINCH".split()
_CALLS = (
    "setpgrp setpgid setsid getpgid getpgrp killpg tcgetpgrp tcsetpgrp ctermid ttyname openpty"
    " forkpty fork getuid geteuid getgid getegid mkfifo chown pidfd_open"
).split()


def _import(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and name in _MODULES:
        by = (globals or {}).get("__name__") or ""
        if not by.startswith(_HAVE_THEIR_OWN):
            raise ModuleNotFoundError(f"No module named {name!r}, asked for by {by}", name=name)
    return _really_import(name, globals, locals, fromlist, level)


def _refused(*_, **__):
    raise OSError(1314, "A required privilege is not held by the client")


_really_import = builtins.__import__
builtins.__import__ = _import
for _name in _SIGNALS:
    delattr(signal, _name)
for _name in _CALLS:
    if hasattr(os, _name):
        delattr(os, _name)
os.symlink = _refused
_Loop = type(asyncio.new_event_loop())
_Loop.add_signal_handler = asyncio.AbstractEventLoop.add_signal_handler  # NotImplementedError

from pinlamp_tools import paths  # noqa: E402
from pinlamp_tools.__main__ import main  # noqa: E402

paths.has_ptys = lambda: False


def _run(arguments):
    sys.argv = ["pinlamp", *arguments]
    # Like those of the process, with the encoding of PYTHONIOENCODING.
    out, err = (io.TextIOWrapper(io.BytesIO(), sys.stdout.encoding) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main()
        except SystemExit as end:
            status = end.code
        except BaseException:
            traceback.print_exc()
            status = None
    texts = []
    for stream in (out, err):
        stream.flush()
        # click takes the encoding ASCII for a mistake and writes UTF-8.
        texts.append(stream.buffer.getvalue().decode(stream.encoding, "replace"))
    return [status, *texts]


if __name__ == "__main__":
    for _arguments in json.load(sys.stdin):
        print(json.dumps(_run(_arguments)), flush=True)

"""A copy of the project as a newcomer has it, and lines of sh in it, with no terminal.

The copy is of the files as they lie here, so that a change is tested before it is committed, and
its environment borrows the libraries of this one, so that nothing is fetched.
"""

import os
import re
import select
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from places import ROOT

LOCALES = {"en": "C.UTF-8", "ja": "ja_JP.UTF-8"}
# A locale, and what a make that these tests run under hands down.
_OF_OTHERS = re.compile(r"LC_|MAKE|MFLAGS")
# No device that happens to hang on this machine is written to.
_PINLAMP = """#!{python}
import sys
from serial.tools import list_ports
list_ports.comports = lambda *_, **__: []
from pinlamp_tools.__main__ import main
sys.exit(main())
"""


def copy_into(folder):
    """Copy the project into `folder`, with an environment as `make` leaves it; return the copy."""
    copied = Path(folder) / "pinlamp"
    made = ("[.]*cache", ".git", ".venv", ".bare", ".typings", ".hypothesis", "dist", "__pyc*")
    shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(*made))
    venv = copied / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    # A path in a .pth is not searched for further ones: the editable install stays behind.
    parts = ("host_tools", "lib/mynacard", "lib/pn532", "lib/isodep", "lib/pasori", "firmware")
    ours = [copied / part for part in parts]
    paths = [*ours, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site / "copy.pth").write_text("".join(f"{path}\n" for path in paths), "utf-8")
    script = venv / "bin" / "pinlamp"
    script.write_text(_PINLAMP.format(python=venv / "bin" / "python"), "utf-8")
    script.chmod(0o755)
    for stamp in (venv / ".made", venv / "bin" / ".run", venv / "bin" / ".dev"):
        stamp.touch()
    ask = [venv / "bin" / "python", "-c", "import pinlamp_tools as it; print(it.__path__[0])"]
    found = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    assert Path(found) == copied / "host_tools" / "pinlamp_tools"
    return copied


def in_sh(copy, line, lang="en", **environment):
    """Return what Popen and run want for a line of sh in the copy, in the words of a language."""
    return {
        "args": ["sh", "-c", line],
        "cwd": copy,
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "encoding": "utf-8",
        "env": {
            **{name: value for name, value in os.environ.items() if not _OF_OTHERS.match(name)},
            "LANG": LOCALES[lang],
            "PYTHONUTF8": "1",
            "COLUMNS": "80",
            "PATH": f"{copy / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PCSCLITE_CSOCK_NAME": str(copy / "no_pcscd"),  # nor is a card of this machine read
            **environment,
        },
    }


def does_what_it_says(copy, line, status, words, **environment):
    """Run a line in the copy: it ends with `status` and says `words`, a fault in one line."""
    done = subprocess.run(**in_sh(copy, line, **environment), timeout=120)
    assert done.returncode == status, done.stderr
    assert re.search(words, done.stderr if status else done.stdout, re.M), done.stderr
    assert "Traceback" not in done.stderr
    if status:
        assert len(done.stderr.splitlines()) == 1


def waits(copy, line, words):
    """Start a line in the copy: it says `words` and does not end by itself."""
    with subprocess.Popen(**in_sh(copy, f"exec {line}")) as process:
        try:
            assert select.select([process.stderr], [], [], 60)[0], "it said nothing for a minute"
            assert re.search(words, process.stderr.readline())
            assert process.poll() is None
        finally:
            process.kill()

"""Every command of the READMEs, as it is written, in a copy of the project, with no terminal.

The copy is of the files as they lie here, so that a change is tested before it is committed, and
its environment borrows the libraries of this one, so that nothing is fetched. That a clone of what
is committed installs by itself is the part of test_fresh_clone.py.
"""

import os
import re
import select
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from places import ROOT
from readme import COMMANDS, PLAN, READMES, RUN, WAIT, commands, last_lines, shown

LOCALES = {"en": "C.UTF-8", "ja": "ja_JP.UTF-8"}
# A locale, and what a make that these tests run under hands down.
_OF_OTHERS = re.compile(r"LC_|MAKE|MFLAGS")
# No device that happens to hang on this machine is written to.
PINLAMP = """#!{python}
import sys
from serial.tools import list_ports
list_ports.comports = lambda *_, **__: []
from pinlamp_tools.__main__ import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project, with an environment as `make` leaves it."""
    copied = tmp_path_factory.mktemp("readme") / "pinlamp"
    made = ("[.]*cache", ".git", ".venv", ".bare", ".typings", ".hypothesis", "dist", "__pyc*")
    shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(*made))
    venv = copied / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    # A path in a .pth is not searched for further ones: the editable install stays behind.
    parts = ("host_tools", "lib/mynacard", "lib/pn532", "lib/isodep", "firmware")
    ours = [copied / part for part in parts]
    paths = [*ours, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site / "copy.pth").write_text("".join(f"{path}\n" for path in paths), "utf-8")
    script = venv / "bin" / "pinlamp"
    script.write_text(PINLAMP.format(python=venv / "bin" / "python"), "utf-8")
    script.chmod(0o755)
    for stamp in (venv / ".made", venv / "bin" / ".run", venv / "bin" / ".dev"):
        stamp.touch()
    ask = [venv / "bin" / "python", "-c", "import pinlamp_tools as it; print(it.__path__[0])"]
    found = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    assert Path(found) == copied / "host_tools" / "pinlamp_tools"
    return copied


def _sh(copy, line, lang="en", **environment):
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


def test_both_have_the_same_commands_and_each_has_a_row():
    english, japanese = map(commands, READMES.values())
    assert english == japanese == list(COMMANDS)


@pytest.mark.parametrize("line", [line for line, row in COMMANDS.items() if row[0] in (RUN, PLAN)])
def test_a_command_does_what_it_says(line, copy, request):
    how, status, words = COMMANDS[line]
    environment = {}
    if line.startswith("make run"):
        environment["PINLAMP_MICROPYTHON"] = str(request.getfixturevalue("micropython"))
    tried = line.replace("make", "make -n", 1) if how == PLAN else line
    done = subprocess.run(**_sh(copy, tried, **environment), timeout=120)
    assert done.returncode == status, done.stderr
    assert re.search(words, done.stderr if status else done.stdout, re.M), done.stderr
    assert "Traceback" not in done.stderr
    if status:
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("line", [line for line, row in COMMANDS.items() if row[0] == WAIT])
def test_a_command_waits_for_a_device(line, copy):
    with subprocess.Popen(**_sh(copy, f"exec {line}")) as process:
        try:
            assert select.select([process.stderr], [], [], 60)[0], "it said nothing for a minute"
            assert re.search(COMMANDS[line][2], process.stderr.readline())
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.parametrize("lang", READMES)
def test_the_first_screen_shows_how_the_device_really_ends(lang, copy, micropython):
    readme = READMES[lang]
    (line,) = (line for line in commands(readme) if line.startswith("make run"))
    options = _sh(copy, line, lang, PINLAMP_MICROPYTHON=str(micropython))
    done = subprocess.run(**options, timeout=120)
    expected = shown(readme)
    assert last_lines(done.stdout, len(expected)) == expected, done.stderr
    head = readme.read_text("utf-8").splitlines()[:24]
    assert head[-2] == "```" and f"(docs/story.{lang}.svg)" in "".join(head)
    assert all(len(row) <= 80 for row in expected)

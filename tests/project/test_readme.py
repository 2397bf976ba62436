"""Every command of the READMEs and of the builds' pages, as written, in a copy of the project.

That a clone of what is committed installs by itself is the part of test_fresh_clone.py.
"""

import subprocess

import pytest

from copied import copy_into, does_what_it_says, in_sh, waits
from readme import (
    BUILDS,
    COMMANDS,
    OF_BUILDS,
    PLAN,
    READMES,
    RUN,
    WAIT,
    commands,
    how_of_build,
    last_lines,
    shown,
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project, with an environment as `make` leaves it."""
    return copy_into(tmp_path_factory.mktemp("readme"))


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
    does_what_it_says(copy, tried, status, words, **environment)


@pytest.mark.parametrize("line", [line for line, row in COMMANDS.items() if row[0] == WAIT])
def test_a_command_waits_for_a_device(line, copy):
    waits(copy, line, COMMANDS[line][2])


@pytest.mark.parametrize("line", OF_BUILDS)
def test_a_command_of_a_build_s_page_does_what_it_says(line, copy):
    how, status, words = how_of_build(line)
    if how == WAIT:
        waits(copy, line, words)
    else:
        does_what_it_says(copy, line, status, words)


def test_each_page_of_a_build_has_its_three_commands_and_its_label():
    assert len(BUILDS) == 6
    for page in BUILDS:
        lines = commands(page)
        verbs = [line.partition(" --")[0] for line in lines]
        assert verbs[-1].startswith("pinlamp board label "), page
        flashed = "flash" in verbs[0]
        wanted = ["flash", "deploy", "doctor"] if flashed else ["deploy", "doctor", "watch"]
        assert verbs[:-1] == [f"pinlamp {verb}" for verb in wanted]


@pytest.mark.parametrize("lang", READMES)
def test_the_first_screen_shows_how_the_device_really_ends(lang, copy, micropython):
    readme = READMES[lang]
    (line,) = (line for line in commands(readme) if line.startswith("make run"))
    options = in_sh(copy, line, lang, PINLAMP_MICROPYTHON=str(micropython))
    done = subprocess.run(**options, timeout=120)
    expected = shown(readme)
    assert last_lines(done.stdout, len(expected)) == expected, done.stderr
    head = readme.read_text("utf-8").splitlines()[:24]
    assert head[-2] == "```" and f"(docs/story.{lang}.svg)" in "".join(head)
    assert all(len(row) <= 80 for row in expected)

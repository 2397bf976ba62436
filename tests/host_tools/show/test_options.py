"""A path in a command that the user is told to type: one word to the shell, and nothing else."""

import shlex

import pytest

from pinlamp_tools import cli, paths
from pinlamp_tools.show.options import quoted

PLAIN = ["board.bin", r"C:\boards\mine", "a/b-2.uf2", "基板"]
SPACED = ["my board", "x&calc", "x|calc", "a^b", "(a)", "a;b", "a,b", "@a", "~", "a'b", "-x", ""]
NEVER = ["a%PATH%", "a $(calc) b", "a`n", 'a"b', "a\u201db", "a\u201cb", "a\u201eb"]
HIDDEN = ["a\nb", "a\x1b[2Jb", "a\u202eb", "a\rb"]


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(paths, "has_ptys", lambda: False)


def argument(text):
    """Return what a Windows program makes of one word in quotes (CommandLineToArgvW's rules)."""
    begin, inner, end = text[0], text[1:-1], text[-1]
    assert (begin, end) == ('"', '"') and '"' not in inner
    slashes = len(inner) - len(inner.rstrip("\\"))
    assert slashes % 2 == 0  # else the last one makes a letter of the quote
    return inner[: len(inner) - slashes // 2]


@pytest.mark.parametrize("path", PLAIN)
def test_windows_takes_a_plain_path_as_it_stands(windows, path):
    assert quoted(path) == path


@pytest.mark.parametrize("path", [*SPACED, "my boards\\", "my boards\\\\"])
def test_windows_gets_all_others_in_double_quotes(windows, path):
    assert argument(quoted(path)) == path


@pytest.mark.parametrize("path", [*NEVER, *HIDDEN])
def test_what_no_quotes_hold_on_windows_is_left_to_the_person(windows, path):
    assert quoted(path) == "PATH"


@pytest.mark.parametrize("path", [*PLAIN, *SPACED, *NEVER])
def test_elsewhere_the_shell_gets_what_it_takes_for_that_path(path):
    assert shlex.split(quoted(path)) == [path]


@pytest.mark.parametrize("path", HIDDEN)
def test_elsewhere_too_nobody_types_what_cannot_be_seen(path):
    assert quoted(path) == "PATH"


@pytest.mark.parametrize(
    ("name", "told"), [("x&calc", '"{}"'), ("a $(calc) b", "PATH"), ("%TEMP%", "PATH")]
)
def test_the_next_command_for_a_folder_with_a_made_up_name(windows, tmp_path, capsys, name, told):
    folder = tmp_path / name
    words = ["board", "new", "--from", "pico_w", "-o", str(folder), "--title", "M"]
    assert cli.run_cli([*words, "--link", "hsu", "--lamps", "12"]) == 0
    said = capsys.readouterr().out
    assert said.endswith("then: pinlamp board check " + told.format(folder) + "\n")

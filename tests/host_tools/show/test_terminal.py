"""Narrow and odd terminals: no line is wider than they are, and no text is lost."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest
from rich.cells import cell_len

from pinlamp_tools.boards import board as boards
from pinlamp_tools.boards.board import Board
from places import TESTS

TRACE = TESTS / "traces" / "bank_app_lockout.jsonl"
COMMANDS = [
    ["replay", TRACE],
    ["replay", TRACE, "--print"],
    ["guide"],
    ["guide", "my_number_card", "sign", "locked"],
    ["guide", "my_number_card", "visual_b", "locked", "--print"],
    ["explain", "FAQ 7204"],
    ["explain", "ICチップがロック"],
    ["cards"],
]
# They have no texts of their own in two languages.
PLAIN = [["board", "show", "pico_w"], ["board", "check"]]


_RUN = """
import json, sys
from pinlamp_tools.cli import run_cli
for command in json.loads(sys.argv[1]):
    if run_cli(command):
        sys.exit(1)
    print("\\x1e")
"""


def _run(commands, lang, **options):
    """Start all commands in one process."""
    option = ["--lang", lang] if lang else []
    told = json.dumps([[*map(str, command), *option] for command in commands])
    environment = {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")
    }
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, told],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env={**environment, "LC_ALL": "C.UTF-8", "TERM": "xterm"},
        **options,
    )


def _on_a_terminal(columns, commands, lang):
    """Return what each command prints on a terminal of `columns`, without colours."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = _run(commands, lang, stdout=its)
    os.close(its)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the other end was closed: that is how a terminal ends
        pass
    os.close(ours)
    assert process.wait(60) == 0, said
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).replace("\r", "").split("\x1e\n")[:-1]


def _letters(text):
    """Return a text without what the layout may change: blanks, and where lines end."""
    return sorted(re.sub(r"\s", "", text))


@pytest.mark.parametrize(("lang", "commands"), [("ja", COMMANDS), ("en", COMMANDS), (None, PLAIN)])
def test_no_line_is_wider_than_the_terminal_and_no_text_is_lost(lang, commands):
    piped = _run(commands, lang, stdout=subprocess.PIPE)
    whole = piped.communicate(timeout=60)[0].decode().split("\x1e\n")[:-1]
    assert len(whole) == len(commands)
    for columns in (40, 60, 72, 80):
        said = _on_a_terminal(columns, commands, lang)
        for command, text, expected in zip(commands, said, whole, strict=True):
            assert max(map(cell_len, text.splitlines())) <= columns, (columns, command)
            assert _letters(text) == _letters(expected), (columns, command)


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_the_list_of_boards_has_all_lamps_on_any_terminal(columns):
    (said,) = _on_a_terminal(columns, [["board", "list"]], None)
    for name in boards.names():
        told = said[said.index(name) :]
        board = Board.named(name)
        lamps = "/".join(str(strip.layout) for strip in board.strips)
        for what in (board.title, lamps, board.link, board.image):
            assert re.search(rf"(?<!\S){re.escape(what)}(?![\w/])", told), (name, what)


def test_a_narrow_table_has_the_state_below_the_name():
    # A trace does not tell which label a device has, so no lamp has a number.
    (said,) = _on_a_terminal(40, [["replay", TRACE]], "ja")
    lines = said.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "券面事項確認AP(14桁)" in line]
    assert "照合番号B" in lines[at] and lines[at + 1].strip() == "ロックされています", lines


@pytest.mark.parametrize("encoding", ["ascii", "cp932"])
def test_what_an_encoding_lacks_is_a_question_mark(encoding):
    for command in (["guide", "my_number_card", "sign", "locked"], ["explain", "天気"]):
        done = subprocess.run(
            [sys.executable, "-m", "pinlamp_tools", *command, "--lang", "ja"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )
        said = done.stdout.decode(encoding) + done.stderr.decode("utf-8", "replace")
        assert done.returncode == (1 if command[0] == "explain" else 0)
        assert "internal error" not in said
        if encoding == "cp932" and command[0] == "guide":
            assert "セブン-イレブン" in said and "?" not in said
        assert len(said) > 50


def test_an_internal_error_is_short(monkeypatch, capsys):
    from pinlamp_tools import cli

    def fail(*args, **kwargs):
        raise ValueError("long " * 5000)

    monkeypatch.setattr(cli.cli, "main", fail)
    assert cli.run_cli(["cards"]) == 1
    assert len(capsys.readouterr().err) < 300

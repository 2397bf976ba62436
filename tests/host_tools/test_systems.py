"""Every command as it is on Windows: it works, or says in one line why not. Never a traceback."""

import io
import json
import os
import re
import subprocess
import sys

import click
import pytest

import stock
from pinlamp_tools import cli
from pinlamp_tools.show.encoding import forgiving
from places import TESTS

TRACE = str(TESTS / "traces" / "bank_app_lockout.jsonl")
WSL = (1, "WSL")
NO_PORT = (1, "COM3 cannot be opened")
NO_READER = ((1, 2), "")  # no service, no reader, or none of that name; or no pyscard
MINE = "my files/mine"
READER = ("--reader", "no such reader")

# What to run of each command, in a folder of its own, and what has to come of it: the exit status,
# and a text that is in what it prints, or if that is not 0, in its one line of complaint.
CASES = {
    "run": [(["run"], *WSL), (["run", "--json", "--port", "COM3"], *WSL)],
    "bench": [(["bench"], *WSL), (["bench", "--virtual"], *WSL)],
    "emulate": [
        (["emulate", "--card", "fresh"], *WSL),
        # A client of TCP, which wants no pty. Nobody listens there.
        (["emulate", "--card", "fresh", "--pcsc", "127.0.0.1:1"], 1, "no virtual reader at"),
    ],
    "replay": [
        (["replay", TRACE, "--lang", "ja"], 0, "照合番号B"),
        (["replay", TRACE, "--print", "--lang", "ja"], 0, "窓口のご担当者様へ"),
        (["replay", TRACE, "--json"], 0, '"type": "result"'),
        (["replay", "C:\\no such\\trace.jsonl"], 2, "trace.jsonl"),
    ],
    "cards": [(["cards"], 0, "bank_app_lockout")],
    "guide": [
        (["guide"], 0, "my_number_card"),
        (["guide", "my_number_card", "sign", "locked", "--lang", "ja"], 0, "署名用電子証明書"),
        (["guide", "my_number_card", "visual_b", "locked", "--print"], 0, "【"),
    ],
    "slip": [
        (["slip", "visual_b", "--lang", "ja"], 0, "窓口のご担当者様へ"),
        (["slip", "no_such_key"], 2, "no_such_key"),
    ],
    "sheet": [(["sheet", "-o", "counter.svg"], 0, "counter.svg")],
    "explain": [
        (["explain", "ICチップがロック"], 0, "■"),
        (["explain", "天気"], 1, ""),
    ],
    "read": [(["read", *READER], *NO_READER)],
    "record": [
        (["record", "-o", "a.jsonl", *READER], *NO_READER),
        (["record", "-o", "a.jsonl", "--port", "COM3"], *NO_PORT),
        (["record", "-o", "a.jsonl", "--pn532", "COM3"], 2, "--pn532 wants Linux or macOS"),
    ],
    "report": [
        (["report", "-o", "a.json", *READER], *NO_READER),
        (["report", "-o", "a.json", "--port", "COM3"], *NO_PORT),
    ],
    "export": [(["export", TRACE, "-o", "tap.pcapng"], 0, "tap.pcapng")],
    "watch": [
        (["watch", "COM3"], 1, "COM3 is not there"),
        (["watch", "COM3", "--json"], 1, "COM3 is not there"),
    ],
    "board list": [(["board", "list"], 0, "esp32_devkitc")],
    "board show": [(["board", "show", "pico_w"], 0, "Pico W")],
    "board check": [(["board", "check"], 0, "pico_w: ")],
    "board new": [
        (
            ["board", "new", "-o", MINE, *"--from pico_w --title é① --link hsu".split()],
            0,
            f'pinlamp board check "{MINE}"',
        ),
        (["board", "show", MINE], 0, "①"),
    ],
    "board wiring": [
        (["board", "wiring", "pico_w", "-o", "wiring.txt"], 2, ".svg"),
        (["board", "wiring", MINE, "-o", "wiring.svg"], (0, 1), ""),  # 1 without Graphviz
    ],
    "board label": [(["board", "label", "pico_w", "-o", "label.svg"], 0, "label.svg")],
    "case": [
        (["case", "pico-ring", "--template", "-o", "foam.svg"], 0, "foam.svg"),
        (["case", "nobody-s_build", "--check"], 2, "atom-stick"),
    ],
    "flash": [
        (["flash", "--board", "pico_w"], 1, "BOOTSEL"),
        (["flash", "--board", "esp32_devkitc", "--image", "my files"], 2, "my files: "),
    ],
    "image": [
        (["image", "--board", "esp32_devkitc", "--image", TRACE, "-o", "one.bin"], 1, "no image"),
    ],
    "zip": [
        (["zip", "--board", "pico_w", "-o", "my files/p.zip"], 0, "README.txt"),
        (["zip", "--board", "pico_w", "--strip", "ring", "-o", "p.zip"], 2, "ring-N"),
    ],
    "page": [
        (["page", "--tools", TRACE, "-o", "page", f"pico_w={TRACE}"], 1, "esp-web-tools"),
    ],
    "deploy": [(["deploy", "--board", "pico_w", "--port", "COM3"], *NO_PORT)],
    "settings get": [(["settings", "get", "--port", "COM3"], *NO_PORT)],
    "settings set": [(["settings", "set", "brightness", "40", "--port", "COM3"], *NO_PORT)],
    "settings reset": [(["settings", "reset", "--port", "COM3"], *NO_PORT)],
    "first-light": [
        (["first-light", "-o", "light.json", "--port", "COM3", "--lang", "en"], *NO_PORT)
    ],
    "doctor": [
        (["doctor", "--port", "COM3", "--lang", "en"], *NO_PORT),
        (["doctor", "--port", "COM3", "--lang", "ja"], 1, "COM3 を開けません"),
        (["doctor", "--port", "COM3", "--json"], 1, "COM3"),
    ],
}


def _commands(group, name=""):
    """Yield the name of each command of a group and of the groups in it."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name}{word} ")
        else:
            yield name + word


JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
ALL = [case for cases in CASES.values() for case in cases]
COMMANDS = sorted(_commands(cli.cli))


def test_every_command_has_a_case_here():
    assert sorted(CASES) == COMMANDS


def _on_windows(folder, commands, **environment):
    """Run commands in one process in `folder`; return (status, output, complaint) of each."""
    done = subprocess.run(
        [sys.executable, TESTS / "windows.py"],
        cwd=folder,
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "LC_ALL": "", "LANG": "", **environment},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _check(cases, found, readable=True, lang="en_US"):
    for (words, wanted, text), (status, out, err) in zip(cases, found, strict=True):
        told = f"{words}: {status}\n{out}{err}"
        assert status == wanted or (isinstance(wanted, tuple) and status in wanted), told
        assert "Traceback" not in out + err and "internal error" not in out + err, told
        if readable or text.isascii():
            # An error is in the language of the environment, unless --lang names one.
            japanese = lang == "ja_JP" and status and "--lang" not in words
            assert JAPANESE.search(err) if japanese else text in (err if status else out), told
        if status:
            assert err.startswith("pinlamp: ") and len(err.splitlines()) == 1, told


def _on_a_console(folder, encoding, lang):
    """Run all cases in `folder`, on a console with that encoding, in files' none but ASCII."""
    folder.mkdir()
    (folder / "my files").mkdir()
    environment = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    return _on_windows(folder, [words for words, _, _ in ALL], LANG=lang, **environment)


@pytest.mark.parametrize("lang", ["ja_JP", "en_US"])
def test_every_command_works_or_says_why_not(tmp_path, lang):
    found = _on_a_console(tmp_path / "utf-8", "utf-8", lang)
    _check(ALL, found, lang=lang)
    # On a console with cp932 it is the same, but for an accent that it lacks.
    others = _on_a_console(tmp_path / "cp932", "cp932", lang)
    for (words, _, _), (status, out, err), other in zip(ALL, found, others, strict=True):
        out = out.replace("é", "e").encode("cp932").decode("cp932")  # which has one wave dash
        assert other == [status, out, err], words


def test_a_console_of_ascii_breaks_no_command(tmp_path):
    _check(ALL, _on_a_console(tmp_path / "ascii", "ascii", "ja_JP"), readable=False)


def test_an_image_is_made_and_would_be_flashed(tmp_path):
    (tmp_path / "my files").mkdir()
    board = ("--board", "esp32_devkitc")
    stocked = str(stock.image("esp32"))
    cases = [
        (["flash", *board, "--image", stocked, "--dry-run", "--port", "COM3"], 0, "--port COM3 "),
        (
            ["image", *board, "--image", stocked, "-o", "my files/one.bin"],
            0,
            '--image "my files/one.bin"',  # as cmd.exe and PowerShell take it
        ),
    ]
    _check(cases, _on_windows(tmp_path, [words for words, _, _ in cases]))


def test_every_command_has_its_help(tmp_path):
    words = [name.split() for name in COMMANDS] + [["board"], ["settings"], []]
    for arguments, (status, out, err) in zip(
        words, _on_windows(tmp_path, [[*each, "--help"] for each in words]), strict=True
    ):
        assert (status, err) == (0, ""), (arguments, err)
        assert out.startswith("Usage: " + " ".join(["pinlamp", *arguments])) and len(out) > 100


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "✓ ✗ · é ① 「鍵」 – 〜 😀"),
        ("cp932", "○ × ・ e ① 「鍵」 - ～ ?"),
        ("ascii", '+ x - e 1 "?" - ~ ?'),
    ],
)
def test_what_a_console_lacks_is_something_like_it(encoding, written):
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    forgiving(stream)
    stream.write("✓ ✗ · é ① 「鍵」 – 〜 😀")
    stream.flush()
    assert stream.buffer.getvalue().decode(encoding) == written


def test_nobody_reads_on_windows(tmp_path):
    """There a closed pipe is an invalid argument."""
    script = (
        "from pinlamp_tools import cli, paths\n"
        "def fail(*_, **__): raise OSError(22, 'Invalid argument')\n"
        "cli.cli.main = fail\n"
        "paths.has_ptys = lambda: False\n"
        "raise SystemExit(cli.run_cli(['cards']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")

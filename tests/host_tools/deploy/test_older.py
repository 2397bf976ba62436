"""An older version over a newer one, one board's over another's: `deploy` names both, and asks."""

import json

import pytest

import command
from pinlamp import __version__
from pinlamp_tools.boards.board import Board
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import command as deploying
from pinlamp_tools.deploy import repl as repls
from pinlamp_tools.deploy import update
from pretend import Pretend, deploy

BOARD = Board.named("esp32_devkitc")
ASKED = ("deploy", "--board", "esp32_devkitc")


def _newer(repl):
    listed = json.loads(repl.read("/a/files.json"))
    repl.write("/a/files.json", json.dumps({**listed, "version": "99.10.0"}).encode())


@pytest.mark.usefixtures("micropython")
async def test_without_a_terminal_it_is_refused_in_one_line_and_force_answers_yes(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = ("--port", device.port)
        await device.repl(deploy, BOARD)
        await device.repl(_newer)
        for lang in ("ja", "en"):
            status, out, err = await command.pinlamp(*ASKED, *port, "--lang", lang)
            assert (status, out, err.count("\n")) == (2, "", 1)
            assert "99.10.0" in err and __version__ in err and "--force" in err
            assert ("古い" if lang == "ja" else "older") in err
            assert ("puts it there" in err) is (lang == "en")
        status, out, err = await command.pinlamp(*ASKED, *port, "--dry-run")
        assert status == 0 and "99.10.0" in err and "send  /b/files.json" in out
        assert await device.works() == "esp32_devkitc"  # as it was
        status, out, err = await command.pinlamp(*ASKED, *port, "--force")
        assert status == 0 and out.startswith("Deployed"), err


@pytest.mark.usefixtures("micropython")
async def test_for_another_board_it_is_refused_too(tmp_path):
    async with Pretend(tmp_path / "flash") as device:
        port = ("--port", device.port)
        await device.repl(deploy, Board.named("m5stack_atom_lite"))
        for lang, word in (("ja", "用です"), ("en", "this is for")):
            status, out, err = await command.pinlamp(*ASKED, *port, "--lang", lang)
            assert (status, out, err.count("\n")) == (2, "", 1)
            assert "m5stack_atom_lite" in err and "esp32_devkitc" in err and "--force" in err
            assert word in err and ("puts it there" in err) is (lang == "en")
        assert (await device.event("ready"))["board"] == "m5stack_atom_lite"  # as it was
        status, out, err = await command.pinlamp(*ASKED, *port, "--force")
        assert status == 0 and out.startswith("Deployed"), err


class Terminal:
    def isatty(self):
        return True


class Stub:
    """A Repl of a device with a newer version."""

    def __init__(self, *_):
        self.written = []

    def read(self, path):
        return b'{"version": "99.10.0"}'

    def told(self, code, what):
        return " ".join(name.encode().hex() for name in ("a", "main.py"))

    def tree(self, top):
        return {}

    def reset(self):
        pass

    abandon = reset


@pytest.mark.parametrize(("answer", "status"), [(True, 0), (False, 1)])
def test_in_a_terminal_it_asks(monkeypatch, capsys, answer, status):
    asked, done = [], []
    todo = update.Plan("/a", "/b", {}, [], [], [], [], False, other="x\x1b]52;c;cm0\x07\u202e")
    monkeypatch.setattr(repls, "Repl", Stub)
    monkeypatch.setattr(update, "plan", lambda *_: todo)
    monkeypatch.setattr(update, "run", lambda *_: done.append(1))
    monkeypatch.setattr(deploying.sys, "stdin", Terminal())
    monkeypatch.setattr(deploying.click, "confirm", lambda text, err: asked.append(text) or answer)
    assert run_cli([*ASKED, "--port", "x", "--lang", "en"]) == status
    assert bool(done) is answer
    assert "99.10.0" in asked[0] and __version__ in asked[0]
    assert len(asked) == 1 + answer and all(text.isprintable() for text in asked)
    assert ("nothing was changed" in capsys.readouterr().err) is not answer


@pytest.mark.parametrize(
    ("version", "is_newer"),
    [
        ('"0.0.9"', False),
        (f'"{__version__}"', False),
        ('"0.10.0"', True),
        ('"1.0.0"', True),
        ('"99.0.0\\u001b[2J"', False),
        ("[9]", False),
        ("null", False),
        ('"' + "9" * 5000 + '.0.0"', False),
    ],
)
def test_versions_are_compared_by_their_numbers(version, is_newer):
    stub = Stub("x")
    stub.read = lambda path: b'{"version": %s}' % version.encode()
    todo = update.Plan("/a", "/b", {}, [], [], [], [], False)
    found = update.newer(stub, todo)
    assert (found is not None) is is_newer
    stub.read = lambda path: b"\xff[" * 100_000
    assert update.newer(stub, todo) is None
    assert update.newer(stub, todo._replace(old=None)) is None

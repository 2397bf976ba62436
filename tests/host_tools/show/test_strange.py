"""Text from strangers on its way to a terminal: through each command that prints any."""

import ast
import contextlib
import json
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

import device_code
from pinlamp_tools import paths
from pinlamp_tools.boards.board import Board
from pinlamp_tools.case import parameters
from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import command as deploying
from pinlamp_tools.deploy import port, repl
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.update import Plan
from pinlamp_tools.show.wrap import wrap
from pinlamp_tools.watch.command import _Printer
from pinlamp_tools.watch.console import event_of

HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
# What the terminals of row 4 were sent: OSC 0 and 52, CSI 2J, the same in C1, bidi, a joiner.
ATTACKS = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[H",
    "\x9b2J",
    "\x9d0;pwned\x9c",
    "gpj.\u202egate",
    "a\u2066b\u200bc\ufeff",
    "a\u2028b\u2029c\x85d",
)
STRANGE = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(categories=[*HIDDEN[:2], *HIDDEN[3:], "L"]), min_size=1, max_size=12),
)


class Device(device_code.Files):
    """A Repl behind which a stranger answers."""

    def __init__(self, text):
        super().__init__(
            {
                "/main.py": b"from pinlamp import start",
                "/board.json": json.dumps(Board.named("pico_w").data()).encode(),
                "/settings.json": json.dumps({text: 1}).encode(),
            }
        )
        self._text = text

    def stream(self, code, take, what):
        version = {"check": "version", "ok": True, "version": self._text, "board": self._text}
        files = {"check": "files", "ok": False, "differ": [self._text]}
        for finding in (version, files):
            take(json.dumps(finding).encode() + b"\n")
        raise DeviceError(f"the device's own check failed: {self._text}")

    def reset(self):
        pass

    abandon = reset


def _plan(text):
    return Plan("/a", "/b", {text: b""}, [text], [text], [text], [f"/b/{text}"], False)


def _board(path, **changes):
    data = {**Board.named("pico_w").data(), **changes}
    path.write_text(json.dumps(data), "utf-8")


def _commands(monkeypatch, path, text):
    """Yield a name and a function for each way of a stranger's text to the terminal."""
    monkeypatch.setattr(repl, "Repl", lambda port, seconds: Device(text))
    for verb in (["doctor"], ["doctor", "--json"], ["settings", "get"]):
        yield verb, lambda verb=verb: run_cli([*verb, "--port", "x"])
    yield "dry-run", lambda: deploying._tell(_plan(text))
    _board(path, title=text)
    for verb in ("show", "check"):
        yield (verb, "title"), lambda verb=verb: run_cli(["board", verb, str(path)])
    yield "deploy", lambda: run_cli(["deploy", "--board", str(path), "--dry-run"])
    sources = {**Board.named("pico_w").sources, text: text}
    _board(path, sources=sources)
    yield "show", lambda: run_cli(["board", "show", str(path), "--sources"])
    yield "check", lambda: run_cli(["board", "check", str(path)])
    _board(path, **{text: text})
    yield "name", lambda: run_cli(["board", "check", str(path)])
    path.write_text(json.dumps({"format": "pinlamp-trace", text: text}), "utf-8")
    yield "replay", lambda: run_cli(["replay", str(path)])
    build = json.loads(parameters.file_of(parameters.names()[0]).read_text("utf-8"))
    for changed in (
        {**build, text: text},
        {**build, "title": {"ja": text, text: text}},
        {**build, "strip": {**build["strip"], "part": text}},
        {**build, "cable": {**build["cable"], "side": text}},
    ):
        path.write_text(json.dumps(changed, ensure_ascii=False), "utf-8", "surrogatepass")
        for wanted in ("--check", "--parameters"):
            yield ("case", wanted), lambda wanted=wanted: run_cli(["case", str(path), wanted])
    yield "export", lambda: run_cli(["export", str(path), "-o", str(path) + ".new"])
    yield "port", lambda: run_cli(["watch", "/dev/no-" + text.replace("\0", "")])
    line = json.dumps({"v": 1, "type": "fault", "code": text, "field": text}).encode()
    yield "watch", lambda: _Printer("en", False).take(event_of(line))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=STRANGE)
def test_no_command_sends_what_a_stranger_wrote_to_the_terminal_as_it_is(
    tmp_path, monkeypatch, capsys, text
):
    monkeypatch.setattr(port, "_AWAY_S", 0)  # no such port will come
    for name, run in _commands(monkeypatch, tmp_path / "file.json", text):
        run()
        found = "".join(capsys.readouterr())
        hidden = {c for c in found if unicodedata.category(c) in HIDDEN and c != "\n"}
        assert found and not hidden and "internal error" not in found, (name, found)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_fault_s_code_is_seen_as_what_it_is(capsys, lang):
    line = json.dumps({"v": 1, "type": "fault", "code": "\x1b[2J\u202e"}).encode()
    _Printer(lang, False).take(event_of(line))
    assert r"\u001b[2J\u202e" in capsys.readouterr().out


@pytest.mark.parametrize("text", ATTACKS)
def test_a_reader_s_name_is_seen_as_what_it_is(monkeypatch, capsys, text):
    read = pytest.importorskip("pinlamp_tools.pcsc.read")
    service = pytest.importorskip("pinlamp_tools.pcsc.service")

    def tap_card(service, part, licence, waiting, tell, record):
        waiting([text, "free"], {text: "other_b"})
        waiting([text], {})
        raise service_error

    service_error = service.NoSuchReaderError([text])
    monkeypatch.setattr(read, "tap_card", tap_card)
    monkeypatch.setattr(service, "Service", contextlib.nullcontext)
    assert run_cli(["read", "--reader", "x"]) == 2
    err = capsys.readouterr().err
    assert not [c for c in err if unicodedata.category(c) in HIDDEN and c != "\n"], err


@pytest.mark.parametrize("name", ["[/x]", "[link=https://x.example]D4[/link]", "[red]D4"])
def test_a_pin_s_name_is_no_markup(tmp_path, capsys, name):
    board = Board.named("pico_w")
    others = {named: pin for named, pin in board.printed.items() if pin != board.lit_pin}
    _board(tmp_path / "board.json", printed={**others, name: board.lit_pin})
    assert run_cli(["board", "show", str(tmp_path)]) == 0
    assert f"{name} / GPIO{board.lit_pin}" in capsys.readouterr().out


def test_no_text_that_is_put_together_goes_to_the_terminal_but_through_tell():
    """`click.echo` prints what is no stranger's: a sentence as it stands, JSON in ASCII."""
    for path in sorted(paths.FAKES.parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "click.echo":
                assert all(map(_is_safe, call.args)), f"{path.name}:{call.lineno}"


def _is_safe(node):
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        safe = ("json.dumps", "visible", "self._broken")  # the last makes its facts visible
        return name in safe or (name == "say" and isinstance(node.args[0], ast.Constant))
    return isinstance(node, ast.Constant)


def test_every_character_that_shows_nothing_is_an_escape_and_japanese_stays():
    from pinlamp_tools.show.strange import visible

    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in HIDDEN:
            assert visible(character).isascii() and visible(character) != character, hex(code)
    for text in ("署名用電子証明書 — ①", "Ω é ｱ 👍 /dev/ttyUSB0", "a b"):
        assert visible(text) == text


def test_marks_do_not_pile_up_over_the_lines_above():
    from pinlamp_tools.show.strange import visible

    for text in ("か\u3099き\u3099く\u3099", "Vie\u0323\u0302t"):  # as macOS has names of files
        assert visible(text) == text
    shown = visible("e" + "\u0301" * 4000 + "x\u20dd")
    assert shown == "e\u0301\u0301" + r"\u0301" * 3998 + "x\u20dd"


@pytest.mark.parametrize(
    "text", ["\u0301" * 8000, "あ" * 8000, "「" * 8000, "a " * 8000, "。" * 8000]
)
def test_no_text_takes_ever_longer_to_break_into_lines(text):
    measured = []

    def width(part):
        measured.append(len(part))
        return cell_len(part)

    assert "".join(wrap(text, 38, width)).replace(" ", "") == text.replace(" ", "")
    assert sum(measured) <= 3 * len(text)

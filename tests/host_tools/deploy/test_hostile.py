"""A device that answers what it likes: each command ends, in one line, and never with a crash."""

import asyncio
import contextlib
import hashlib
import json
import os
import pty
import threading
import time
import tty

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import command
import device_code
from pinlamp_tools.boards.board import Board
from pinlamp_tools.boards.rules import problems
from pinlamp_tools.deploy import doctor, raw_repl, strangers, transport
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.deploy.settings import OfDevice
from pinlamp_tools.show.names import LANGUAGES

RAW = b"raw REPL; CTRL-B to exit\r\n>"
BOARD = json.dumps(Board.named("pico_w").data()).encode()


@contextlib.contextmanager
def _stranger(talk):
    """A port behind which `talk(fd, over)` runs in a thread."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    over = threading.Event()
    thread = threading.Thread(target=talk, args=(master, over))
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        over.set()
        thread.join(10)
        os.close(master)
        os.close(slave)


def _floods(fd, over, first=b""):
    said = first
    while not over.is_set():
        with contextlib.suppress(BlockingIOError):
            os.read(fd, 4096)
        with contextlib.suppress(BlockingIOError):
            os.write(fd, said or b"x" * 4096)
            said = b""
        time.sleep(0.0005)


def _opens_and_floods(fd, over):
    _floods(fd, over, RAW)


def _opens_and_trickles(fd, over):
    """Answer each Ctrl-A with the prompt, and everything else with a byte now and then."""
    while not over.wait(0.05):
        heard = b""
        with contextlib.suppress(BlockingIOError):
            heard = os.read(fd, 4096)
        with contextlib.suppress(BlockingIOError):
            os.write(fd, RAW if b"\x01" in heard else b"R\x00" if b"\x05A" in heard else b"x")


@pytest.mark.parametrize("verb", [["doctor"], ["settings", "get"], ["doctor", "--trust"]])
async def test_a_device_that_floods_ends_each_command_in_one_line(verb):
    with _stranger(_floods) as port:
        status, out, err = await command.pinlamp(*verb, "--port", port, "--lang", "en")
    assert (status, out, err.count("\n")) == (1, "", 1), err
    with _stranger(_opens_and_floods) as port:
        status, out, err = await command.pinlamp(*verb, "--port", port, "--lang", "ja")
    assert (status, out, err.count("\n")) == (1, "", 1), err
    assert "internal" not in err


def _repl(*greetings, ticks=b""):
    """Return a device whose raw REPL prints 1 for any code.

    `greetings`: how many it says to each of the first Ctrl-As; `ticks`: what a timer of its
    program prints.
    """

    def talk(fd, over):
        counts = list(greetings)
        while not over.wait(0.02):
            heard = b""
            with contextlib.suppress(BlockingIOError):
                heard = os.read(fd, 4096)
            with contextlib.suppress(BlockingIOError):
                os.write(fd, ticks)
            if heard.startswith(b"\x05A"):
                os.write(fd, b"R\x00")  # it has no raw paste mode
            elif heard.endswith(b"\x04"):
                os.write(fd, b"OK1\r\n\x04\x04>")
            elif heard.endswith(b"\x01"):
                for _ in range(counts.pop(0) if counts else 1):
                    os.write(fd, RAW)
                    time.sleep(0.05)

    return talk


# Two attempts are answered at once; the Ctrl-A behind the first greeting is not heard.
@pytest.mark.parametrize("greetings", [(3,), (1, 0)])
async def test_a_command_waits_for_its_own_prompt(greetings):
    with _stranger(_repl(*greetings)) as port:
        repl = await asyncio.to_thread(Repl, port)
        assert await asyncio.to_thread(repl.run, "print(1)", "asking") == b"1\r\n"
        repl.close()


async def test_a_program_that_prints_on_at_the_repl_does_not_hold_the_command_up(monkeypatch):
    monkeypatch.setattr(raw_repl, "_QUIET_S", 0.3)  # so long this machine does not stand still
    with _stranger(_repl(ticks=b"tick\r\n")) as port:
        repl = await asyncio.to_thread(Repl, port, 15.0)  # DeviceError, if it takes longer
        repl.close()


async def test_a_device_that_trickles_ends_when_its_time_is_over(monkeypatch):
    def asked(port):
        repl = Repl(port, 3.0)
        try:
            repl.stream("doctor()", lambda data: None, "checking")
        finally:
            repl._done = True
            repl.abandon()

    with _stranger(_opens_and_trickles) as port:
        started = time.monotonic()
        with pytest.raises(DeviceError):
            await asyncio.to_thread(asked, port)
        assert time.monotonic() - started < 20


def test_a_limit_counts_the_device_s_time_alone(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(transport.time, "monotonic", lambda: now[0])
    limit = transport.Limit("x", 10)
    for _ in range(3):
        limit.begin()
        now[0] += 3
        limit.take(1)
        limit.end()
        now[0] += 1000  # a person reads
    limit.begin()
    now[0] += 2
    with pytest.raises(DeviceError, match="does not come to an end"):
        limit.take(1)
    limit = transport.Limit("x", 10)
    limit.begin()
    limit.take(1 << 17)
    with pytest.raises(DeviceError, match="does not come to an end"):
        limit.take(1)


# What it says of itself


class Stub(device_code.Files):
    def __init__(self, board=BOARD, settings=b"{}", lines=()):
        super().__init__({"/board.json": board, "/settings.json": settings})
        self._lines = lines

    def stream(self, code, take, what):
        for line in self._lines:
            take(line + b"\n")


DEEP = b"[" * 100_000
ODD = [
    b'{"check": "radio", "ok": true}',
    b'{"check": "version", "ok": []}',
    b'{"check": "version", "ok": false}',
    b'{"check": [], "ok": true}',
    b'{"check": "chip", "ok": false, "link": "smoke", "pins": 3}',
    b'{"check": "chip", "ok": true, "ic": "x", "speed": {}}',
    b'{"check": "lamp", "ok": null, "lamp": "x", "keys": [[]]}',
    b'{"check": "files", "ok": false, "differ": 7}',
    b'{"check": "files", "ok": false, "differ": [[], {}, null]}',
    b'{"check": "' + b"z" * 100_000 + b'", "ok": true}',
    b'{"check": "version", "ok": true, "version": "\xff"}',
    b'{"check": ' + DEEP,
    b"\xff\xfe",
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("line", ODD)
def test_a_finding_that_is_not_known_is_said_and_never_good(line, lang):
    found = []
    doctor.examine(Stub(lines=[line]), found.append)
    for finding in found:
        assert finding["ok"] in (None, False) or finding["check"] == "version"
        said = doctor.words(finding, lang)
        assert 0 < len(said) < 400
        if finding["check"] == "radio":
            assert "radio" in said and ("分かりません" in said or "does not know" in said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(doctor.TEXTS["en"])),
    st.dictionaries(
        st.sampled_from(["ok", "link", "lamp", "keys", "differ", "replaced", "ic", "ver"]), JSON
    ),
)
def test_no_finding_breaks_the_words(check, fields):
    line = json.dumps({"check": check, **fields}).encode()
    doctor.examine(Stub(lines=[line]), lambda finding: doctor.words(finding, "ja"))


@pytest.mark.parametrize("board", [DEEP, b"\xff", b"[]", b"{}", b'{"strips": [7]}', b"null"])
def test_a_board_json_that_is_none_is_damaged(board):
    doctor.examine(Stub(board), lambda finding: None)
    with pytest.raises(DeviceError, match=r"board\.json is damaged"):
        OfDevice(Stub(board))


# The last two: a file's "ab", and a name in the root, of which a byte was lost.
LOST = [
    b"61\r\n= " + hashlib.sha256(b"ab").hexdigest().encode() + b"\r\n",
    b"['bot.py']\r\n" + hashlib.sha256(b"['boot.py']").hexdigest().encode() + b"\r\n",
]


@pytest.mark.parametrize("answer", [b"\xff\xfe\r\n", b"abc", b"zz\r\n", b"", *LOST])
def test_what_is_no_file_s_content_is_an_error_of_the_device(monkeypatch, answer):
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "run", lambda self, code, what: answer)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    with pytest.raises(DeviceError, match="cannot be read"):
        Repl().read("/main.py")
    with pytest.raises(DeviceError, match="cannot be read"):
        Repl().tree("/a")
    with pytest.raises(DeviceError, match="did not arrive whole"):
        strangers.everything(Repl())


@pytest.mark.parametrize("text", ["", "a", "b c"])
def test_what_a_device_tells_may_be_nothing(monkeypatch, text):
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    said = f"{text}\r\n{hashlib.sha256(text.encode()).hexdigest()}\r\n".encode()
    monkeypatch.setattr(Repl, "run", lambda self, code, what: said)
    assert Repl().told("", "") == text


@pytest.mark.parametrize("path", ["", "5", "b", "/", "/ab", "/b/x"])
def test_a_listing_of_another_place_cannot_be_read(monkeypatch, path):
    monkeypatch.setattr(Repl, "__init__", lambda self: None)
    monkeypatch.setattr(Repl, "_need", lambda self, name, code: None)
    monkeypatch.setattr(Repl, "run", lambda self, code, what: f"00 {path!r}".encode())
    with pytest.raises(DeviceError, match="cannot be read"):
        Repl().tree("/a")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "abc\n"},
        {"image": "X\n"},
        {"title": "x\n"},
        {"title": "\x9b"},
        {"title": "\u202e"},
    ],
)
def test_a_name_ends_where_it_ends(changes):
    assert problems({**Board.named("pico_w").data(), **changes})

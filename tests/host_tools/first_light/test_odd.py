"""A device that answers otherwise than our programs do: a session ends with what to do then."""

import json

import pytest

import device_code
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.first_light import program
from pinlamp_tools.first_light.found import Found
from pinlamp_tools.first_light.talk import Talk
from pinlamp_tools.first_light.workbench import Workbench

BUILD = {"release": [1, 28, 0], "build": "X", "machine": "", "platform": "esp32"}
SLEEP = {"sleep_1ms_us": {"median": 10_000, "max": 10_050}}
BOARD = {"name": "mine", "link": "hsu", "links": {"hsu": {}}, "strips": [{"layout": 12}]}
BOARD["strips"][0]["count"] = 12


class Odd:
    """The REPL of a device that answers each program, and for its board.json, as it was told."""

    def __init__(self, said, board=b""):
        self._said = said
        self._board = board

    def stream(self, code, take, what, unread_s=0):
        for name, data in self._said.items():
            if name in code:
                take(data)
                return

    def home(self):
        return "/a"

    def run(self, code, what):
        return device_code.run(code, {})

    def told(self, code, what):
        return device_code.run(code, {}).decode()

    def read(self, path):
        return self._board if path.endswith("board.json") else None


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A function: the device, its link -> the session's first half with it; all is answered."""
    monkeypatch.setattr(Talk, "ready", lambda self, name, **facts: True)

    def make(device, link="hsu"):
        bench = Workbench(Found(tmp_path / "light.json", "device"), Talk("en"), "port", "en")
        bench._repl, bench.link, bench._links = device, link, {link: {}}
        return bench

    return make


def line(value):
    return (value if isinstance(value, str) else json.dumps(value)).encode() + b"\n"


DEEP = '{"a":' + "[" * 900 + "]" * 900 + "}"


@pytest.mark.parametrize(
    "said",
    [
        {"a": 1},
        {"release": 5},
        {**BUILD, "sleep_1ms_us": 5},
        {**BUILD, "sleep_1ms_us": {}},
        "[" * 100_000,
        DEEP,
    ],
)
def test_of_its_build(bench, said):
    with pytest.raises(DeviceError, match="did not arrive whole"):
        bench(Odd({"sleep_1ms_us": line(said)})).build()


@pytest.mark.parametrize(
    "change",
    [{"links": 5}, {"links": {}}, {"links": {"hsu": 5}}, {"link": "i2c"}, {"reader": "rcs660s"}],
)
def test_of_its_board(bench, change):
    board = {**BOARD, **change}
    if "reader" in change:
        board = {**board, "link": "i2c", "links": {"i2c": {}}}
    said = {"sleep_1ms_us": line({**BUILD, **SLEEP})}
    with pytest.raises(DeviceError, match=r"board\.json is damaged"):
        bench(Odd(said, json.dumps(board).encode())).build()


@pytest.mark.parametrize(
    "said",
    [
        {"step": "chip"},
        {"step": "chip", "ok": True},
        {"step": "card"},
        {"step": "pauses"},
        {"step": ["chip"]},
        {"type": "exchange", "c": 5, "r": None, "ms": 5},
        {"type": "exchange", "c": "zz", "r": None, "ms": 5},
    ],
)
def test_of_its_reader(bench, said):
    with pytest.raises(DeviceError, match="did not arrive whole"):
        bench(Odd({"KIND": line(said)})).links()


def test_of_its_button(bench):
    with pytest.raises(DeviceError, match="did not arrive whole"):
        bench(Odd({"down": line({"up": 1})}))._button(None)


def test_a_line_nested_too_deeply_is_none_of_its_lines():
    device = Odd({"KIND": b"[" * 100_000 + b'\n{"step": "none"}\n'})
    assert program.run(device, "/a", "link", KIND="hsu") == {"step": "none"}

"""The console of a device: events out of garbage, unplugged and plugged in again."""

import json
import os
import pty
import queue
import threading
import time
import tty

import pytest

from pinlamp_tools.deploy import port as ports
from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.show import cable as states
from pinlamp_tools.watch import console as console_module
from pinlamp_tools.watch.console import Console, event_of

READY = {"v": 1, "type": "ready", "board": "esp32_devkitc", "version": "0.1.0"}
LOCKED = {"v": 1, "type": "key", "id": "sign", "state": "locked", "left": 0, "max": 5}


def _line(event):
    return json.dumps(event).encode() + b"\r\n"


class Cable:
    """A serial port under a name that stays while the cable is pulled and plugged in."""

    def __init__(self, path):
        self.path = path
        self._master = None

    def plug(self):
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        os.symlink(os.ttyname(slave), self.path)
        os.close(slave)

    def pull(self):
        os.unlink(self.path)
        os.close(self._master)

    def send(self, data):
        os.write(self._master, data)

    def receive(self):
        return os.read(self._master, 100)


@pytest.fixture
def cable(tmp_path):
    cable = Cable(tmp_path / "tty")
    cable.plug()
    return cable


@pytest.fixture
def heard(cable):
    """A queue of what a Console tells: events, and (state, port)."""
    found = queue.Queue()
    stopped = threading.Event()
    console = Console(str(cable.path))
    arguments = (found.put, lambda link, port: found.put((link, port)), stopped)
    thread = threading.Thread(target=console.listen, args=arguments)
    thread.start()
    yield found
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()


def test_events_come_out_of_garbage_and_over_two_plugs(cable, heard):
    assert heard.get(timeout=10) == (states.LISTENING, str(cable.path))
    cable.send(b'\xff\xfe\x00{"v":1,"ty' + b"\n" + _line(READY) + b"Traceback (most recent\r\n")
    assert heard.get(timeout=10) == (states.LIVE, str(cable.path))
    assert heard.get(timeout=10) == READY
    half = _line(LOCKED)
    cable.send(half[:30])
    cable.send(half[30:] + b'{"v":1,"type":"ready"')  # the cable is pulled in mid-line
    assert heard.get(timeout=10) == LOCKED
    cable.pull()
    assert heard.get(timeout=10) == (states.NONE, "")
    cable.plug()
    assert heard.get(timeout=10) == (states.LISTENING, str(cable.path))
    cable.send(_line(READY))
    assert heard.get(timeout=10) == (states.LIVE, str(cable.path))
    assert heard.get(timeout=10) == READY
    assert heard.empty()


def test_what_waited_while_nobody_read_was_not_said_now(cable, monkeypatch):
    """Stopped by Ctrl-Z, or by text that somebody selects on Windows: whose card that was, and
    whether it still lies there, nobody knows.
    """
    monkeypatch.setattr(console_module, "_STOPPED_S", 0.5)
    told, stopped, goes_on = queue.Queue(), threading.Event(), threading.Event()
    goes_on.set()

    def take(event):
        told.put(event)
        goes_on.wait(20)

    arguments = (take, lambda link, port: told.put(link), stopped)
    thread = threading.Thread(target=Console(str(cable.path)).listen, args=arguments)
    thread.start()
    try:
        assert told.get(timeout=10) == states.LISTENING
        goes_on.clear()
        cable.send(_line(READY))
        assert [told.get(timeout=10) for _ in range(2)] == [states.LIVE, READY]
        cable.send(_line(LOCKED) + _line(LOCKED)[:20])
        assert not goes_on.wait(0.7)
        goes_on.set()
        assert told.get(timeout=10) == states.LISTENING  # so screens forget
        cable.send(_line(READY))
        assert [told.get(timeout=10) for _ in range(2)] == [states.LIVE, READY]
    finally:
        goes_on.set()
        stopped.set()
        thread.join(10)


def test_what_was_heard_before_the_computer_slept_is_not_known_any_more(cable, heard, monkeypatch):
    slept_s = [0]  # of that only one of the clocks knows

    def clocks():
        return time.monotonic(), time.time() + slept_s[0]

    monkeypatch.setattr(console_module, "_clocks", clocks)
    heard.get(timeout=10)
    cable.send(_line(READY) + _line(LOCKED))
    assert [heard.get(timeout=10) for _ in range(3)][1:] == [READY, LOCKED]
    slept_s[0] = 3600
    assert heard.get(timeout=10)[0] == states.LISTENING  # so screens forget
    cable.send(_line(READY))
    assert [heard.get(timeout=10) for _ in range(2)][1] == READY


def test_a_line_without_an_end_is_dropped(cable, heard):
    heard.get(timeout=10)
    for _ in range(40):
        cable.send(b"{" * 1000)
    cable.send(b"\n" + _line(READY))
    assert heard.get(timeout=10) == (states.LIVE, str(cable.path))
    assert heard.get(timeout=10) == READY


def test_what_a_silent_port_turns_out_to_be(cable, heard, monkeypatch):
    """A REPL says nothing until it is asked; the ROM's loader has said it before."""
    port = str(cable.path)
    monkeypatch.setattr(states, "PATIENCE_MS", 200)
    assert heard.get(timeout=10) == (states.LISTENING, port)
    assert heard.get(timeout=10) == (states.SILENT, port)
    assert cable.receive() == b"\r"
    cable.send(b"\r\n>>> ")
    assert heard.get(timeout=10) == (states.REPL, port)
    cable.send(b"\r\nwaiting for download\r\n")
    assert heard.get(timeout=10) == (states.LOADER, port)
    cable.send(_line({**READY, "results": False}))
    assert heard.get(timeout=10) == (states.KEEPING, port)


def test_a_device_that_starts_anew_is_told_at_once_and_waited_for(cable, heard, monkeypatch):
    """Also if its `ready` got lost: what comes next must not follow an old card's result."""
    port = str(cable.path)
    heard.get(timeout=10)
    cable.send(_line(READY))
    assert [heard.get(timeout=10) for _ in range(2)] == [(states.LIVE, port), READY]
    monkeypatch.setattr(states, "PATIENCE_MS", 200)
    alive = {"v": 1, "type": "alive"}
    cable.send(b"\xff\xfeets Jul 29 2019\r\nrst:0x1 (POWERON_RESET)\r\n" + _line(alive))
    told = [heard.get(timeout=10) for _ in range(3)]
    assert told == [(states.LISTENING, port), (states.LIVE, port), alive]
    cable.send(b"MPY: soft reboot\r\n")
    assert heard.get(timeout=10) == (states.LISTENING, port)
    assert heard.get(timeout=10) == (states.SILENT, port)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[1]",
        b"{}",
        b'{"v":1,"type":"key","id":"sign","state":"great","left":5,"max":5}',
        b'{"v":1,"type":"key","id":"nose","state":"ok","left":5,"max":5}',
        b'{"v":1,"type":"key","id":"sign","state":"ok","left":"5","max":5}',
        b'{"v":1,"type":"key","id":"sign","state":"ok","left":5.0,"max":5}',
        b'{"v":2,"type":"ready","board":"x","version":"9"}',
        b'{"v":1,"type":["ready"]}',
        b"{" * 5000,
    ],
)
def test_what_is_no_event(line):
    assert event_of(line) is None
    assert event_of(_line(READY).strip()) == READY


def test_of_a_newer_device_what_is_known_is_heard():
    for event in (READY, LOCKED, {"v": 1, "type": "card", "kind": "phone_ios"}):
        assert event_of(_line({**event, "battery": 80})) == event
    alive = {"v": 1, "type": "alive", "results": True}
    assert event_of(_line({**alive, "lamps": 8.0, "taps": 1.0})) == alive
    fault = {"v": 1, "type": "fault", "code": "battery_low"}
    assert event_of(_line(fault)) == fault
    # A kind that is not known clears what was before it.
    assert event_of(_line({"v": 1, "type": "card", "kind": "dragon"})) == {"v": 1, "type": "ready"}
    key = {name: LOCKED[name] for name in ("id", "state", "left", "max")}
    new = {**key, "id": "puk"}
    result = {"v": 1, "type": "result", "complete": True, "ms": 1, "keys": [key, new]}
    assert event_of(_line(result)) == {**result, "keys": [key], "more": True}


@pytest.mark.parametrize(("allowed", "link"), [(True, states.BUSY), (False, states.DENIED)])
def test_a_port_that_cannot_be_opened_is_told_from_one_that_may_not(
    monkeypatch, tmp_path, allowed, link
):
    port = tmp_path / "tty"
    port.touch()  # there, but no serial line
    monkeypatch.setattr(ports.os, "access", lambda path, mode: allowed)
    told, stopped = [], threading.Event()

    def connected(link, port):
        told.append((link, port))
        stopped.set()

    Console(str(port)).listen(told.append, connected, stopped)
    assert told == [(link, str(port))]


def test_a_port_of_a_device_that_starts_again_is_waited_for(tmp_path):
    name = tmp_path / "tty"
    timer = threading.Timer(0.5, name.touch)
    timer.start()
    Console(str(name))  # DeviceError, if it is not there
    timer.join()


def test_a_port_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DeviceError, match="is not there"):
        Console(str(tmp_path / "none"))

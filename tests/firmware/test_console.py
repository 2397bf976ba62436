"""What a host does with the port costs no lamp, and nobody is told of a card before them."""

import contextlib
import json
import sys
import time
import types

import pytest

from pinlamp import console as console_module
from pinlamp.events import (
    Events,
    card_event,
    fault_event,
    key_event,
    ready_event,
    removed_event,
    result_event,
)
from pinlamp.settings import Settings
from pinlamp_tools import paths

sys.path.append(str(paths.FAKES))
import fake_console

CHIPS = ("esp32c3", "esp32c6", "esp32s3", "rp2040")
KEYS = ("sign", "auth", "juki", "text_pin", "visual_b", "text_b", "common", "visual_a", "text_a")


class _Finding:
    def __init__(self, name):
        self.id, self.state, self.left, self.max, self.note = name, "locked", 0, 10, None


FINDINGS = [_Finding(name) for name in (*KEYS, "visual_birth")]
BOARD = "m5stack_atom_matrix"
CONFIG = Settings({}, 12, 12)


class _Device:
    """The firmware's events on the console of a chip."""

    def __init__(self, chip, port):
        self.port = port
        self.events = Events(CONFIG, console_module.Console(chip))

    def tell(self, event):
        with contextlib.redirect_stdout(self.port):
            self.events.tell(event)

    def tap(self):
        """Tell a whole tap, with 30 ms of a card's time before each key; return the ms it cost."""
        start = self.port.now_us
        told = [card_event("my_number_card"), *map(key_event, FINDINGS)]
        told.append(result_event(True, 412, FINDINGS))
        for event in told:
            self.port.sleep_us(30_000)
            self.tell(event)
        self.tell(removed_event())
        return (self.port.now_us - start) / 1000 - 30 * len(told)

    def idle(self, seconds):
        for _ in range(seconds // 2):
            self.port.sleep_us(2_000_000)
            with contextlib.redirect_stdout(self.port):
                self.events.beat(self)

    def ticks_ms(self):
        return self.port.now_us // 1000

    @staticmethod
    def ticks_diff(a, b):
        return a - b

    def heard(self):
        """Return the types of the events that the host has got, and the keys in them."""
        found = []
        for line in self.port.heard.split(b"\n"):
            try:
                found.append(json.loads(line)["type"])
            except ValueError:
                pass
        return found


@pytest.fixture(params=CHIPS)
def device(request, monkeypatch):
    port = fake_console.of(request.param)
    monkeypatch.setitem(sys.modules, "machine", types.SimpleNamespace(mem32=port))
    monkeypatch.setattr(time, "sleep_us", port.sleep_us, raising=False)
    return _Device(request.param, port)


WHOLE_TAP = ["card", *["key"] * len(FINDINGS), "result", "removed"]


def test_who_reads_hears_every_line_and_the_tap_waits_little(device):
    device.port.host = fake_console.READS
    assert device.tap() < 20
    device.port.sleep_us(10_000)
    assert device.heard() == WHOLE_TAP


def test_a_host_that_holds_the_port_and_does_not_read_costs_a_tap_20_ms_at_most(device):
    device.port.host = fake_console.HOLDS
    for _ in range(3):
        assert device.tap() <= 20


def test_a_host_that_stops_reading_and_begins_again(device):
    device.port.host = fake_console.READS
    device.tap()
    device.port.host = fake_console.HOLDS
    assert device.tap() <= 20
    device.port.open()
    device.idle(4)
    device.tap()
    device.port.sleep_us(10_000)
    assert device.heard()[-len(WHOLE_TAP) :] == WHOLE_TAP


def test_the_first_event_after_connecting_is_not_glued_to_half_of_an_older_one(device):
    device.tell(ready_event(BOARD, "0.1.0", CONFIG))
    device.idle(4)
    device.port.open()
    device.tap()
    device.port.sleep_us(10_000)
    assert device.heard()[-len(WHOLE_TAP) :] == WHOLE_TAP


def test_who_opens_the_port_later_is_told_nothing_of_the_last_card(device):
    device.tell(ready_event(BOARD, "0.1.0", CONFIG))
    device.tap()
    device.idle(4)
    device.port.open()
    assert b"locked" not in device.port.heard
    assert not {"card", "key", "result", "removed"} & set(device.heard())


def test_a_program_that_goes_away_while_a_card_is_read_leaves_one_line_at_most(device):
    device.port.host = fake_console.READS
    device.tap()
    device.port.host = fake_console.AWAY
    device.port.heard = b""
    device.tap()
    device.port.open()
    assert len(device.port.heard) <= 256 and "result" not in device.heard()


def test_a_uart_takes_every_line_at_once(capsys):
    events = Events(CONFIG, console_module.Console("esp32"))
    events.tell(ready_event(BOARD, "0.1.0", CONFIG))
    (line,) = capsys.readouterr().out.split()
    assert json.loads(line)["board"] == BOARD


def test_a_device_that_keeps_results_speaks_of_itself_alone(capsys):
    keeping = Settings({"events": False}, 12, 12)
    events = Events(keeping, console_module.Console("esp32"))
    events.tell(ready_event(BOARD, "0.1.0", keeping))
    for event in (card_event("my_number_card"), key_event(FINDINGS[0]), removed_event()):
        events.tell(event)
    events.beat(_Clock)
    told = [json.loads(line) for line in capsys.readouterr().out.split()]
    assert [(event["type"], event["results"]) for event in told] == [
        ("ready", False),
        ("alive", False),
    ]


def test_a_counter_s_device_says_that_it_is_one(capsys):
    """So that no screen compares one person's card with the next, even if results are told."""
    for counter in (True, False):
        profile = "counter" if counter else "pocket"
        config = Settings({"profile": profile, "events": True, "layout": 8}, 12, 12)
        events = Events(config, console_module.Console("esp32"))
        events.tell(ready_event(BOARD, "0.1.0", config))
        events.beat(_Clock)
        told = [json.loads(line) for line in capsys.readouterr().out.split()]
        assert [event.get("counter") for event in told] == [counter or None] * 2
        assert [event["lamps"] for event in told] == [8, 8]
        assert [event["hold_s"] for event in told] == [3 if counter else 60] * 2


def test_whether_a_card_lies_there_is_told_only_with_its_results(capsys):
    for events_too in (True, False):
        config = Settings({"events": events_too}, 12, 12)
        Events(config, console_module.Console("esp32")).beat(_Clock, None, 7)
        assert json.loads(capsys.readouterr().out).get("tap") == (7 if events_too else None)


def test_a_lost_reader_that_is_no_pn532_is_named_and_nothing_else(capsys):
    events = Events(CONFIG, console_module.Console("esp32"), "rcs660s")
    events.tell(fault_event("reader_lost"))
    events.beat(_Clock, "reader_lost")
    events.tell(fault_event("settings", "hold_s"))
    told = [json.loads(line) for line in capsys.readouterr().out.split()]
    assert [event.get("reader") for event in told] == ["rcs660s", "rcs660s", None]


class _Clock:
    @staticmethod
    def ticks_ms():
        return 5

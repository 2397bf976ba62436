"""Whatever is found, the line on the console is an event by docs/events.schema.json."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arbitrary import Talk, given_settings
from fuzzing import cases, count
from mynacard import Card, Session, default_keys
from pinlamp import events
from pinlamp.console import Console
from pinlamp.settings import Settings
from pinlamp.tap import Tap

UART = Console("esp32")
TELLING, KEEPING = (Settings({"events": told}, 12, 12) for told in (True, False))


@pytest.fixture(scope="module")
def said(event_of):
    """A function: (kind of the event, arguments) -> the event as told, checked."""

    def check(name, *arguments):
        console = io.StringIO()
        with contextlib.redirect_stdout(console):
            events.Events(TELLING, UART).tell(getattr(events, name + "_event")(*arguments))
        line = console.getvalue()
        assert line[0] == line[-1] == "\n" and line.count("\n") == 2
        return event_of(line)

    return check


@cases(0.6)
@given(data=st.data(), ms=st.integers(0, 10**6), complete=st.booleans())
def test_every_survey_can_be_told(said, data, ms, complete):
    count("events: surveys")
    talk = Talk(data)
    session = Session(default_keys(data.draw(st.booleans())))
    tap = Tap()
    tap.ms, tap.complete = ms, complete
    while session.command:
        for item in session.answer(talk(session.command)):
            if isinstance(item, Card):
                assert said("card", item.kind) == {"v": 1, "type": "card", "kind": item.kind}
            else:
                tap.findings.append(item)
    event = said("result", tap.complete, tap.ms, tap.findings)
    wanted = [
        dict(zip(("id", "state", "left", "max", "note"), finding)) for finding in tap.findings
    ]
    for key in wanted:
        if key["note"] is None:
            del key["note"]
    assert event["keys"] == wanted and event["ms"] == ms and event["complete"] is complete
    # One by one it is the same: the line of each is of the same parts.
    for finding in tap.findings[: data.draw(st.integers(0, 2))]:
        said("key", finding)


@cases(0.4)
@given(given=given_settings)
@example(given={"": 1})
@example(given={"\ud800\n\x00": 1})
def test_every_setting_that_was_wrong_can_be_told(said, given):
    count("events: settings")
    for name in Settings(given, 12, 12).replaced:
        assert said("fault", "settings", name)["field"]


def test_the_others_can_be_told(said):
    for config in (TELLING, KEEPING, Settings({"profile": "counter", "events": True}, 8, 12)):
        said("ready", "esp32_devkitc", "0.1.0", config)
        said("alive", config)
        said("alive", config, None, 7)
        said("alive", config, "reader_lost")
    said("removed")
    for code in ("reader_lost", "no_type_b", "crash", "safe_mode"):
        said("fault", code)
    for kind in ("several", "other_a", "other_f"):
        said("card", kind)


def test_a_crash_is_told_as_any_other_fault():
    # restart.py has the line written out, for when nothing else works any more.
    source = (Path(events.__file__).parent / "restart.py").read_text("utf-8")
    (line,) = re.findall(r"print\('(\{.*\})'\)", source)
    assert json.loads(line) == {"v": events.VERSION, **events.fault_event("crash")}


def test_switched_off_nothing_is_said(capsys):
    events.Events(KEEPING, UART).tell(events.removed_event())
    assert capsys.readouterr().out == ""

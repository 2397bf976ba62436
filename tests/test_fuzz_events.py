"""Whatever is found, the line on the console is an event by docs/events.schema.json."""

import contextlib
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arbitrary import Talk, given_settings
from fuzzing import cases, count
from mynacard import keys
from mynacard.survey import Card, survey
from pinlamp.events import Events
from pinlamp.settings import Settings
from pinlamp.tap import Tap


@pytest.fixture(scope="module")
def said(event_of):
    """A function: (events, its method's name, arguments) -> the event, checked."""

    def check(name, *arguments):
        console = io.StringIO()
        with contextlib.redirect_stdout(console):
            getattr(Events(True), name)(*arguments)
        line = console.getvalue()
        assert line.endswith("\n") and line.count("\n") == 1
        return event_of(line)

    return check


@cases(0.6)
@given(data=st.data(), ms=st.integers(0, 10**6), complete=st.booleans())
def test_every_survey_can_be_told(said, data, ms, complete):
    count("events: surveys")
    talk = Talk(data)
    generator = survey(keys.select(data.draw(st.booleans())))
    tap = Tap()
    tap.ms, tap.complete = ms, complete
    answer = None
    try:
        while True:
            item = generator.send(answer)
            answer = None
            if type(item) is bytes:
                answer = talk(item)
            elif isinstance(item, Card):
                assert said("card", item.kind) == {"v": 1, "type": "card", "kind": item.kind}
            else:
                tap.findings.append(item)
    except StopIteration:
        pass
    event = said("result", tap)
    wanted = [dict(zip(("id", "state", "left", "max"), finding)) for finding in tap.findings]
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
    said("ready", "esp32_devkitc", "0.1.0")
    said("removed")
    for code in ("reader_lost", "no_type_b", "crash", "safe_mode"):
        said("fault", code)
    for kind in ("several", "other_a", "other_f"):
        said("card", kind)


def test_switched_off_nothing_is_said(capsys):
    Events(False).removed()
    assert capsys.readouterr().out == ""

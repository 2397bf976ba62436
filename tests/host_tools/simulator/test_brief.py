"""An event on one short line of the simulator's log."""

import pytest

from pinlamp_tools.simulator.brief import brief

KEY = {"id": "sign", "state": "locked", "left": 0, "max": 5}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"type": "key", **KEY}, "key sign locked 0/5"),
        ({"type": "key", **KEY, "state": "ok", "left": 9, "max": None}, "key sign ok 9/?"),
        ({"type": "key", **KEY, "state": "unknown", "left": None}, "key sign unknown"),
        (
            {"type": "result", "complete": True, "ms": 412, "keys": [KEY]},
            "result complete 1 keys 412 ms",
        ),
        ({"type": "fault", "code": "crash"}, "fault crash"),
        ({"type": "removed"}, "removed"),
    ],
)
def test_events_in_brief(event, said):
    assert brief({"v": 1, **event}) == said

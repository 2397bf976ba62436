"""`pinlamp watch` on a screen: a result goes a minute after its card, whatever a device says."""

import time

import pytest

from oracle import ASKED
from picture import picture
from pinlamp_tools.show import reading
from pinlamp_tools.watch.screen import Watch
from scripted import ScriptedConsole

KEYS = [{"id": key, "state": "locked", "left": 0, "max": None} for key in ASKED]
CARD = (
    {"type": "card", "kind": "my_number_card"},
    {"type": "result", "complete": True, "ms": 400, "keys": KEYS},
)
ACTIVATION = {"type": "activation", "fwi": 8}
EXCHANGE = {"type": "exchange", "c": "00A4", "r": "9000", "ms": 1}


@pytest.mark.parametrize("between", [[], [EXCHANGE], [ACTIVATION, {"type": "tomorrow_s"}]])
async def test_a_line_of_a_recording_keeps_no_result_longer(monkeypatch, between):
    monkeypatch.setattr(reading, "KEPT_MS", 500)
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await console.plug("/dev/ttyX")
        await console.tell(*CARD)
        await pilot.pause()
        assert "LOCKED" in "\n".join(picture(app))
        await console.tell({"type": "removed"}, *between)
        until = time.monotonic() + 30
        while "LOCKED" in "\n".join(picture(app)):
            assert time.monotonic() < until
            await pilot.pause(0.1)

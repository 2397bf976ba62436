"""`pinlamp watch` on a screen draws the lamps that the device has, with its label's numbers."""

from oracle import ASKED
from picture import line_with, picture
from pinlamp_tools.watch.screen import Watch
from scripted import ScriptedConsole

READY = {"type": "ready", "board": "esp32_devkitc", "version": "0.1.0", "results": True}
KEYS = [
    {"id": key, "state": "locked", "left": 0, "max": None}
    if key == "text_a"
    else {"id": key, "state": "ok", "left": 3, "max": None}
    for key in ASKED
]
CARD = (
    {"type": "card", "kind": "my_number_card"},
    {"type": "result", "complete": True, "ms": 400, "keys": KEYS},
)


async def test_lamps_and_their_numbers_are_the_device_s_own():
    console = ScriptedConsole()
    app = Watch(console, "en", bell=False)
    async with app.run_test(size=(80, 30)) as pilot:

        def numbers():
            return [line.split()[0] for line in picture(app) if "▗" in line or "▏" in line]

        await console.plug("/dev/ttyX")
        await pilot.pause()
        assert not any(map(str.isdigit, "".join(numbers())))
        await console.tell({**READY, "lamps": 8}, *CARD)
        await pilot.pause()
        first = [line for line in picture(app)[1:15] if line[:2].strip().isdigit()]
        assert [line[:2].strip() for line in first] == list("12345678")
        assert "LOCKED" in line_with(app, "Check no. A, text input")
        await console.tell({**READY, "lamps": 1}, *CARD)
        await pilot.pause()
        assert sum("▗" in line or "▄" in line for line in picture(app)) == 1
        assert "LOCKED" in line_with(app, "Check no. A, text input")
        await console.plug("")
        await pilot.pause()
        assert sum("▗" in line for line in picture(app)) >= 11

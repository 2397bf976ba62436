"""`pinlamp watch` without a terminal: the lines of its table, as the device's own label has it."""

import pytest

from mynacard.keys import default_keys
from pinlamp_tools.watch.command import _Printer


@pytest.mark.parametrize("lamps", [None, 8])
def test_lamps_are_numbered_only_where_the_device_told_how_many(capsys, lamps):
    keys = [
        {
            "id": key.id,
            "state": "locked" if key.id == "common" else "ok",
            "left": None,
            "max": None,
        }
        for key in default_keys()
    ]
    printer = _Printer("en", False)
    for event in (
        {"type": "ready", "board": "x", "version": "0.1.0", **({"lamps": lamps} if lamps else {})},
        {"type": "card", "kind": "my_number_card"},
        {"type": "result", "complete": True, "ms": 9, "keys": keys},
    ):
        printer.take({"v": 1, **event})
    name = "Resident register + Card, common" if lamps else "③ My Number Card, common"
    said = capsys.readouterr().out.splitlines()
    (line,) = [line for line in said if name in line and "LOCKED" in line]
    assert line.startswith("3 " + name if lamps else name)

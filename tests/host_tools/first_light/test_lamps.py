"""The table that a person compares with the lamps at `pinlamp first-light`: the device's own."""

import pytest

from mynacard.keys import default_keys
from pinlamp_tools.first_light import live
from pinlamp_tools.show.names import LANGUAGES, Names

KEYS = [{"id": key.id, "state": "ok", "left": None, "max": None} for key in default_keys()]
RESULT = {"v": 1, "type": "result", "complete": True, "ms": 9, "keys": KEYS}


class _Device:
    """Stands for a Listener: tells `begin` when it starts, and one card."""

    def __init__(self, begin):
        self.told = [{"v": 1, "type": "open"}, begin]
        self.told += [{"v": 1, "type": "card", "kind": "my_number_card"}, RESULT]

    def __call__(self, port):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wait(self, *kinds, seconds):
        event = self.told.pop(0)
        assert event is None or event["type"] in kinds
        return event

    def forget(self):
        pass


class _Anybody:
    """Stands for a Talk and a Found: goes on until the table was compared, then leaves all out."""

    def __init__(self):
        self.noted = {}

    def ready(self, name, **_):
        return name == "tap_before"

    def seen(self, name):
        return True

    def note(self, part, **values):
        self.noted.update(values)

    def __getattr__(self, name):
        return lambda *_, **__: None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("told", "by_settings", "lamps"),
    [(8, 8, 8), (5, 12, 5), (None, 8, 8), (None, 12, 12), (7, 5, 5), (1, 1, 1)],
)
@pytest.mark.parametrize("kind", ["ready", "alive", None])
def test_its_numbers_and_joined_lamps(told, by_settings, lamps, lang, kind, monkeypatch, capsys):
    begin = {"v": 1, "type": kind, "board": "x", "version": "0.1.0", "lamps": told}
    if told is None:
        del begin["lamps"]
    device, anybody = _Device(begin if kind else None), _Anybody()
    monkeypatch.setattr(live, "Listener", device)
    live.Live(anybody, anybody, "port", lang, "hsu", by_settings).run(lambda: None)
    lamps = lamps if kind else by_settings
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    numbers = [int(line[0]) for line in lines if line and line[0].isdecimal()]
    names = Names(lang)
    joined = names.joined(["juki", "common"]) in out
    assert joined == (lamps in (8, 5)) and anybody.noted["lamps_right"] is True
    if lamps == 1:  # the only lamp, then each key after as many winks as its place
        assert numbers == list(range(1, 12))
    else:
        assert numbers == list(range(1, lamps + 1))

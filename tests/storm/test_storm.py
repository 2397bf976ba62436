"""A breeze of each storm finds nothing, and a storm notices what is broken."""

import pytest

from mynacard import gate, state, survey
from pn532 import frame

from . import STORMS, Part, run, texts

SHARE = 0.005  # of the cases of one part
FEW = {"flash": 0.02, "file systems": 0.02}


@pytest.mark.parametrize("name", STORMS)
def test_a_breeze_finds_nothing(name):
    part, count, error = run(Part(name, 1, 0, FEW.get(name, SHARE)))
    assert part.name == name and count > 1 and error == ""


def _any_answer_selects(self, answer):
    self._waits = False
    if self._on_ok:
        self._selects, self._next = self._on_ok


def _one_try_more(answer, maximum, floor=None):
    if answer == b"\x63\xc0":
        return state.LAST, 1, maximum
    return REAL_COUNTER(answer, maximum, floor)


def _no_sums(chunk):
    return 0


REAL_COUNTER = state.of_counter
BROKEN = {
    "gate": (gate.Gate, "answered", _any_answer_selects),
    "cancelled": (gate.Gate, "answered", _any_answer_selects),
    "surveys": (survey.state, "of_counter", _one_try_more),
    "frames": (frame, "sum", _no_sums),
    "events": (texts, "heard", lambda event: event),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_storm_notices(name, monkeypatch):
    holder, attribute, broken = BROKEN[name]
    monkeypatch.setattr(holder, attribute, broken, raising=False)
    assert run(Part(name, 1, 0, SHARE))[2]

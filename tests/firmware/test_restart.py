"""Which starts count as another crash: the third in a row is the safe mode."""

import importlib
import sys
import types

import pytest

from pinlamp import files

# machine.reset_cause() of ports/esp32 and ports/rp2, by what ended the start before.
ESP32 = {"PWRON_RESET": 1, "HARD_RESET": 2, "WDT_RESET": 3, "DEEPSLEEP_RESET": 4, "SOFT_RESET": 5}
RP2 = {"PWRON_RESET": 1, "WDT_RESET": 3}


@pytest.fixture
def starts(tmp_path, monkeypatch):
    """A function: (port's causes, cause) -> how many crashes in a row the start has counted."""
    monkeypatch.chdir(tmp_path)

    def start(causes, cause):
        machine = types.SimpleNamespace(**causes, reset_cause=lambda: causes.get(cause, 0))
        monkeypatch.setitem(sys.modules, "machine", machine)
        for name in ("pinlamp.restart", "pinlamp.watchdog"):
            sys.modules.pop(name, None)
        restart = importlib.import_module("pinlamp.restart")
        restart.count_hang()
        return restart.crashes()

    yield start
    for name in ("pinlamp.restart", "pinlamp.watchdog"):
        sys.modules.pop(name, None)


def test_a_panic_in_c_counts_as_a_crash(starts):
    assert [starts(ESP32, "HARD_RESET") for _ in range(3)] == [1, 2, 3]


def test_a_reset_of_our_own_is_no_crash(starts, tmp_path):
    for cause in ("HARD_RESET", "WDT_RESET"):
        (tmp_path / files.RESTART).touch()
        assert starts(ESP32, cause) == 0


@pytest.mark.parametrize("cause", ["PWRON_RESET", "SOFT_RESET", "DEEPSLEEP_RESET", "another"])
def test_plug_soft_reset_and_what_the_port_does_not_name_are_no_crash(starts, cause):
    assert starts(ESP32, cause) == 0


def test_an_rp2040_names_the_watchdog_alone(starts):
    assert starts(RP2, "PWRON_RESET") == 0
    assert starts(RP2, "WDT_RESET") == 1


def test_a_soft_reset_after_ctrl_c_in_safe_mode_is_no_crash(starts):
    """The RP2040 still names the watchdog then; in safe mode none runs."""
    assert starts(RP2, "WDT_RESET") == 1
    importlib.import_module("pinlamp.watchdog").leave()
    assert starts(RP2, "WDT_RESET") == 1

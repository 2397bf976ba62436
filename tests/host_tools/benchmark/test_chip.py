"""The figures of the emulated Pico W, and its bars."""

import json

import pytest

from pinlamp_tools.benchmark import chip


def test_the_written_figures_are_complete():
    found = chip.figures()
    assert len(found.taps) == 15 and sum(tap.esp32_clock for tap in found.taps) == 5
    for tap in found.taps:
        assert tap.survey_ms >= tap.ideal_ms > 29 * tap.card_ms
        assert sum(tap.ideal_parts_ms.values()) == pytest.approx(tap.ideal_ms)
        assert tap.result_ms > tap.survey_ms > 0
    assert json.loads(json.dumps(found.data()))["taps"][0]["link"] == "hsu"


def test_each_bar_can_be_missed(good_chip):
    assert chip.missed(good_chip) == []
    hsu, at_once = good_chip.taps[:2]
    (woken,) = [tap for tap in good_chip.taps if tap.esp32_clock and tap.link == "i2c_irq"]
    (polled,) = [tap for tap in good_chip.taps if tap.esp32_clock and tap.link == "spi_polled"]
    cases = {
        "1.110 times the ideal, 1.1": (hsu, {"survey_ms": hsu.ideal_ms * 1.11}),
        "241 ms, 240": (at_once, {"survey_ms": 241}),
        "processor busy 151 ms, 150": (hsu, {"busy_ms": 151}),
        "1.210 times the ideal, 1.2": (woken, {"survey_ms": woken.ideal_ms * 1.21}),
        "1.410 times the ideal, 1.4": (polled, {"survey_ms": polled.ideal_ms * 1.41}),
    }
    for what, (tap, figures) in cases.items():
        taps = [tap._replace(**figures) if one == tap else one for one in good_chip.taps]
        (said,) = chip.missed(good_chip._replace(taps=taps))
        assert said.startswith("emulated Pico W: ") and what in said
    (said,) = chip.missed(good_chip._replace(waiting_share=0.101))
    assert "busy 10.1% of the time" in said
    (said,) = chip.missed(good_chip._replace(free_after_more=good_chip.free_after_taps - 16))
    assert "kept 16 bytes" in said

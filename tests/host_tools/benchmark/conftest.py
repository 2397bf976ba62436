"""The emulated Pico W's figures, as if they had come out well."""

import pytest

from pinlamp_tools.benchmark import chip


@pytest.fixture
def good_chip():
    """Figures that hold every bar."""
    found = chip.figures()
    taps = [tap._replace(survey_ms=tap.ideal_ms, busy_ms=1) for tap in found.taps]
    return found._replace(
        taps=tuple(taps), waiting_share=0.1, free_after_more=found.free_after_taps
    )

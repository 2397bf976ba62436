"""The strip: what it draws of its supply, whatever the lamps are made of."""

import pytest

from lamps import Pixels
from pinlamp.strip import Strip


@pytest.mark.parametrize(("count", "of_each"), ((25, 2), (60, 1), (200, 1)))
def test_pixels_that_no_lamp_uses_draw_from_the_budget_too(count, of_each):
    pixels = Pixels(count)
    lamps = [tuple(range(of_each * lamp, of_each * (lamp + 1))) for lamp in range(12)]
    strip = Strip(pixels, 12, 100, 250, lamps)
    for lamp in range(12):
        strip.set(lamp, (255, 255, 255), 255)
    strip.show()
    drive = sum([sum(rgb) for rgb in pixels.lit])
    assert drive and count + drive * 20 / 255 <= 250

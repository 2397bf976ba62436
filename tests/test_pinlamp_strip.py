"""The strip: what it draws of its supply, whatever the lamps are made of."""

from lamps import Pixels
from pinlamp.strip import Strip


def test_pixels_that_no_lamp_uses_draw_from_the_budget_too():
    for count, of_each in ((25, 2), (60, 1), (200, 1)):
        pixels = Pixels(count)
        lamps = [tuple(range(of_each * lamp, of_each * (lamp + 1))) for lamp in range(12)]
        strip = Strip(pixels, 12, 100, 250, lamps)
        for lamp in range(12):
            strip.set(lamp, (255, 255, 255), 255)
        strip.show()
        drive = sum([sum(rgb) for rgb in pixels.lit])
        assert drive and count + drive * 20 / 255 <= 250

"""The two switches of a PN532 module as a picture, for each link.

As on Elechouse's PN532 V3 and boards like it [not confirmed: go by the print on the board]. The
side of ON is the one where the switch's body says so.
"""

from __future__ import annotations

from .drawing import Drawing

SETTINGS = {"hsu": ("OFF", "OFF"), "i2c": ("ON", "OFF"), "spi": ("OFF", "ON")}

_RED, _KNOB, _SLOT = (196, 60, 52), (255, 255, 255), (60, 20, 18)


def draw(link: str) -> Drawing:
    """Return the picture of both switches for `link`: hsu, i2c or spi."""
    drawing = Drawing(34.0, 24.0)
    drawing.text(17, 4.2, f"{link.upper()}: 1 {SETTINGS[link][0]}, 2 {SETTINGS[link][1]}", 8, True)
    drawing.rect(8, 6, 18, 17, _RED)
    drawing.text(5, 10, "ON", 6, centre=True)
    for index, setting in enumerate(SETTINGS[link]):
        left = 10.5 + 7.5 * index
        drawing.rect(left, 7.5, 5.5, 10, _SLOT, None)
        drawing.rect(left + 0.5, 8.0 if setting == "ON" else 12.5, 4.5, 4.5, _KNOB, None)
        # A white patch, so that the number can be read on the body.
        drawing.rect(left + 1, 18.2, 3.5, 4, _KNOB, None)
        drawing.text(left + 2.75, 21.3, str(index + 1), 8, centre=True)
    return drawing

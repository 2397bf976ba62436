"""What an SVG of ours shows: its texts and circles, in mm."""

import html
import re


def flat(text):
    """Return a text without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


def texts(svg):
    """Return (x, y, mm, text) of each text."""
    found = re.findall(r'<text x="(.+?)" y="(.+?)" font-size="(.+?)"[^>]*>([^<]*)</text>', svg)
    return [(float(x), float(y), float(size), html.unescape(text)) for x, y, size, text in found]


def circles(svg):
    """Return (x, y, radius) of each circle."""
    found = re.findall(r'<circle cx="(.+?)" cy="(.+?)" r="(.+?)"', svg)
    return [tuple(map(float, circle)) for circle in found]

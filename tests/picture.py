"""A screen of Textual as a user sees it: lines of text."""

import html
import re


def picture(app):
    """Return the lines of the screen as a user sees them."""
    found = {}
    pattern = r'<text[^>]*? x="([\d.]+)"[^>]*?-line-(\d+)\)"[^>]*>([^<]*)</text>'
    for x, line, text in re.findall(pattern, app.export_screenshot()):
        found.setdefault(int(line), []).append((float(x), html.unescape(text)))
    return [
        "".join(text for _, text in sorted(found.get(y, []))).replace("\xa0", " ")
        for y in range(app.size.height)
    ]


def line_with(app, text):
    """Return the screen's first line with `text` in it."""
    return next(line for line in picture(app) if text in line)

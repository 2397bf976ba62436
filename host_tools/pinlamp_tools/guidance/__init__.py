"""Guidance: what a result means, who unlocks what, and what an app or a counter may have meant.

The texts are data: `ja.json`, `en.json` and `explain.json`. `choose`, `slip` and `explain` only
pick from them; they run under MicroPython too, in the browser.
"""

"""Guidance: the meaning of a result, who unlocks what, and what an app or a counter may mean.

The texts are data: `ja.json`, `en.json` and `explain.json`. `choose`, `slip` and `explain` only
pick from them; they run under MicroPython too, in the browser.
"""

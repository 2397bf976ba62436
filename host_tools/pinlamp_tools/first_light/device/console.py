# mypy: ignore-errors
"""On a device, over the REPL: how fast its console is.

`UNREAD` true: the host does not read meanwhile. Then it stops at the first line that waits, or
after a while; otherwise it writes a fixed number of lines. The last line is the result, as JSON.
"""

import json
from time import ticks_diff, ticks_ms, ticks_us

_LINE = "." * 126
_LINES = 1024 if UNREAD else 96  # noqa: F821
_WAITS_US = 100_000
_MOST_MS = 8000


def main():
    longest_us = lines = 0
    begin_ms = ticks_ms()
    while lines < _LINES and ticks_diff(ticks_ms(), begin_ms) < _MOST_MS:
        start = ticks_us()
        print(_LINE)
        us = ticks_diff(ticks_us(), start)
        lines += 1
        longest_us = max(longest_us, us)
        if UNREAD and us > _WAITS_US:  # noqa: F821
            break
    ms = ticks_diff(ticks_ms(), begin_ms)
    print(json.dumps({"bytes": lines * (len(_LINE) + 2), "ms": ms, "longest_us": longest_us}))


main()

# mypy: ignore-errors
"""On a device, over the REPL: how fast its console is.

`UNREAD` true: the host does not read meanwhile, and the program stops at the first line that
waits, or after a while. Otherwise it writes for a moment. The last line is the result, as JSON.
"""

import json
from time import ticks_diff, ticks_ms, ticks_us

_LINE = "." * 126
_READ_MS = 400
_UNREAD_MS = 8000
_UNREAD_LINES = 1024  # more than a PC keeps for a program that does not read
_WAITS_US = 100_000


def _main():
    longest_us = lines = ms = 0
    begin_ms = ticks_ms()
    while ms < _UNREAD_MS if UNREAD else ms < _READ_MS:  # noqa: F821
        start = ticks_us()
        print(_LINE)
        us = ticks_diff(ticks_us(), start)
        lines += 1
        longest_us = max(longest_us, us)
        ms = ticks_diff(ticks_ms(), begin_ms)
        if UNREAD and (us > _WAITS_US or lines == _UNREAD_LINES):  # noqa: F821
            break
    print(json.dumps({"bytes": lines * (len(_LINE) + 2), "ms": ms, "longest_us": longest_us}))


_main()

"""The console script. It imports little, so that Ctrl-C is quiet from the first moment on."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Run the command line; return the exit status, 128 + N after signal N (Ctrl-C: 130)."""

    def end(number: int, _: object) -> None:
        # An exception and not a handler's own exit, so that every `finally` runs.
        raise SystemExit(128 + number)

    # Windows, which else looks for every program in the current folder first.
    os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"
    try:
        signal.signal(signal.SIGTERM, end)
        if hasattr(signal, "SIGHUP"):  # the terminal was closed; Windows just ends us then
            signal.signal(signal.SIGHUP, end)
        from .cli import run_cli

        return run_cli()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        # Only the exit is left: a second Ctrl-C must not turn its status into another.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())

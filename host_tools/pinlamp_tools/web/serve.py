"""Serves the page on this machine alone: `python -m pinlamp_tools.web.serve FOLDER`."""

from __future__ import annotations

import contextlib
import functools
import http.server
import sys
from typing import Any

_PORTS = (*range(8000, 8010), 0)  # any free one in the end


class _Quiet(http.server.SimpleHTTPRequestHandler):
    # Else Windows' registry says what they are, and a browser takes no module that is plain text.
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each file."""


def server(folder: str) -> http.server.ThreadingHTTPServer:
    """Return a server of `folder` on the first port that is free."""
    handler = functools.partial(_Quiet, directory=folder)
    for port in _PORTS:
        with contextlib.suppress(OSError):
            return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    raise OSError("no free port")


def main() -> int:
    """Serve the folder that the command line names until Ctrl-C; print the address first."""
    with server(sys.argv[1]) as serving:
        print(f"http://127.0.0.1:{serving.server_port}/  (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            serving.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

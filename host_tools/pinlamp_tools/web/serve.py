"""Serves the page on this machine alone: `python -m pinlamp_tools.web.serve FOLDER`."""

from __future__ import annotations

import contextlib
import functools
import http.server
import sys
from http import HTTPStatus
from typing import Any

_NAMES = ("127.0.0.1", "localhost")
_OWN = ".localhost"  # every name below it is this machine (RFC 6761, 6.3)
# Of index.html. A worker has the policy that its own answer brings, and none of the page's.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'"
)
_PORTS = (*range(8000, 8010), 0)  # 0: the system chooses a free one


class _Quiet(http.server.SimpleHTTPRequestHandler):
    # Python asks Windows' registry for types. A browser refuses a module of type text/plain.
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def send_head(self) -> Any:
        """Answer this machine's own names alone: a foreign name that leads here is a trick."""
        name = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if name not in _NAMES and not name.endswith(_OWN):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        try:
            return super().send_head()
        except ValueError:  # no file has a NUL or half a character in its name
            self.send_error(HTTPStatus.NOT_FOUND)
            return None

    def end_headers(self) -> None:
        """Send the policy with each script, since it may be a worker."""
        path = getattr(self, "path", "")  # a request without sense has none
        if path.partition("?")[0].endswith(".js"):
            self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Log no requests."""


def server(folder: str) -> http.server.ThreadingHTTPServer:
    """Return a server of `folder` on the first free port; OSError if there is none."""
    handler = functools.partial(_Quiet, directory=folder)
    for port in _PORTS:
        with contextlib.suppress(OSError):
            return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    raise OSError("no free port")


def main() -> int:
    """Print the address, then serve the folder of the command line until Ctrl-C."""
    with server(sys.argv[1]) as serving:
        print(f"http://127.0.0.1:{serving.server_port}/  (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            serving.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
